"""Issuing units of any asset as one lot: vouchers, stored value, services, meal vouchers."""

from loyalty.ledger import chart
from loyalty.ledger.accrual import lot_id_of
from loyalty.ledger.assets import Asset
from loyalty.ledger.entry import EntryHead, entry
from loyalty.ledger.postings import NewLot, Posting, Transaction

ISSUE = "issue"


def issue(
    head: EntryHead, *, account: str, asset: Asset, amount: int, expires_ms: int | None, funder: str
) -> Transaction:
    """Give `amount` (> 0) of an asset to an account with lots.

    Raises: UnknownAsset, UnknownAccount.
    """
    assert chart.kind_of(account).has_lots
    lot = NewLot(
        lot_id=lot_id_of(head.transaction_id),
        account=account,
        asset=asset,
        amount=amount,
        expires_ms=expires_ms,
        source_id=head.cause_id,
        funder=funder,
    )
    posting = Posting(chart.issued_from(asset), account, asset, amount)
    return entry(head, ISSUE, (posting,), new_lots=(lot,))
