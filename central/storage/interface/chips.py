"""The storage interface for chips of cards: the keys they carry, and the newest tap of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from central.storage.interface.rows import CardRow


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


@dataclass(frozen=True, slots=True)
class CardProofRow:
    """A chip answered a challenge of central. `uid`: as a card's; `tap_id`: of the card session.

    It counts from `begun_ms`, when the challenge was made, to `expires_ms`.
    """

    group_id: str
    uid: str
    proof_id: str
    terminal: str
    tap_id: str
    begun_ms: int
    expires_ms: int


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

    async def keep_card_proof(self, row: CardProofRow) -> bool:
        """Keep a proof if its challenge is newer than that of the one before, by one guarded statement.

        The same proof again changes nothing, and is True; False: a newer one stands.
        """
        ...

    async def find_card_proof(self, group_id: str, uid: str) -> CardProofRow | None:
        """The newest proof of a chip."""
        ...

    async def bind_chip(self, group_id: str, card_number: str, uid: str, now_ms: int) -> CardRow:
        """Give a number of the stock the chip that was written for it; the same again changes nothing.

        Raises: GuardFailed: the number has another chip, is not in stock or not there; or the chip is another
            card's.
        """
        ...
