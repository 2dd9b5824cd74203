"""The verbs of `central.storage.interface.offline` one line each; see `central.storage.async_verbs.store`."""

from collections.abc import Sequence

from central.storage.async_verbs.runner import VerbRunner
from central.storage.interface.offline import BundleRow, HotCardRow, LateTicketRow
from central.storage.verbs import offline


class OfflineVerbs(VerbRunner):
    """See `central.storage.interface.offline.OfflineStore`; a part of `VerbStore`."""

    async def put_bundle(self, row: BundleRow, *, forget_before_ms: int) -> BundleRow:
        return await self._write(offline.put_bundle, row, forget_before_ms=forget_before_ms)

    async def find_newest_bundle(self, group_id: str, shop_id: str) -> BundleRow | None:
        return await self._read(offline.find_newest_bundle, group_id, shop_id)

    async def find_bundle(self, group_id: str, shop_id: str, bundle_id: str) -> BundleRow | None:
        return await self._read(offline.find_bundle, group_id, shop_id, bundle_id)

    async def list_hot_cards(self, group_id: str, after_seq: int, limit: int) -> Sequence[HotCardRow]:
        return await self._read(offline.list_hot_cards, group_id, after_seq, limit)

    async def list_late_tickets(
        self,
        group_id: str,
        *,
        shop_id: str | None,
        differing: bool,
        before: tuple[int, str] | None,
        limit: int,
    ) -> Sequence[LateTicketRow]:
        return await self._read(
            offline.list_late_tickets,
            group_id,
            shop_id=shop_id,
            differing=differing,
            before=before,
            limit=limit,
        )
