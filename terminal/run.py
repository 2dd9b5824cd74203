"""The agent's life as a program: paired first, begun anew with a new token, ended by a signal."""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from terminal.agent import Agent
from terminal.clock import Clock, wall_clock
from terminal.identity import has_token
from terminal.pairing import Unpaired
from terminal.settings import TerminalSettings
from wire.notify import in_service, stopping

log = structlog.get_logger(__name__)


async def run(
    settings: TerminalSettings,
    stop: asyncio.Event | None = None,
    *,
    on_ready: Callable[[Agent], None] | None = None,
    clock: Clock = wall_clock,
) -> None:
    """Run the agent until `stop` is set; without one, until SIGTERM or SIGINT. Without a token, pair first.

    Raises: SocketError, TerminalStoreUnusable, CertificateUnusable, PairingNotKept, OSError (the till's port
        is taken).
    """
    loop = asyncio.get_running_loop()
    signals = () if stop is not None else (signal.SIGTERM, signal.SIGINT)
    stop = stop or asyncio.Event()
    for number in signals:
        loop.add_signal_handler(number, stop.set)
    try:
        if not await asyncio.to_thread(has_token, settings):
            async with (
                Unpaired(settings, clock=clock) as unpaired,
                in_service(unpaired.prove_alive, is_last=False),
            ):
                await _until(stop, unpaired.wait_paired())
        while not stop.is_set() and await _serve(settings, stop, on_ready, clock):
            log.info("terminal_begins_anew")
    finally:
        for number in signals:
            loop.remove_signal_handler(number)


async def _serve(
    settings: TerminalSettings, stop: asyncio.Event, on_ready: Callable[[Agent], None] | None, clock: Clock
) -> bool:
    """Run one agent to its end; True: it was enrolled anew, and another one begins with the new token."""
    async with Agent(settings, clock=clock) as agent, in_service(agent.prove_alive, is_last=False):
        if on_ready is not None:
            on_ready(agent)
        is_renewed = False
        try:
            await _until(stop, agent.watch())
            is_renewed = agent.reenrolment.renewed.is_set() and not stop.is_set()
        finally:
            if not is_renewed:
                stopping()
                log.info("terminal_stopping")
        return is_renewed


async def _until(stop: asyncio.Event, work: Coroutine[Any, Any, None]) -> None:
    """Return when `work` is done or `stop` is set; raises what the work raised."""
    working = asyncio.create_task(work, name="terminal-work")
    stopping = asyncio.create_task(stop.wait(), name="terminal-stop")
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
    finally:
        working.cancel()
        stopping.cancel()
        await asyncio.wait({working, stopping})
