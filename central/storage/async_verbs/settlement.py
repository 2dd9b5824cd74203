"""The verbs of `central.storage.interface.settlement` one line each; see `async_verbs.store`."""

from collections.abc import Collection, Mapping, Sequence

from central.storage.async_verbs.runner import VerbRunner
from central.storage.interface.common import Change
from central.storage.interface.settlement import (
    CauseRow,
    CloseRow,
    CountedRow,
    DealRow,
    DrawnUnits,
    EndedLots,
    FundedLineRow,
    MembershipRow,
    Oldest,
    OpenLots,
    OpenService,
    PaidSum,
    PayoutRow,
    TurnoverSum,
)
from central.storage.verbs import clearing, settlement, sold_ahead
from loyalty.ledger.postings import Transaction


class SettlementVerbs(VerbRunner):
    """See `central.storage.interface.settlement.SettlementStore`; a part of `VerbStore`."""

    async def list_funded(
        self, group_id: str, month: str, funder: str, after: str, limit: int
    ) -> Sequence[FundedLineRow]:
        return await self._scan(settlement.list_funded, group_id, month, funder, after, limit)

    async def list_funders(self, group_id: str, month: str) -> Sequence[str]:
        return await self._scan(settlement.list_funders, group_id, month)

    async def list_funded_of(self, group_id: str, ticket_ref: str) -> Sequence[FundedLineRow]:
        return await self._read(settlement.list_funded_of, group_id, ticket_ref)

    async def put_membership(
        self, group_id: str, member_id: str, association_id: str | None, *, now_ms: int, actor: str
    ) -> Change:
        return await self._write(
            clearing.put_membership, group_id, member_id, association_id, now_ms=now_ms, actor=actor
        )

    async def list_associations_of(self, group_id: str, member_id: str) -> Sequence[MembershipRow]:
        return await self._read(clearing.list_associations_of, group_id, member_id)

    async def put_deal(self, row: DealRow, now_ms: int) -> Change:
        return await self._write(clearing.put_deal, row, now_ms)

    async def list_deals(self, group_id: str, association_id: str) -> Sequence[DealRow]:
        return await self._read(clearing.list_deals, group_id, association_id)

    async def sum_turnover(self, group_id: str, month: str, association_id: str) -> Sequence[TurnoverSum]:
        return await self._scan(clearing.sum_turnover, group_id, month, association_id)

    async def list_counted(
        self, group_id: str, month: str, association_id: str, after: str, limit: int
    ) -> Sequence[CountedRow]:
        return await self._scan(clearing.list_counted, group_id, month, association_id, after, limit)

    async def find_close(self, group_id: str, month: str) -> CloseRow | None:
        return await self._read(clearing.find_close, group_id, month)

    async def find_last_close(self, group_id: str) -> CloseRow | None:
        return await self._read(clearing.find_last_close, group_id)

    async def find_close_before(self, group_id: str, month: str) -> CloseRow | None:
        return await self._read(clearing.find_close_before, group_id, month)

    async def find_oldest(self, group_id: str) -> Oldest:
        return await self._read(clearing.find_oldest, group_id)

    async def close_month(self, row: CloseRow) -> bool:
        return await self._write(clearing.close_month, row)

    async def find_journal_end(self, group_id: str, before_ms: int) -> int:
        return await self._scan(clearing.find_journal_end, group_id, before_ms)

    async def find_causes(self, group_id: str, cause_ids: Sequence[str]) -> Mapping[str, CauseRow]:
        return await self._scan(settlement.find_causes, group_id, cause_ids)

    async def find_lot_funders(self, group_id: str, lot_ids: Sequence[str]) -> Mapping[str, tuple[str, str]]:
        return await self._scan(settlement.find_lot_funders, group_id, lot_ids)

    async def list_drawn(
        self, group_id: str, journal_seqs: Sequence[int]
    ) -> Mapping[int, Sequence[DrawnUnits]]:
        return await self._scan(sold_ahead.list_drawn, group_id, journal_seqs)

    async def list_open_services(self, group_id: str) -> Sequence[OpenService]:
        return await self._scan(sold_ahead.list_open_services, group_id)

    async def sum_open_lots(self, group_id: str) -> Sequence[OpenLots]:
        return await self._scan(clearing.sum_open_lots, group_id)

    async def sum_ended_lots(self, group_id: str, now_ms: int) -> Sequence[EndedLots]:
        return await self._scan(clearing.sum_ended_lots, group_id, now_ms)

    async def count_association_members(self, group_id: str, association_id: str) -> int:
        return await self._scan(clearing.count_association_members, group_id, association_id)

    async def list_payouts(self, group_id: str, association_id: str) -> Sequence[PayoutRow]:
        return await self._read(clearing.list_payouts, group_id, association_id)

    async def sum_payouts(self, group_id: str, association_ids: Collection[str]) -> Mapping[str, PaidSum]:
        return await self._read(clearing.sum_payouts, group_id, association_ids)

    async def record_payouts(
        self, rows: Sequence[PayoutRow], transactions: Sequence[Transaction]
    ) -> Sequence[PayoutRow] | None:
        return await self._write(clearing.record_payouts, rows, transactions)
