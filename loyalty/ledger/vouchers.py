"""Vouchers as units of the ledger: one unit and one lot each, so that the floor 0 makes each single-use."""

from collections.abc import Iterable
from dataclasses import dataclass

from loyalty.ledger import chart
from loyalty.ledger.assets import Asset
from loyalty.ledger.entry import EntryHead, entry
from loyalty.ledger.postings import LotChange, NewLot, Posting, Transaction
from loyalty.values import quick

VOUCHER_ISSUE = "voucher_issue"
VOUCHER_USE = "voucher_use"
VOUCHER_RETURN = "voucher_return"


@quick
@dataclass(frozen=True, slots=True)
class VoucherUnit:
    """A voucher as the ledger knows it; `source_id`: the sale that earned it."""

    account: str
    asset: Asset
    lot_id: str
    expires_ms: int | None
    source_id: str
    funder: str


def issue_vouchers(head: EntryHead, units: Iterable[VoucherUnit]) -> Transaction | None:
    """Give vouchers. Returns: None when there are none."""
    given = tuple(units)
    postings = tuple(Posting(chart.VALUE_ISSUED, each.account, each.asset, 1) for each in given)
    lots = tuple(_lot(each) for each in given)
    return entry(head, VOUCHER_ISSUE, postings, new_lots=lots) if given else None


def use_vouchers(head: EntryHead, units: Iterable[VoucherUnit], *, shop_id: str) -> Transaction | None:
    """Redeem vouchers in a shop. Returns: None when there are none."""
    used = tuple(units)
    postings = tuple(Posting(each.account, chart.redeemed_at(shop_id), each.asset, 1) for each in used)
    changes = tuple(LotChange(each.lot_id, 1) for each in used)
    return entry(head, VOUCHER_USE, postings, lot_changes=changes) if used else None


def return_vouchers(
    head: EntryHead,
    *,
    shop_id: str,
    taken_back: Iterable[VoucherUnit],
    restored: Iterable[VoucherUnit],
    fresh: Iterable[VoucherUnit],
) -> Transaction | None:
    """What a return does to vouchers. Returns: None when nothing moves.

    Args:
        shop_id: the shop that takes the goods back.
        taken_back: unused ones that the returned goods had earned.
        restored: those that paid a part of the returned goods, into the lot they were in.
        fresh: the same, whose lot has expired: a new lot, named by the unit.
    """
    gone, back, new = tuple(taken_back), tuple(restored), tuple(fresh)
    postings = tuple(Posting(each.account, chart.VALUE_ISSUED, each.asset, 1) for each in gone) + tuple(
        Posting(chart.redeemed_at(shop_id), each.account, each.asset, 1) for each in (*back, *new)
    )
    if not postings:
        return None
    return entry(
        head,
        VOUCHER_RETURN,
        postings,
        new_lots=tuple(_lot(each) for each in new),
        lot_changes=tuple(LotChange(each.lot_id, 1) for each in gone),
        lot_restores=tuple(LotChange(each.lot_id, 1) for each in back),
    )


def _lot(unit: VoucherUnit) -> NewLot:
    return NewLot(
        lot_id=unit.lot_id,
        account=unit.account,
        asset=unit.asset,
        amount=1,
        expires_ms=unit.expires_ms,
        source_id=unit.source_id,
        funder=unit.funder,
    )
