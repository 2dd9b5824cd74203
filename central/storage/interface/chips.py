"""The storage interface for chips of cards: the keys they carry, and the newest tap of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class CardKeysRow:
    """The keys of a version of cards, sealed. `retired_ms`: since when cards with them are refused."""

    group_id: str
    version: int
    sealed: bytes
    made_ms: int
    retired_ms: int | None = None


@dataclass(frozen=True, slots=True)
class ChipTapRow:
    """A tap that a genuine chip told of. `uid`: upper-case hex; `counter`: how often the chip was read."""

    group_id: str
    uid: str
    counter: int
    terminal: str
    at_ms: int


class ChipStore(Protocol):
    """What every storage engine does; a part of `central.storage.base.Store`."""

    async def add_card_keys(self, row: CardKeysRow) -> None:
        """Add a version. Raises: GuardFailed: it is there already."""
        ...

    async def list_card_keys(self, group_id: str) -> Sequence[CardKeysRow]:
        """The newest versions, newest first, at most `CARD_KEY_VERSIONS_LISTED_MAX`."""
        ...

    async def retire_card_keys(self, group_id: str, version: int, now_ms: int) -> bool:
        """Retire a version; False: there is none, or it is retired."""
        ...

    async def find_tap(self, group_id: str, uid: str) -> ChipTapRow | None:
        """The newest tap of a chip that was kept."""
        ...

    async def accept_tap(self, row: ChipTapRow, *, same_since_ms: int) -> bool:
        """Keep a tap if its counter is higher than all before, by one guarded statement.

        The tap that was kept last is accepted again from the same terminal, if it was kept at `same_since_ms`
        or later: a tap is asked about more than once, and asking again writes nothing. False: a replay, which
        an event tells.
        """
        ...
