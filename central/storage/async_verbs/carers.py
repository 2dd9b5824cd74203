"""The verbs of `central.storage.interface.carers` one line each; see `async_verbs.store`."""

from collections.abc import Sequence

from central.storage.async_verbs.runner import VerbRunner
from central.storage.interface.carers import CarerRow, CarerUse
from central.storage.interface.messages import MessageRow
from central.storage.interface.rows import CardRow
from central.storage.verbs import carers


class CarerVerbs(VerbRunner):
    """See `central.storage.interface.carers.CarerStore`; a part of `VerbStore`."""

    async def put_carer(
        self, row: CarerRow, card: CardRow, *, most: int, notice: MessageRow | None
    ) -> CarerRow | None:
        return await self._write(carers.put_carer, row, card, most, notice)

    async def end_carer(
        self,
        group_id: str,
        member_id: str,
        carer_id: str,
        actor: str,
        now_ms: int,
        *,
        notice: MessageRow | None,
    ) -> CarerRow | None:
        return await self._write(carers.end_carer, group_id, member_id, carer_id, actor, now_ms, notice)

    async def list_carers(self, group_id: str, member_id: str, limit: int) -> Sequence[CarerRow]:
        return await self._read(carers.list_carers, group_id, member_id, limit)

    async def list_carer_uses(self, group_id: str, carer_ids: Sequence[str]) -> Sequence[CarerUse]:
        return await self._read(carers.list_carer_uses, group_id, carer_ids)
