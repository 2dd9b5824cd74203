"""The verbs of `central.storage.interface.merges` one line each, see `async_verbs.store`."""

from collections.abc import Sequence

from central.storage.async_verbs.runner import VerbRunner
from central.storage.interface.common import Recorded
from central.storage.interface.merges import AloneMax, Joined, MergeRead, MergeRow
from central.storage.verbs import members, merges


class MergeVerbs(VerbRunner):
    """See `central.storage.interface.merges.MergeStore`; a part of `VerbStore`."""

    async def read_merge(self, group_id: str, survivor_id: str, duplicate_id: str) -> MergeRead:
        return await self._read(merges.read_merge, group_id, survivor_id, duplicate_id)

    async def put_merge(self, row: MergeRow, joined: Joined | None, alone: AloneMax) -> Recorded[MergeRow]:
        return await self._write(merges.put_merge, row, joined, alone)

    async def decide_merge(
        self, group_id: str, merge_id: str, decided_by: str, joined: Joined | None, now_ms: int
    ) -> MergeRow:
        return await self._write(merges.decide_merge, group_id, merge_id, decided_by, joined, now_ms)

    async def find_merge(self, group_id: str, merge_id: str) -> MergeRow | None:
        return await self._read(merges.find_merge, group_id, merge_id)

    async def list_pending_merges(self, group_id: str, limit: int) -> Sequence[MergeRow]:
        return await self._read(merges.list_pending_merges, group_id, limit)

    async def merged_alone(self, group_id: str, actor: str, since_ms: int) -> tuple[int, int]:
        return await self._read(merges.merged_alone, group_id, actor, since_ms)

    async def list_merged(self, group_id: str, survivor_id: str) -> Sequence[str]:
        return await self._read(members.list_merged, group_id, survivor_id)
