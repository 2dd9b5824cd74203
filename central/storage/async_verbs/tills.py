"""The verbs of `central.storage.interface.tills` one line each; see `async_verbs.store`."""

from collections.abc import Sequence

from central.storage.async_verbs.runner import VerbRunner
from central.storage.interface.common import Recorded
from central.storage.interface.tills import StaffCardRow, TillActRow
from central.storage.verbs import tills


class TillVerbs(VerbRunner):
    """See `central.storage.interface.tills.TillStore`; a part of `VerbStore`."""

    async def put_staff_card(self, row: StaffCardRow) -> Recorded[StaffCardRow]:
        return await self._write(tills.put_staff_card, row)

    async def find_staff_card(self, group_id: str, uid: str) -> StaffCardRow | None:
        return await self._read(tills.find_staff_card, group_id, uid)

    async def list_staff_cards(self, group_id: str, limit: int) -> Sequence[StaffCardRow]:
        return await self._scan(tills.list_staff_cards, group_id, limit)

    async def block_staff_card(self, group_id: str, staff_id: str, now_ms: int) -> StaffCardRow | None:
        return await self._write(tills.block_staff_card, group_id, staff_id, now_ms)

    async def note_till_act(self, row: TillActRow) -> Recorded[TillActRow]:
        return await self._write(tills.note_till_act, row)

    async def tell_support(self, group_id: str, kind: str, ids: dict[str, str | None], now_ms: int) -> None:
        await self._write(tills.tell_support, group_id, kind, ids, now_ms)

    async def list_till_acts(self, group_id: str, limit: int) -> Sequence[TillActRow]:
        return await self._scan(tills.list_till_acts, group_id, limit)
