"""Somebody acts for a member by a card of their own: what such a card may, whatever its strength (ADR 31).

It earns, and sees the balance and that there are vouchers. More only where the member granted it by name:
`spend` (points at the till) and `purchases` (what was bought, and why points were given). How the member is
reached, what they agreed to, their PIN, points turned, given or played away, other cards: never.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from loyalty.errors import LoyaltyError, Trouble
from loyalty.programme.identification import Act


class CarerMay(StrEnum):
    """What a member may grant a carer beyond earning and seeing the balance."""

    SPEND = "spend"
    PURCHASES = "purchases"


class CarerMayNot(LoyaltyError):
    """A carer's card is asked for what only the member may."""

    code = "carer_may_not"
    trouble = Trouble.FORBIDDEN
    text = "This card acts for somebody else and may not do this. The member does it with their own card."


ALWAYS: Final = frozenset({Act.EARN, Act.SEE_BALANCE_RANGE, Act.SEE_BALANCE, Act.BLOCK_CARD})
"""Blocking is of the carer's own card alone."""
GRANTED: Final[Mapping[CarerMay, frozenset[Act]]] = MappingProxyType(
    {
        CarerMay.SPEND: frozenset({Act.REDEEM}),
        CarerMay.PURCHASES: frozenset({Act.SEE_TICKET_TOTALS, Act.SEE_POINT_REASONS, Act.SEE_PURCHASE_LINES}),
    }
)


def acts_of_carer(may: str) -> frozenset[Act]:
    """What a carer's card may at most; `may`: words of what was granted, unknown ones grant nothing."""
    granted = [GRANTED[each] for each in CarerMay if each in may.split()]
    return ALWAYS.union(*granted)


def may_words(may: Iterable[str]) -> str:
    """Grants as they are kept, in one order."""
    wanted = set(may)
    return " ".join(each for each in CarerMay if each in wanted)
