"""The storage interface for cards in phones: which card a phone's code is of."""

from dataclasses import dataclass
from typing import Protocol

from central.storage.interface.common import Recorded


@dataclass(frozen=True, slots=True)
class PhoneCardRow:
    """A card in a phone. `handle`: what its code names it by; `ended_ms`: when its codes ceased to count."""

    group_id: str
    handle: str
    card_number: str
    made_ms: int
    actor: str
    ended_ms: int | None = None


class PhoneCardStore(Protocol):
    """What every storage engine does; a part of `central.storage.base.Store`."""

    async def put_phone_card(self, row: PhoneCardRow) -> Recorded[PhoneCardRow]:
        """Add one, and end the one that its member had; the same handle for the same card again is a replay.

        Raises: IdempotencyConflict: the handle is another card's.
        """
        ...

    async def find_phone_card(self, group_id: str, handle: str) -> PhoneCardRow | None:
        """The card of a phone, ended or not."""
        ...

    async def end_phone_card(self, group_id: str, card_number: str, now_ms: int) -> bool:
        """End the live one of a card's member; False: there is none."""
        ...
