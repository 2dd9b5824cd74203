"""Burns: points leave a member's balance, what expires first goes first."""

from collections.abc import Iterable

from loyalty.ledger import chart
from loyalty.ledger.assets import POINTS
from loyalty.ledger.entry import EntryHead, entry
from loyalty.ledger.lots import Lot, select_lots
from loyalty.ledger.postings import Posting, Transaction

REDEMPTION = "redemption"


def redemption(
    head: EntryHead, *, member_id: str, points: int, lots: Iterable[Lot], now_ms: int
) -> Transaction:
    """Spend a member's points on a reward; the allocation over lots is stored with the transaction.

    Args:
        points: > 0.
        lots: all lots of the member as they stand.
    Raises: BalanceTooLow: the live lots hold less.
    """
    changes = select_lots(lots, points, now_ms)
    posting = Posting(chart.member_points(member_id), chart.POINTS_REDEEMED, POINTS, points)
    return entry(head, REDEMPTION, (posting,), lot_changes=changes)
