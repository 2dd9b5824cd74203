"""Holds: value promised until the member has paid. Pending, then posted, voided or expired; never back.

A hold takes its lots when it is made and counts against the floor from then on, so that a payment under it is
never refused for value, and a run of expiry leaves alone what somebody was promised.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from loyalty.ledger.assets import Asset
from loyalty.ledger.lots import Lot, select_lots
from loyalty.ledger.postings import LotChange


class HoldState(StrEnum):
    """Where a hold is; all but `pending` are final."""

    PENDING = "pending"
    POSTED = "posted"
    VOIDED = "voided"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """`amount` (> 0) of `asset` on `account`, promised until `expires_ms`.

    `lots`: what it keeps of which lot, in the order in which a post takes them; empty for an account without.
    `cause_id`: the reservation behind it.
    """

    hold_id: str
    account: str
    asset: Asset
    amount: int
    lots: tuple[LotChange, ...]
    cause_id: str
    made_ms: int
    expires_ms: int
    actor: str
    terminal_id: str | None = None


def hold_lots(
    lots: Iterable[Lot], amount: int, now_ms: int, *, points_owed: int = 0
) -> tuple[LotChange, ...]:
    """What a hold keeps: the choice a burn would make now.

    Raises: BalanceTooLow.
    """
    return select_lots(lots, amount, now_ms, points_owed=points_owed)


def posted_lots(kept: Sequence[LotChange], amount: int) -> tuple[LotChange, ...]:
    """What posting `amount` (0 to the hold's) takes of its lots, first kept first; the rest is freed."""
    changes: list[LotChange] = []
    left = amount
    for each in kept:
        taken = min(left, each.amount)
        if taken:
            changes.append(LotChange(each.lot_id, taken))
            left -= taken
    assert left == 0, "no more is posted than was held"
    return tuple(changes)
