"""The verbs of `central.storage.facts_base` one line each; see `verb_store`."""

from collections.abc import Sequence

from central.storage.common import Change
from central.storage.facts_base import FactsAsked, FactsRow, TraitChange, TraitRow
from central.storage.verb_runner import VerbRunner
from central.storage.verbs import facts


class FactVerbs(VerbRunner):
    """See `central.storage.facts_base.FactStore`; a part of `VerbStore`."""

    async def read_facts(self, group_id: str, member_id: str, asked: FactsAsked) -> FactsRow:
        return await self._read(facts.read_facts, group_id, member_id, asked)

    async def put_traits(self, change: TraitChange) -> Change:
        return await self._write(facts.put_traits, change)

    async def list_traits(self, group_id: str, member_id: str, limit: int) -> Sequence[TraitRow]:
        return await self._read(facts.list_traits, group_id, member_id, limit)
