"""The verbs of `central.storage.interface.claims` one line each; see `central.storage.async_verbs.store`."""

from collections.abc import Sequence

from central.storage.async_verbs.runner import VerbRunner
from central.storage.interface.claims import (
    CounterFault,
    CounterKey,
    CounterUse,
    GoodwillRow,
    JournalFault,
    Usage,
    UseRow,
)
from central.storage.interface.common import Recorded
from central.storage.interface.value import HoldRow
from central.storage.interface.vouchers import Benefits, VoucherStands
from central.storage.verbs import claims, goodwill, holds, journal_proof, ledger, vouchers
from loyalty.ledger.postings import Posting, Transaction


class ClaimVerbs(VerbRunner):
    """See `central.storage.interface.claims.ClaimStore`; a part of `VerbStore`."""

    async def find_usage(
        self, group_id: str, counters: Sequence[CounterKey], budgets: Sequence[tuple[str, str]]
    ) -> Usage:
        return await self._read(claims.find_usage, group_id, counters, budgets)

    async def list_uses(self, group_id: str, cause_id: str) -> Sequence[UseRow]:
        return await self._read(claims.list_uses, group_id, cause_id)

    async def list_uses_between(
        self, group_id: str, first_key: str, last_key: str, limit: int
    ) -> Sequence[UseRow]:
        return await self._read(claims.list_uses_between, group_id, first_key, last_key, limit)

    async def list_holds_of(self, group_id: str, reservation_id: str) -> Sequence[HoldRow]:
        return await self._read(holds.list_holds_of, group_id, reservation_id)

    async def list_postings(self, group_id: str, transaction_id: str) -> Sequence[Posting]:
        return await self._read(ledger.list_postings, group_id, transaction_id)

    async def check_counters(self, group_id: str) -> Sequence[CounterFault]:
        return await self._scan(claims.check_counters, group_id)

    async def check_journal(self, group_id: str) -> Sequence[JournalFault]:
        return await self._scan(journal_proof.check_journal, group_id)

    async def find_vouchers(self, group_id: str, code_hashes: Sequence[bytes]) -> dict[bytes, VoucherStands]:
        return await self._read(vouchers.find_vouchers, group_id, code_hashes)

    async def list_vouchers(self, group_id: str, voucher_ids: Sequence[str]) -> dict[str, VoucherStands]:
        return await self._read(vouchers.list_vouchers, group_id, voucher_ids)

    async def list_vouchers_of(
        self, group_id: str, member_id: str, now_ms: int, limit: int
    ) -> Sequence[VoucherStands]:
        return await self._read(vouchers.list_vouchers_of, group_id, member_id, now_ms, limit)

    async def find_benefits(self, group_id: str, sale_id: str) -> Benefits:
        return await self._read(vouchers.find_benefits, group_id, sale_id)

    async def record_goodwill(
        self, row: GoodwillRow, transaction: Transaction, uses: Sequence[CounterUse]
    ) -> Recorded[GoodwillRow]:
        return await self._write(goodwill.record_goodwill, row, transaction, uses)

    async def find_goodwill(self, group_id: str, goodwill_id: str) -> GoodwillRow | None:
        return await self._read(goodwill.find_goodwill, group_id, goodwill_id)

    async def list_goodwill(
        self, group_id: str, from_ms: int, to_ms: int, limit: int
    ) -> Sequence[GoodwillRow]:
        return await self._read(goodwill.list_goodwill, group_id, from_ms, to_ms, limit)
