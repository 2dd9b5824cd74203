"""Accrual: points reach a member; what the member owes is settled first."""

from loyalty.ledger import chart
from loyalty.ledger.assets import POINTS
from loyalty.ledger.entry import EntryHead, entry
from loyalty.ledger.postings import NewLot, Posting, Transaction

ACCRUAL = "accrual"


def accrual(
    head: EntryHead,
    *,
    member_id: str,
    points: int,
    points_owed: int,
    expires_ms: int | None,
    funder: str,
) -> Transaction:
    """Give a member the points of one sale, as one lot; `head.cause_id` is the sale.

    Args:
        points: > 0.
        points_owed: what the member owes now, >= 0 (the opposite of the balance of `points_owed`).
        expires_ms: end of the lot's last day (see `lots.expires_ms`), None: never.
        funder: who pays for the points in the clearing.
    """
    assert points > 0, "a sale that earns nothing makes no transaction"
    assert points_owed >= 0
    settled = min(points, points_owed)
    kept = points - settled
    postings: list[Posting] = []
    if settled:
        owed = chart.member_points_owed(member_id)
        postings.append(Posting(chart.POINTS_ISSUED, owed, POINTS, settled))
    if not kept:
        return entry(head, ACCRUAL, tuple(postings))
    account = chart.member_points(member_id)
    postings.append(Posting(chart.POINTS_ISSUED, account, POINTS, kept))
    lot = NewLot(
        lot_id=lot_id_of(head.transaction_id),
        account=account,
        asset=POINTS,
        amount=kept,
        expires_ms=expires_ms,
        source_id=head.cause_id,
        funder=funder,
    )
    return entry(head, ACCRUAL, tuple(postings), new_lots=(lot,))


def lot_id_of(transaction_id: str) -> str:
    """The id of the one lot a transaction makes."""
    return f"{transaction_id}/1"
