"""The verbs of `central.storage.interface.shop_pages` one line each; see `async_verbs.store`."""

from collections.abc import Sequence

from central.storage.async_verbs.runner import VerbRunner
from central.storage.interface.common import Change
from central.storage.interface.shop_pages import ShopPageRow
from central.storage.verbs import shop_pages


class ShopPageVerbs(VerbRunner):
    """See `central.storage.interface.shop_pages.ShopPageStore`; a part of `VerbStore`."""

    async def put_shop_page(self, row: ShopPageRow) -> Change:
        return await self._write(shop_pages.put_shop_page, row)

    async def list_shop_pages(self, group_id: str, shop_ids: Sequence[str]) -> Sequence[ShopPageRow]:
        return await self._read(shop_pages.list_shop_pages, group_id, shop_ids)
