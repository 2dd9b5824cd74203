"""The verbs of `central.storage.interface.packs` one line each; see `async_verbs.store`."""

from collections.abc import Sequence

from central.storage.async_verbs.runner import VerbRunner
from central.storage.interface.common import Change
from central.storage.interface.packs import ArticleTextRow, PackFacts, StockRow
from central.storage.verbs import packs


class PackVerbs(VerbRunner):
    """See `PackStore` of the interface; a part of `VerbStore`."""

    async def put_article_text(self, row: ArticleTextRow) -> Change:
        return await self._write(packs.put_article_text, row)

    async def put_stock(self, rows: Sequence[StockRow], now_ms: int) -> int:
        return await self._write(packs.put_stock, rows, now_ms)

    async def find_pack_facts(self, group_id: str, shop_id: str, article_id: str) -> PackFacts:
        return await self._read(packs.find_pack_facts, group_id, shop_id, article_id)
