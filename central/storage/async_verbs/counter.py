"""The verbs of `central.storage.interface.counter` one line each; see `async_verbs.store`."""

from collections.abc import Sequence

from central.storage.async_verbs.runner import VerbRunner
from central.storage.interface.common import Recorded
from central.storage.interface.counter import (
    ActCount,
    ActLimits,
    CounterActRow,
    ParkedRow,
    PinRow,
    StaffRow,
)
from central.storage.verbs import counter_acts, parked, pins, staff


class CounterVerbs(VerbRunner):
    """See `central.storage.interface.counter.CounterStore`; a part of `VerbStore`."""

    async def set_pin(self, row: PinRow, act: CounterActRow | None, limits: ActLimits) -> int | None:
        return await self._write(pins.set_pin, row, act, limits)

    async def find_pin(self, group_id: str, owner: str) -> PinRow | None:
        return await self._read(pins.find_pin, group_id, owner)

    async def take_pin_try(self, group_id: str, owner: str, tries_max: int) -> PinRow | None:
        return await self._write(pins.take_pin_try, group_id, owner, tries_max)

    async def give_pin_tries(
        self, group_id: str, owner: str, version: int, act: CounterActRow | None, limits: ActLimits
    ) -> bool:
        return await self._write(pins.give_pin_tries, group_id, owner, version, act, limits)

    async def tell_pin_locked(self, group_id: str, ids: dict[str, str | None], now_ms: int) -> None:
        await self._write(pins.tell_pin_locked, group_id, ids, now_ms)

    async def put_staff(self, row: StaffRow) -> StaffRow:
        return await self._write(staff.put_staff, row)

    async def find_staff(self, group_id: str, staff_id: str) -> StaffRow | None:
        return await self._read(staff.find_staff, group_id, staff_id)

    async def list_staff(self, group_id: str, limit: int) -> Sequence[StaffRow]:
        return await self._scan(staff.list_staff, group_id, limit)

    async def add_counter_act(self, row: CounterActRow, limits: ActLimits) -> Recorded[CounterActRow]:
        return await self._write(counter_acts.add_counter_act, row, limits)

    async def find_last_sale(
        self, group_id: str, shop_id: str, terminal_id: str | None, since_ms: int
    ) -> str | None:
        return await self._read(counter_acts.find_last_sale, group_id, shop_id, terminal_id, since_ms)

    async def find_counter_act(self, group_id: str, act_id: str) -> CounterActRow | None:
        return await self._read(counter_acts.find_counter_act, group_id, act_id)

    async def count_counter_acts(
        self, group_id: str, from_ms: int, to_ms: int, limit: int
    ) -> Sequence[ActCount]:
        return await self._scan(counter_acts.count_counter_acts, group_id, from_ms, to_ms, limit)

    async def put_parked(self, row: ParkedRow, parked_max: int) -> Recorded[ParkedRow]:
        return await self._write(parked.put_parked, row, parked_max)

    async def empty_parked(self, group_id: str, now_ms: int) -> int:
        return await self._write(parked.empty_parked, group_id, now_ms)

    async def list_parked(self, group_id: str, shop_id: str, now_ms: int, limit: int) -> Sequence[ParkedRow]:
        return await self._read(parked.list_parked, group_id, shop_id, now_ms, limit)

    async def take_parked(
        self, group_id: str, shop_id: str, parked_id: str, taken_by: str, now_ms: int
    ) -> ParkedRow | None:
        return await self._write(parked.take_parked, group_id, shop_id, parked_id, taken_by, now_ms)

    async def list_counter_acts(
        self, group_id: str, from_ms: int, to_ms: int, limit: int
    ) -> Sequence[CounterActRow]:
        return await self._scan(counter_acts.list_counter_acts, group_id, from_ms, to_ms, limit)
