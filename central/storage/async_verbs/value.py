"""The verbs of `central.storage.interface.value` for every engine; each is done in its topic's module."""

from collections.abc import Sequence

from central.storage.async_verbs.runner import VerbRunner
from central.storage.base import LotRow, Recorded
from central.storage.interface.value import (
    ClaimedLot,
    CorrectionRow,
    DraftRow,
    HoldRow,
    MemberPoints,
    MoveRecord,
    MoveRow,
    ProgrammeVersionRow,
    SalePoints,
)
from central.storage.verbs import claims, drafts, holds, lots, moves
from loyalty.ledger.holds import Hold
from loyalty.ledger.postings import Transaction
from loyalty.ledger.restoration import Taken


class ValueVerbs(VerbRunner):
    """See `central.storage.interface.value.ValueStore`; a part of `VerbStore`."""

    # Holds

    async def put_hold(self, group_id: str, hold: Hold) -> Recorded[HoldRow]:
        return await self._write(holds.put_hold, group_id, hold)

    async def find_hold(self, group_id: str, hold_id: str) -> HoldRow | None:
        return await self._read(holds.find_hold, group_id, hold_id)

    async def list_pending_holds(self, group_id: str, after: str, limit: int) -> Sequence[HoldRow]:
        return await self._scan(holds.list_pending_holds, group_id, after, limit)

    async def post_hold(
        self, group_id: str, hold_id: str, transaction: Transaction | None, posted: int, now_ms: int
    ) -> HoldRow:
        return await self._write(holds.post_hold, group_id, hold_id, transaction, posted, now_ms)

    async def expire_holds(self, group_id: str, now_ms: int, limit: int) -> int:
        return await self._write(claims.expire_all, group_id, now_ms, limit)

    # Lots and single transactions

    async def post_once(self, group_id: str, transaction: Transaction) -> bool:
        return await self._write(lots.post_once, group_id, transaction)

    async def find_points(self, group_id: str, member_id: str) -> MemberPoints:
        return await self._read(lots.find_points, group_id, member_id)

    async def find_sale_points(self, group_id: str, sale_id: str, member_id: str) -> SalePoints:
        return await self._read(lots.find_sale_points, group_id, sale_id, member_id)

    async def list_claimed_lots(self, group_id: str, member_id: str) -> Sequence[ClaimedLot]:
        return await self._read(lots.list_claimed_lots, group_id, member_id)

    async def list_allocations(self, group_id: str, transaction_id: str) -> Sequence[Taken]:
        return await self._read(lots.list_allocations, group_id, transaction_id)

    async def list_source_lots(self, group_id: str, source_id: str) -> Sequence[LotRow]:
        return await self._read(lots.list_source_lots, group_id, source_id)

    async def list_open_lots(self, group_id: str, account: str, asset: str) -> Sequence[LotRow]:
        return await self._read(lots.list_open_lots, group_id, account, asset)

    async def list_due_lots(self, group_id: str, now_ms: int, limit: int) -> Sequence[LotRow]:
        return await self._scan(lots.list_due_lots, group_id, now_ms, limit)

    async def list_ripe_lots(
        self, group_id: str, now_ms: int, awaits: str, source_id: str | None, limit: int
    ) -> Sequence[LotRow]:
        return await self._scan(lots.list_ripe_lots, group_id, now_ms, awaits, source_id, limit)

    # Gifts, corrections, households

    async def record_move(self, record: MoveRecord) -> Recorded[MoveRow]:
        return await self._write(moves.record_move, record)

    async def find_move(self, group_id: str, move_id: str) -> MoveRow | None:
        return await self._read(moves.find_move, group_id, move_id)

    async def put_correction(
        self, row: CorrectionRow, transaction: Transaction | None, *, alone_max: int, since_ms: int
    ) -> Recorded[CorrectionRow]:
        return await self._write(
            moves.put_correction, row, transaction, alone_max=alone_max, since_ms=since_ms
        )

    async def decide_correction(
        self, group_id: str, correction_id: str, decided_by: str, transaction: Transaction | None, now_ms: int
    ) -> CorrectionRow:
        return await self._write(
            moves.decide_correction, group_id, correction_id, decided_by, transaction, now_ms
        )

    async def find_correction(self, group_id: str, correction_id: str) -> CorrectionRow | None:
        return await self._read(moves.find_correction, group_id, correction_id)

    async def list_pending_corrections(self, group_id: str, limit: int) -> Sequence[CorrectionRow]:
        return await self._scan(moves.list_pending_corrections, group_id, limit)

    async def corrected_alone(self, group_id: str, actor: str, since_ms: int) -> int:
        return await self._read(moves.corrected_alone, group_id, actor, since_ms)

    async def put_household(
        self, group_id: str, household_id: str, member_ids: Sequence[str], now_ms: int
    ) -> None:
        await self._write(moves.put_household, group_id, household_id, member_ids, now_ms)

    async def list_household(self, group_id: str, household_id: str) -> Sequence[str]:
        return await self._read(moves.list_household, group_id, household_id)

    async def find_household(self, group_id: str, member_id: str) -> str | None:
        return await self._read(moves.find_household, group_id, member_id)

    # Drafts of the programme

    async def put_draft(self, row: DraftRow) -> DraftRow:
        return await self._write(drafts.put_draft, row)

    async def move_draft(self, row: DraftRow, from_states: Sequence[str]) -> DraftRow:
        return await self._write(drafts.move_draft, row, from_states)

    async def find_draft(self, group_id: str, draft_id: str) -> DraftRow | None:
        return await self._read(drafts.find_draft, group_id, draft_id)

    async def list_drafts(self, group_id: str) -> Sequence[DraftRow]:
        return await self._scan(drafts.list_drafts, group_id)

    async def list_due_drafts(self, group_id: str, now_ms: int) -> Sequence[DraftRow]:
        return await self._scan(drafts.list_due_drafts, group_id, now_ms)

    async def list_programmes(self, group_id: str, limit: int) -> Sequence[ProgrammeVersionRow]:
        return await self._scan(drafts.list_programmes, group_id, limit)
