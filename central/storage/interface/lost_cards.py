"""The storage interface for cards that are blocked without the card."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from central.storage.interface.messages import MessageRow


@dataclass(frozen=True, slots=True, kw_only=True)
class LostReportRow:
    """A report. `member_id`: None: nobody has what was typed. `cards`: JSON, [[number, its state before]].

    `state`: unknown, repeated (nothing was left to block), open, kept, undone, lapsed. `tries`: of its code.
    """

    group_id: str
    report_id: str
    shop_id: str
    token_id: str
    member_id: str | None
    made_ms: int
    code_hash: bytes | None
    ends_ms: int | None
    cards: str = "[]"
    tries: int = 0
    state: str = "unknown"
    ended_ms: int | None = None


class LostCardStore(Protocol):
    """Verbs on them; same promises as `Store`."""

    async def put_lost_report(self, row: LostReportRow, notice: MessageRow | None) -> LostReportRow:
        """Keep a report; where its member has live cards and no report is open, block them and keep the
        notice with it. The same id again gives the first one.
        """
        ...

    async def take_lost_code_try(self, group_id: str, member_id: str, tries_max: int) -> LostReportRow | None:
        """Count a try at the code of a member's latest report; None: there is none, or no try is left."""
        ...

    async def end_lost_report(
        self, group_id: str, report_id: str, state: str, actor: str, now_ms: int
    ) -> bool:
        """End an open report: its cards stay blocked as lost (kept), or are as before (undone, lapsed).

        Cards that were moved since are left alone. False: it is not open any more.
        """
        ...

    async def list_due_lost_reports(self, group_id: str, now_ms: int, limit: int) -> Sequence[LostReportRow]:
        """Open ones whose time is over."""
        ...

    async def list_lost_reports(self, group_id: str, before_ms: int, limit: int) -> Sequence[LostReportRow]:
        """The latest first."""
        ...

    async def forget_lost_reports(self, group_id: str, before_ms: int) -> int:
        """Forget those that were made before; how many."""
        ...
