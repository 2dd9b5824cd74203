"""The verbs of `central.storage.interface.facts` one line each; see `central.storage.async_verbs.store`."""

from collections.abc import Sequence

from central.storage.async_verbs.runner import VerbRunner
from central.storage.interface.common import Change
from central.storage.interface.facts import FactsAsked, FactsRow, TraitChange, TraitRow
from central.storage.verbs import facts


class FactVerbs(VerbRunner):
    """See `central.storage.interface.facts.FactStore`; a part of `VerbStore`."""

    async def read_facts(self, group_id: str, member_id: str, asked: FactsAsked) -> FactsRow:
        return await self._read(facts.read_facts, group_id, member_id, asked)

    async def put_traits(self, change: TraitChange) -> Change:
        return await self._write(facts.put_traits, change)

    async def list_traits(self, group_id: str, member_id: str, limit: int) -> Sequence[TraitRow]:
        return await self._read(facts.list_traits, group_id, member_id, limit)
