"""The loop in which central keeps itself in time: holds, drafts, lots, the nightly proof of the ledger."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import structlog

from central.services.bundle import Services
from loyalty.limits.ledger import EXPIRY_INTERVAL_S, RECONCILE_INTERVAL_S, UPKEEP_INTERVAL_S
from loyalty.limits.members import STANDINGS_INTERVAL_S

log = structlog.get_logger("central.upkeep")


class Upkeep:
    """Does what is due, group by group; one that fails is logged and does not stop the others."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._expired_ms: int | None = None
        self._reconciled_ms: int | None = None

    async def run_once(self) -> None:
        """Do what is due now. The proof is first due an interval after the start: starts must be quick."""
        now_ms = self._services.clock()
        if self._reconciled_ms is None:
            self._reconciled_ms = now_ms
        is_hour = self._expired_ms is None or now_ms - self._expired_ms >= EXPIRY_INTERVAL_S * 1000
        is_night = now_ms - self._reconciled_ms >= RECONCILE_INTERVAL_S * 1000
        self._services.visits.support.drop_ended()
        for group_id in await self._services.upkeep.groups():
            await self._guarded(group_id, self._often)
            if is_hour:
                await self._guarded(group_id, self._hourly)
            if is_night:
                await self._guarded(group_id, self._nightly)
        self._expired_ms = now_ms if is_hour else self._expired_ms
        self._reconciled_ms = now_ms if is_night else self._reconciled_ms

    async def _often(self, group_id: str) -> None:
        freed = await self._services.upkeep.expire_holds(group_id)
        versions = await self._services.drafts.activate_due(group_id)
        unblocked = await self._services.visits.lost_cards.lapse(group_id)
        if freed or versions or unblocked:
            log.info(
                "upkeep", group_id=group_id, holds_freed=freed, versions=versions, blocks_lapsed=unblocked
            )

    async def follow(self) -> None:
        """Work out where members stand whose facts changed, or for whom a new day has begun."""
        for group_id in await self._services.upkeep.groups():
            await self._guarded(group_id, self._standings)

    async def _standings(self, group_id: str) -> None:
        if written := await self._services.standings.keep(group_id, gently=True):
            log.debug("standings_kept", group_id=group_id, members=written)

    async def _hourly(self, group_id: str) -> None:
        run_id = datetime.fromtimestamp(self._services.clock() / 1000, UTC).strftime("%Y-%m-%dT%H")
        report = await self._services.upkeep.expire(group_id, run_id)
        matured = await self._services.upkeep.mature(group_id)
        await self._services.counter.parked.empty(group_id)
        await self._services.visits.lost_cards.forget(group_id)
        await self._services.visits.replacements.forget(group_id)
        await self._services.invitations.forget(group_id)
        if report.lots or matured:
            log.info("lots_kept", group_id=group_id, run_id=run_id, expired=report.amounts, matured=matured)

    async def _nightly(self, group_id: str) -> None:
        await self._services.upkeep.reconcile(group_id)

    async def _guarded(self, group_id: str, work: Callable[[str], Awaitable[None]]) -> None:
        try:
            await work(group_id)
        except Exception:  # the boundary of one group's upkeep: the next round tries again
            log.exception("upkeep_failed", group_id=group_id)


@asynccontextmanager
async def keeping(services: Services) -> AsyncIterator[Upkeep]:
    """Run the loop in the background while the block lasts."""
    upkeep = Upkeep(services)
    tasks = [
        asyncio.create_task(_loop(upkeep.run_once, UPKEEP_INTERVAL_S)),
        asyncio.create_task(_loop(upkeep.follow, STANDINGS_INTERVAL_S)),
    ]
    try:
        yield upkeep
    finally:
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def _loop(work: Callable[[], Awaitable[None]], interval_s: int) -> None:
    while True:
        try:
            await work()
        except Exception:  # the boundary of the loop: a store that is busy now is asked again later
            log.exception("upkeep_round_failed")
        await asyncio.sleep(interval_s)
