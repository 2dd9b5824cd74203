"""The verbs of `central.storage.interface.leases` one line each, see `async_verbs.store`."""

from collections.abc import Sequence

from central.storage.async_verbs.runner import VerbRunner
from central.storage.interface.common import Recorded
from central.storage.interface.leases import LeaseDraw, LeaseEnd, LeaseRow
from central.storage.verbs import leases
from loyalty.ledger.holds import Hold
from loyalty.programme.leasing import LeaseFacts


class LeaseVerbs(VerbRunner):
    """See `central.storage.interface.leases.LeaseStore`; a part of `VerbStore`."""

    async def read_lease_facts(
        self, group_id: str, member_id: str, terminal_id: str, now_ms: int
    ) -> LeaseFacts:
        return await self._read(leases.read_lease_facts, group_id, member_id, terminal_id, now_ms)

    async def was_seen(self, group_id: str, member_id: str, shop_id: str, since_ms: int) -> bool:
        return await self._read(leases.was_seen, group_id, member_id, shop_id, since_ms)

    async def grant_lease(self, row: LeaseRow, hold: Hold, facts: LeaseFacts) -> Recorded[LeaseRow]:
        return await self._write(leases.grant_lease, row, hold, facts)

    async def find_lease(self, group_id: str, lease_id: str) -> LeaseRow | None:
        return await self._read(leases.find_lease, group_id, lease_id)

    async def list_live_leases(self, group_id: str, after: str, limit: int) -> Sequence[LeaseRow]:
        return await self._scan(leases.list_live_leases, group_id, after, limit)

    async def list_leases_of_terminal(self, group_id: str, terminal_id: str) -> Sequence[LeaseRow]:
        return await self._scan(leases.list_leases_of_terminal, group_id, terminal_id)

    async def list_leases_of_member(self, group_id: str, member_id: str) -> Sequence[LeaseRow]:
        return await self._read(leases.list_leases_of_member, group_id, member_id)

    async def end_lease(self, group_id: str, lease_id: str, end: LeaseEnd) -> LeaseRow:
        return await self._write(leases.end_lease, group_id, lease_id, end)

    async def is_tap_drawn(self, group_id: str, uid: str, counter: int, terminal_id: str) -> bool:
        return await self._read(leases.is_tap_drawn, group_id, uid, counter, terminal_id)

    async def find_lease_draw(self, group_id: str, sale_id: str) -> LeaseDraw | None:
        return await self._read(leases.find_lease_draw, group_id, sale_id)
