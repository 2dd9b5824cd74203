"""The storage interface for insured-person cards that members let us know them by (P-12)."""

from dataclasses import dataclass
from typing import Protocol

from central.storage.interface.counter import ActLimits, CounterActRow
from central.storage.interface.standings import ConsentRow


@dataclass(frozen=True, slots=True)
class InsuredCardRow:
    """`card_hash`: a keyed hash of a keyed hash of its number; `card_number`: the member's own card."""

    group_id: str
    card_hash: bytes
    card_number: str
    linked_ms: int
    actor: str


@dataclass(frozen=True, slots=True)
class InsuredLink:
    """A card to be known by, the consent it stands by, and the clerk's act that both are written with."""

    row: InsuredCardRow
    member_id: str
    consent: ConsentRow
    act: CounterActRow
    limits: ActLimits


class InsuredTaken(Exception):
    """Another member has this insured-person card."""


class InsuredCardStore(Protocol):
    """What every storage engine does; a part of `central.storage.base.Store`."""

    async def link_insured_card(self, link: InsuredLink) -> bool:
        """Note the act, the consent and the card in one; the member's earlier card goes.

        Returns: True: the act was done before; nothing is written, whatever was withdrawn since.
        Raises: InsuredTaken, IdempotencyConflict, ActLimitReached; nothing is written then either.
        """
        ...

    async def find_insured_card(self, group_id: str, card_hash: bytes) -> InsuredCardRow | None:
        """The card that is known by this hash. Consent withdrawn or a member erased: it is gone."""
        ...
