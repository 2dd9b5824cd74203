"""The storage interface for suppliers and associations of a group."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from central.storage.interface.common import Change


@dataclass(frozen=True, slots=True)
class PartyRow:
    """A supplier or an association; `kind` and `state` as in `loyalty.programme.party`."""

    group_id: str
    kind: str
    party_id: str
    name: str
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""
    email: str = ""
    language: str = ""
    tax_number: str = ""
    bank_account: str = ""
    bank_reference: str = ""
    state: str = "active"

    @property
    def party(self) -> str:
        """Its name in the ledger."""
        return f"{self.kind}/{self.party_id}"


class PartyStore(Protocol):
    """What every storage engine does; a part of `central.storage.base.Store`."""

    async def put_party(self, row: PartyRow, now_ms: int) -> Change: ...
    async def find_party(self, group_id: str, kind: str, party_id: str) -> PartyRow | None: ...
    async def list_parties(self, group_id: str) -> Sequence[PartyRow]: ...
