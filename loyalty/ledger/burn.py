"""Burns: value leaves its owner's balance, what expires first goes first."""

from collections.abc import Iterable, Sequence

from loyalty.ledger import chart
from loyalty.ledger.assets import POINTS, Asset
from loyalty.ledger.entry import EntryHead, entry
from loyalty.ledger.lots import Lot, select_lots, take_in_order
from loyalty.ledger.postings import LotChange, Posting, Transaction

REDEMPTION = "redemption"


def redemption(
    head: EntryHead,
    *,
    member_id: str,
    points: int,
    lots: Iterable[Lot],
    now_ms: int,
    points_owed: int = 0,
) -> Transaction:
    """Spend a member's points on a reward; the allocation over lots is stored with the transaction.

    Args:
        points: > 0.
        lots: all lots of the member as they stand.
        points_owed: what the member owes, >= 0; as much is kept back.
    Raises: BalanceTooLow: the live lots hold less.
    """
    changes = select_lots(lots, points, now_ms, points_owed=points_owed)
    posting = Posting(chart.member_points(member_id), chart.POINTS_REDEEMED, POINTS, points)
    return entry(head, REDEMPTION, (posting,), lot_changes=changes)


def paid_redemption(
    head: EntryHead,
    *,
    member_id: str,
    points: int,
    kept: Sequence[LotChange],
    lots: Iterable[Lot] = (),
    now_ms: int = 0,
) -> Transaction:
    """Book what a member has already paid with under a reservation: never refused for value.

    Args:
        points: > 0.
        kept: what the reservation's hold keeps, at most `points`.
        lots: where the hold is gone (it ended before a late ticket came): lots to take the rest from.
    What neither gives is owed.
    """
    changes = list(kept)
    short = points - sum(change.amount for change in changes)
    assert short >= 0, "no more is taken than was agreed"
    if short:
        changes += take_in_order([lot for lot in lots if lot.is_live(now_ms)], short)
    taken = sum(change.amount for change in changes)
    postings: list[Posting] = []
    if taken:
        postings.append(Posting(chart.member_points(member_id), chart.POINTS_REDEEMED, POINTS, taken))
    if points > taken:
        owed = chart.member_points_owed(member_id)
        postings.append(Posting(owed, chart.POINTS_REDEEMED, POINTS, points - taken))
    return entry(head, REDEMPTION, tuple(postings), lot_changes=tuple(changes))


def burn(
    head: EntryHead, *, account: str, asset: Asset, amount: int, lots: Iterable[Lot], now_ms: int
) -> Transaction:
    """Redeem units of any asset with lots (a voucher, stored value, a service) from its account.

    Raises: BalanceTooLow.
    """
    changes = select_lots(lots, amount, now_ms)
    posting = Posting(account, chart.redeemed_to(asset), asset, amount)
    return entry(head, REDEMPTION, (posting,), lot_changes=changes)
