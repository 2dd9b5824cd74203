"""The verbs of `central.storage.interface.lost_cards` one line each; see `async_verbs.store`."""

from collections.abc import Sequence

from central.storage.async_verbs.runner import VerbRunner
from central.storage.interface.lost_cards import LostReportRow
from central.storage.interface.messages import MessageRow
from central.storage.verbs import lost_cards


class LostCardVerbs(VerbRunner):
    """See `central.storage.interface.lost_cards.LostCardStore`; a part of `VerbStore`."""

    async def put_lost_report(self, row: LostReportRow, notice: MessageRow | None) -> LostReportRow:
        return await self._write(lost_cards.put_lost_report, row, notice)

    async def take_lost_code_try(self, group_id: str, member_id: str, tries_max: int) -> LostReportRow | None:
        return await self._write(lost_cards.take_lost_code_try, group_id, member_id, tries_max)

    async def end_lost_report(
        self, group_id: str, report_id: str, state: str, actor: str, now_ms: int
    ) -> bool:
        return await self._write(lost_cards.end_lost_report, group_id, report_id, state, actor, now_ms)

    async def list_due_lost_reports(self, group_id: str, now_ms: int, limit: int) -> Sequence[LostReportRow]:
        return await self._read(lost_cards.list_due_lost_reports, group_id, now_ms, limit)

    async def list_lost_reports(self, group_id: str, before_ms: int, limit: int) -> Sequence[LostReportRow]:
        return await self._read(lost_cards.list_lost_reports, group_id, before_ms, limit)

    async def forget_lost_reports(self, group_id: str, before_ms: int) -> int:
        return await self._write(lost_cards.forget_lost_reports, group_id, before_ms)
