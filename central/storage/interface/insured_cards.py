"""The storage interface for insured-person cards that members let us know them by (P-12)."""

from dataclasses import dataclass
from typing import Protocol

from central.storage.interface.common import Change
from central.storage.interface.standings import ConsentRow


@dataclass(frozen=True, slots=True)
class InsuredCardRow:
    """`card_hash`: a keyed hash of a keyed hash of its number; `card_number`: the member's own card."""

    group_id: str
    card_hash: bytes
    card_number: str
    linked_ms: int
    actor: str


class InsuredTaken(Exception):
    """Another member has this insured-person card."""


class InsuredCardStore(Protocol):
    """What every storage engine does; a part of `central.storage.base.Store`."""

    async def link_insured_card(self, row: InsuredCardRow, member_id: str, consent: ConsentRow) -> Change:
        """Note the consent and the card in one; the member's earlier one goes. The same again: UNCHANGED.

        Raises: InsuredTaken.
        """
        ...

    async def find_insured_card(self, group_id: str, card_hash: bytes) -> InsuredCardRow | None:
        """The card that is known by this hash. Consent withdrawn or a member erased: it is gone."""
        ...
