"""What central does by itself: free holds, expire lots, let points mature, prove the ledger; repeatable."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from central.services.core import access
from central.services.core.access import Actor, operator_of
from central.services.core.context import Context
from central.services.core.lots import lot_of
from central.services.ledger.check import LedgerReport, check_ledger
from central.storage.base import GuardFailed, LotRow
from loyalty.ledger.assets import parse_asset
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.expiry import expiry
from loyalty.ledger.pending import maturity
from loyalty.ledger.postings import Transaction
from loyalty.limits.ledger import UPKEEP_BATCH
from wire import api_value

log = structlog.get_logger(__name__)

ACTOR = "upkeep"


@dataclass(frozen=True, slots=True)
class ExpiryReport:
    """What one run expired: lots, and units by asset."""

    run_id: str
    lots: int
    amounts: dict[str, int]


class UpkeepService:
    """Keeps the ledger in time. Every verb may be repeated, interrupted, and run by two at once."""

    def __init__(self, context: Context) -> None:
        self._store = context.store
        self._clock = context.clock

    async def expire_holds(self, group_id: str) -> int:
        """Free every hold whose time is over."""
        freed = 0
        while count := await self._store.expire_holds(group_id, self._clock(), UPKEEP_BATCH):
            freed += count
        return freed

    async def expire(self, group_id: str, run_id: str) -> ExpiryReport:
        """Expire what is due now. The same `run_id` again posts nothing that it posted before."""
        now_ms = self._clock()
        lots, amounts = 0, dict[str, int]()
        while rows := await self._store.list_due_lots(group_id, now_ms, UPKEEP_BATCH):
            posted = await asyncio.gather(
                *(self._post(group_id, self._expiry(row, run_id, now_ms)) for row in rows)
            )
            for row, amount in zip(rows, posted, strict=True):
                lots += amount > 0
                amounts[row.asset] = amounts.get(row.asset, 0) + amount
            if not any(posted):  # what is left was posted by this run before, or is changing: the next run
                break
        return ExpiryReport(run_id, lots, {asset: amount for asset, amount in amounts.items() if amount})

    async def mature(self, group_id: str) -> int:
        """Let pending points be spent whose days are over; how many points."""
        return await self._mature(group_id, "mature", awaits="", source_id=None)

    async def release(self, actor: Actor, body: api_value.ReleaseBody) -> tuple[api_value.ReleaseView, bool]:
        """The event happened that points of a sale, or all, wait for. Repeating it releases nothing twice."""
        access.require(actor, access.VALUE_CORRECT)
        before = len(
            await self._store.list_ripe_lots(actor.group_id, 0, body.awaits, body.sale_id, UPKEEP_BATCH)
        )
        points = await self._mature(
            actor.group_id, body.release_id, awaits=body.awaits, source_id=body.sale_id
        )
        return api_value.ReleaseView(release_id=body.release_id, lots=before, points=points), False

    async def reconcile(self, group_id: str) -> LedgerReport:
        """Prove the ledger; every difference is logged as an error."""
        report = await check_ledger(self._store, operator_of(group_id))
        if report.is_sound:
            log.info("ledger_agrees", group_id=group_id, transactions=report.transactions)
        for finding in report.findings:
            log.error(
                "ledger_differs", group_id=group_id, code=finding.code.value, expected=finding.expected,
                found=finding.found,
            )  # fmt: skip
        return report

    async def groups(self) -> Sequence[str]:
        """The groups there are."""
        return await self._store.list_group_ids()

    def _expiry(self, row: LotRow, run_id: str, now_ms: int) -> Transaction | None:
        head = self._head(f"expiry/{run_id}/{row.lot_id}", run_id, now_ms)
        return expiry(head, lot=lot_of(row), asset=parse_asset(row.asset), now_ms=now_ms)

    async def _mature(self, group_id: str, cause_id: str, *, awaits: str, source_id: str | None) -> int:
        total = 0
        now_ms = self._clock()
        while rows := await self._store.list_ripe_lots(group_id, now_ms, awaits, source_id, UPKEEP_BATCH):
            moved = 0
            for row in rows:  # one after the other: each settles what the member still owes
                member_id = row.account.split("/")[1]
                known = await self._store.find_points(group_id, member_id)
                head = self._head(f"maturity/{row.lot_id}", cause_id, now_ms)
                ripe = maturity(head, member_id=member_id, lot=lot_of(row), points_owed=known.owed)
                moved += await self._post(group_id, ripe)
            total += moved
            if not moved:
                break
        return total

    async def _post(self, group_id: str, transaction: Transaction | None) -> int:
        """What was posted, in units; 0 where it was posted before or somebody else came first."""
        if transaction is None:
            return 0
        try:
            is_new = await self._store.post_once(group_id, transaction)
        except GuardFailed:
            return 0
        return sum(posting.amount for posting in transaction.postings) if is_new else 0

    def _head(self, transaction_id: str, cause_id: str, now_ms: int) -> EntryHead:
        return EntryHead(
            transaction_id=transaction_id,
            cause_id=cause_id,
            occurred_ms=now_ms,
            recorded_ms=now_ms,
            actor=ACTOR,
            terminal_id=None,
            ruleset_version=0,
        )
