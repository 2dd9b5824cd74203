"""The verbs of `central.storage.interface.lookups` one line each; see `central.storage.async_verbs.store`."""

from collections.abc import Mapping, Sequence

from central.storage.async_verbs.runner import VerbRunner
from central.storage.interface.lookups import Changes, PricedArticle, SaleAsked, SaleFacts
from central.storage.verbs import lookups


class LookupVerbs(VerbRunner):
    """See `central.storage.interface.lookups.LookupStore`; a part of `VerbStore`."""

    async def find_changes(self, group_id: str, after_seq: int) -> Changes:
        return await self._read(lookups.find_changes, group_id, after_seq)

    async def find_priced(
        self, group_id: str, codes: Sequence[str], at_ms: int, after_seq: int
    ) -> tuple[Changes, Mapping[str, PricedArticle]]:
        return await self._read(lookups.find_priced, group_id, codes, at_ms, after_seq)

    async def find_sale_facts(self, asked: SaleAsked, after_seq: int) -> SaleFacts:
        return await self._read(lookups.find_sale_facts, asked, after_seq)
