"""The verbs of `central.storage.interface.parties` one line each; see `central.storage.async_verbs.store`."""

from collections.abc import Sequence

from central.storage.async_verbs.runner import VerbRunner
from central.storage.interface.common import Change
from central.storage.interface.parties import PartyRow
from central.storage.verbs import parties


class PartyVerbs(VerbRunner):
    """See `central.storage.interface.parties.PartyStore`; a part of `VerbStore`."""

    async def put_party(self, row: PartyRow, now_ms: int) -> Change:
        return await self._write(parties.put_party, row, now_ms)

    async def find_party(self, group_id: str, kind: str, party_id: str) -> PartyRow | None:
        return await self._read(parties.find_party, group_id, kind, party_id)

    async def list_parties(self, group_id: str) -> Sequence[PartyRow]:
        return await self._read(parties.list_parties, group_id)
