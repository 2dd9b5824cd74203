"""Pending points: earned now, to be spent after some days or when an event has happened."""

from dataclasses import dataclass

from loyalty.durations import DAY_MS
from loyalty.ledger import chart
from loyalty.ledger.accrual import ACCRUAL, lot_id_of
from loyalty.ledger.assets import POINTS
from loyalty.ledger.entry import EntryHead, entry
from loyalty.ledger.lots import Lot
from loyalty.ledger.postings import LotChange, NewLot, Posting, Transaction
from loyalty.limits.ledger import MATURED_POINTS_DAYS

MATURITY = "maturity"


@dataclass(frozen=True, slots=True)
class PendingPolicy:
    """Points wait `days` days, or for the event `awaits`; with neither they can be spent at once."""

    days: int = 0
    awaits: str = ""

    @property
    def waits(self) -> bool:
        """Whether points wait at all."""
        return self.days > 0 or bool(self.awaits)

    def matures_ms(self, earned_ms: int) -> int | None:
        """When points earned then can be spent; None: not by time alone."""
        return None if self.awaits or not self.days else earned_ms + self.days * DAY_MS


NOT_PENDING = PendingPolicy()


def pending_accrual(
    head: EntryHead,
    *,
    member_id: str,
    points: int,
    expires_ms: int | None,
    funder: str,
    policy: PendingPolicy,
) -> Transaction:
    """Give the points of one sale as a pending lot; a debt is settled when they mature, not before."""
    assert points > 0
    assert policy.waits
    account = chart.member_points_pending(member_id)
    lot = NewLot(
        lot_id=lot_id_of(head.transaction_id),
        account=account,
        asset=POINTS,
        amount=points,
        expires_ms=expires_ms,
        source_id=head.cause_id,
        funder=funder,
        matures_ms=policy.matures_ms(head.occurred_ms),
        awaits=policy.awaits,
    )
    return entry(head, ACCRUAL, (Posting(chart.POINTS_ISSUED, account, POINTS, points),), new_lots=(lot,))


def maturity(head: EntryHead, *, member_id: str, lot: Lot, points_owed: int) -> Transaction | None:
    """Let what is left of a pending lot be spent; what the member owes is settled first.

    The new lot keeps the sale and the funder of the pending one, and its expiry where that leaves
    MATURED_POINTS_DAYS to spend them: nobody can use what waits.
    Returns: None when nothing is left.
    """
    assert points_owed >= 0
    if lot.free <= 0:
        return None
    settled = min(lot.free, points_owed)
    kept = lot.free - settled
    account = chart.member_points(member_id)
    postings: list[Posting] = []
    new_lots: tuple[NewLot, ...] = ()
    if settled:
        owed = chart.member_points_owed(member_id)
        postings.append(Posting(lot.account, owed, POINTS, settled))
    if kept:
        postings.append(Posting(lot.account, account, POINTS, kept))
        new_lots = (
            NewLot(
                lot_id=lot_id_of(head.transaction_id),
                account=account,
                asset=POINTS,
                amount=kept,
                expires_ms=_end_of(lot, head.occurred_ms),
                source_id=lot.source_id,
                funder=lot.funder,
            ),
        )
    taken = (LotChange(lot.lot_id, lot.free),)
    return entry(head, MATURITY, tuple(postings), new_lots=new_lots, lot_changes=taken)


def _end_of(lot: Lot, matured_ms: int) -> int | None:
    if lot.expires_ms is None:
        return None
    return max(lot.expires_ms, matured_ms + MATURED_POINTS_DAYS * DAY_MS)
