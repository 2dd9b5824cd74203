"""The loop in which kept messages leave central."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from central.services.bundle import Services
from loyalty.limits.messages import MESSAGE_BATCH

log = structlog.get_logger("central.messages")


@asynccontextmanager
async def handing_on(services: Services, interval_s: float) -> AsyncIterator[None]:
    """Hand messages on in the background while the block lasts; look for some every `interval_s`."""
    task = asyncio.create_task(_loop(services, interval_s))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _loop(services: Services, interval_s: float) -> None:
    while True:
        is_more = False
        try:
            for group_id in await services.upkeep.groups():
                is_more |= await _hand_on(services, group_id)
        except Exception:  # the boundary of the loop: a store that is busy now is asked again later
            log.exception("messages_round_failed")
        if not is_more:
            await asyncio.sleep(interval_s)


async def _hand_on(services: Services, group_id: str) -> bool:
    """Whether as many as fit were tried, so that there may be more."""
    try:
        return await services.messages.hand_on(group_id) == MESSAGE_BATCH
    except Exception:  # the boundary of one group: the next round tries again
        log.exception("messages_failed", group_id=group_id)
        return False
