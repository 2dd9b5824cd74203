"""Corrections by staff: history is not edited, a correction is added; large ones need a second person."""

from collections.abc import Iterable
from dataclasses import dataclass

from loyalty.ledger import chart
from loyalty.ledger.accrual import lot_id_of
from loyalty.ledger.assets import POINTS
from loyalty.ledger.entry import EntryHead, entry
from loyalty.ledger.lots import Lot, select_lots
from loyalty.ledger.postings import NewLot, Posting, Transaction
from loyalty.limits.ledger import CORRECTION_ALONE_POINTS, CORRECTION_ALONE_POINTS_PER_DAY

CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class CorrectionPolicy:
    """What one person may correct alone: at once, and within 24 hours (up and down added together)."""

    alone_points: int = CORRECTION_ALONE_POINTS
    alone_points_per_day: int = CORRECTION_ALONE_POINTS_PER_DAY


def may_correct_alone(policy: CorrectionPolicy, points: int, corrected_today: int) -> bool:
    """Whether a correction of `points` (below 0: down) needs no second person.

    Args:
        corrected_today: what the same person corrected alone in the last 24 hours, >= 0.
    """
    size = abs(points)
    return size <= policy.alone_points and corrected_today + size <= policy.alone_points_per_day


def correction(
    head: EntryHead,
    *,
    member_id: str,
    points: int,
    points_owed: int,
    lots: Iterable[Lot],
    expires_ms: int | None,
    now_ms: int,
) -> Transaction:
    """Add points to a member or, below 0, take them away.

    Points that are added settle what the member owes and form a lot that ends at `expires_ms`.

    Raises: BalanceTooLow: fewer are there than are to be taken away.
    """
    assert points, "a correction of nothing is none"
    account = chart.member_points(member_id)
    if points < 0:
        changes = select_lots(lots, -points, now_ms)
        posting = Posting(account, chart.POINTS_CORRECTED, POINTS, -points)
        return entry(head, CORRECTION, (posting,), lot_changes=changes)
    settled = min(points, points_owed)
    postings: list[Posting] = []
    if settled:
        owed = chart.member_points_owed(member_id)
        postings.append(Posting(chart.POINTS_CORRECTED, owed, POINTS, settled))
    if points == settled:
        return entry(head, CORRECTION, tuple(postings))
    postings.append(Posting(chart.POINTS_CORRECTED, account, POINTS, points - settled))
    lot = NewLot(
        lot_id=lot_id_of(head.transaction_id),
        account=account,
        asset=POINTS,
        amount=points - settled,
        expires_ms=expires_ms,
        source_id=head.cause_id,
        funder="group",
    )
    return entry(head, CORRECTION, tuple(postings), new_lots=(lot,))
