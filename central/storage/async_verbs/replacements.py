"""The verbs of `central.storage.interface.replacements` one line each; see `async_verbs.store`."""

from collections.abc import Sequence

from central.storage.async_verbs.runner import VerbRunner
from central.storage.interface.messages import MessageRow
from central.storage.interface.replacements import ReplacementDone, ReplacementRow
from central.storage.interface.rows import CardRow
from central.storage.verbs import replacements


class ReplacementVerbs(VerbRunner):
    """See `central.storage.interface.replacements.ReplacementStore`; a part of `VerbStore`."""

    async def put_replacement(self, row: ReplacementRow, notice: MessageRow | None) -> ReplacementRow:
        return await self._write(replacements.put_replacement, row, notice)

    async def find_replacement(self, group_id: str, replacement_id: str) -> ReplacementRow | None:
        return await self._read(replacements.find_replacement, group_id, replacement_id)

    async def take_replacement_try(
        self, group_id: str, replacement_id: str, tries_max: int, now_ms: int
    ) -> ReplacementRow | None:
        return await self._write(
            replacements.take_replacement_try, group_id, replacement_id, tries_max, now_ms
        )

    async def grant_replacement(
        self,
        group_id: str,
        replacement_id: str,
        *,
        proof: str,
        staff_id: str | None,
        now_ms: int,
        ends_ms: int,
    ) -> bool:
        return await self._write(
            replacements.grant_replacement, group_id, replacement_id, proof, staff_id, now_ms, ends_ms
        )

    async def finish_replacement(self, done: ReplacementDone) -> CardRow:
        return await self._write(replacements.finish_replacement, done)

    async def list_replacements(self, group_id: str, before_ms: int, limit: int) -> Sequence[ReplacementRow]:
        return await self._read(replacements.list_replacements, group_id, before_ms, limit)

    async def forget_replacements(self, group_id: str, before_ms: int) -> int:
        return await self._write(replacements.forget_replacements, group_id, before_ms)
