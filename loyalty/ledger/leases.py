"""Leases: points that central sets aside for one terminal to burn while it cannot be reached (DESIGN 10).

A lease is a hold (see `holds`) that no time frees: only the terminal that has it, by settling what it burned
and giving the rest back, or a person who declares it lost. Its own end, `expires_ms`, stops the spending.
So what is burned offline was set aside before, and leases and online burns together stay within the balance.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from loyalty.ledger import chart
from loyalty.ledger.assets import POINTS
from loyalty.ledger.burn import REDEMPTION
from loyalty.ledger.entry import EntryHead, entry
from loyalty.ledger.lots import Lot, take_in_order
from loyalty.ledger.postings import LotChange, Posting, Transaction

HOLD_WITHOUT_END_MS: Final = 253_402_300_799_000
"""The last second of the year 9999: no run of expiry frees the hold of a lease."""


def leased_redemption(
    head: EntryHead,
    *,
    member_id: str,
    points: int,
    kept: Sequence[LotChange],
    lots: Iterable[Lot],
    now_ms: int,
    is_proven: bool,
) -> Transaction:
    """Book what was burned offline: the customer has the goods, so it is never refused for value.

    Args:
        points: > 0.
        kept: what the lease's hold keeps of it: all of it, or nothing where the lease has ended at central.
        lots: where it has ended: what the member has now.
        is_proven: whether it was the member's card, as central reads it. Otherwise the group pays from
            `offline_risk`, and the member keeps what was set aside.
    What a proven burn finds nowhere is the group's risk too: by what a terminal did alone no member falls
    below a floor, or owes.
    """
    taken: list[LotChange] = []
    if is_proven:
        taken = list(kept)
        short = points - sum(change.amount for change in taken)
        assert short >= 0, "no more is taken than was burned"
        if short:
            taken += take_in_order([lot for lot in lots if lot.is_live(now_ms)], short)
    paid = sum(change.amount for change in taken)
    postings: list[Posting] = []
    if paid:
        postings.append(Posting(chart.member_points(member_id), chart.POINTS_REDEEMED, POINTS, paid))
    if points > paid:
        postings.append(Posting(chart.OFFLINE_RISK, chart.POINTS_REDEEMED, POINTS, points - paid))
    return entry(head, REDEMPTION, tuple(postings), lot_changes=tuple(taken))


def at_risk(postings: Iterable[Posting]) -> int:
    """What the group paid in a member's place."""
    return sum(each.amount for each in postings if each.source == chart.OFFLINE_RISK)


def rest_of(kept: Sequence[LotChange], points: int) -> tuple[LotChange, ...]:
    """What a hold keeps after its first `points` were taken or freed."""
    rest: list[LotChange] = []
    left = points
    for each in kept:
        gone = min(left, each.amount)
        left -= gone
        if each.amount > gone:
            rest.append(LotChange(each.lot_id, each.amount - gone))
    assert left == 0, "no more is taken than was held"
    return tuple(rest)
