"""The verbs of `central.storage.interface.shop_pages` one line each; see `async_verbs.store`."""

from collections.abc import Sequence

from central.storage.async_verbs.runner import VerbRunner
from central.storage.interface.common import Change, Recorded
from central.storage.interface.shop_messages import ShopMessageRow
from central.storage.interface.shop_pages import ShopPageRow
from central.storage.verbs import shop_messages, shop_pages


class ShopPageVerbs(VerbRunner):
    """See `ShopPageStore` and `ShopMessageStore` of the interface; a part of `VerbStore`."""

    async def put_shop_page(self, row: ShopPageRow) -> Change:
        return await self._write(shop_pages.put_shop_page, row)

    async def list_shop_pages(self, group_id: str, shop_ids: Sequence[str]) -> Sequence[ShopPageRow]:
        return await self._read(shop_pages.list_shop_pages, group_id, shop_ids)

    async def put_shop_message(
        self, row: ShopMessageRow, *, most: int, since_ms: int
    ) -> Recorded[ShopMessageRow] | None:
        return await self._write(shop_messages.put_shop_message, row, most=most, since_ms=since_ms)

    async def find_shop_message(self, group_id: str, message_id: str) -> ShopMessageRow | None:
        return await self._read(shop_messages.find_shop_message, group_id, message_id)

    async def list_shop_messages(self, group_id: str, shop_id: str, limit: int) -> Sequence[ShopMessageRow]:
        return await self._read(shop_messages.list_shop_messages, group_id, shop_id, limit)

    async def end_shop_message(self, group_id: str, message_id: str, done_by: str, now_ms: int) -> bool:
        return await self._write(shop_messages.end_shop_message, group_id, message_id, done_by, now_ms)
