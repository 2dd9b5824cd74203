"""What the agent does beside its loop: tasks that never end by themselves, and small things that are kept."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import apsw
import structlog

from loyalty.errors import LoyaltyError

log = structlog.get_logger(__name__)


class Tasks:
    """Ended together: what is being kept is kept, then all others are cancelled."""

    def __init__(self) -> None:
        self._lasting: set[asyncio.Task[Any]] = set()
        self._keeping: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, Any], name: str) -> None:
        """Run what has no end of its own; `watch` tells of one that ended all the same."""
        self._lasting.add(asyncio.create_task(work, name=name))

    def keep_in_background(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Write what the next start shall know; a write that fails is logged and no reason to end."""

        async def keep() -> None:
            try:
                await work
            except (apsw.Error, LoyaltyError) as error:
                log.warning("not_kept", what=name, reason=str(error))

        keeping = asyncio.create_task(keep(), name=name)
        self._keeping.add(keeping)
        keeping.add_done_callback(self._keeping.discard)

    async def watch(self, until: asyncio.Event) -> None:
        """Return when `until` is set.

        Raises: what a lasting task raised; AssertionError: one ended by itself.
        """
        waiting = asyncio.create_task(until.wait(), name="watch")
        try:
            done, _ = await asyncio.wait({*self._lasting, waiting}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        for task in done - {waiting}:
            task.result()
            raise AssertionError(f"{task.get_name()} ended without being asked")

    async def end(self) -> None:
        """Return when nothing runs any more."""
        if self._keeping:
            await asyncio.wait(self._keeping)
        for task in self._lasting:
            task.cancel()
        if self._lasting:
            await asyncio.wait(self._lasting)
