"""Central as a process: opens the store, serves HTTP on a real socket, stops without losing what it began."""

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog
from aiohttp import web

from central.services.bundle import NO_OUTLETS, Services, build_services
from central.services.core.clock import Clock, system_clock
from central.services.members.messages import Outlets
from central.settings import CentralSettings, load_secrets
from central.storage.opening import open_store
from central.storage.sqlite.connection import count_no_memory
from central.web.api.server import ApiServer
from central.web.listening import allowed_connections, listening
from central.web.portal.application import Portal
from central.web.reports.application import Reports
from central.workers.messages import handing_on
from central.workers.upkeep import keeping
from loyalty.limits.messages import MESSAGE_INTERVAL_S
from loyalty.limits.web import (
    COLLECT_AFTER_OBJECTS,
    HTTP_BODY_DEADLINE_S,
    HTTP_CONNECTIONS_MAX,
    HTTP_KEEP_ALIVE_S,
)
from wire.notify import in_service

__all__ = ["RunningCentral", "Services", "build_services", "run", "running"]

log = structlog.get_logger("central")


class StoreNotReady(Exception):
    """The store's writer or readers have ended: the watchdog gets no proof of life."""


@dataclass(frozen=True, slots=True)
class RunningCentral:
    """A central that answers: where, and its services for use in the same process."""

    base_url: str
    services: Services

    async def prove_alive(self) -> None:
        """Return when the store's writer lives and a read came through."""
        if not await self.services.store.is_ready():
            raise StoreNotReady


@asynccontextmanager
async def running(
    settings: CentralSettings,
    clock: Clock = system_clock,
    *,
    outlets: Outlets = NO_OUTLETS,
    body_deadline_s: float = HTTP_BODY_DEADLINE_S,
    connections_max: int = HTTP_CONNECTIONS_MAX,
    message_interval_s: float = MESSAGE_INTERVAL_S,
) -> AsyncIterator[RunningCentral]:
    """Start central, hand it over, stop it at the end: requests under way finish, then the store closes.

    Raises: DatabaseRefused, SecretsFileBroken, OSError: the address is taken.
    """
    secrets = await asyncio.to_thread(load_secrets, settings.secrets_file)
    store = await open_store(settings.database)
    try:
        services = build_services(store, secrets, clock, outlets=outlets, public_url=settings.public_url)
        runner = web.AppRunner(
            ApiServer(
                services,
                body_deadline_s=body_deadline_s,
                pages=Portal(services).applications() | Reports(services).applications(),
            ).application(),
            access_log=None,
            handle_signals=False,
            shutdown_timeout=settings.stop_grace_s,
            keepalive_timeout=HTTP_KEEP_ALIVE_S,
        )
        await runner.setup()
        try:
            assert runner.server is not None
            listener = listening(runner.server, settings.host, settings.port, connections_max)
            async with listener as (host, port):
                base_url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
                log.info("central_ready", address=base_url)
                async with keeping(services), handing_on(services, message_interval_s):
                    yield RunningCentral(base_url, services)
        finally:
            await runner.cleanup()
    finally:
        await store.close()
        log.info("central_stopped")


def _calm_the_collector() -> None:
    """Look for garbage in cycles less often, and never among what the program itself is made of.

    Requests leave no cycles; compiled programmes are many objects that live long, and looking through them
    again and again took a tenth of central's time (docs/performance.md).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER_OBJECTS, *gc.get_threshold()[1:])


async def run(
    settings: CentralSettings,
    on_ready: Callable[[RunningCentral], None] | None = None,
    *,
    outlets: Outlets = NO_OUTLETS,
) -> None:
    """Run central until SIGTERM or SIGINT; `on_ready` is told as soon as it answers."""
    count_no_memory()
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    try:
        most = allowed_connections()
        async with (
            running(settings, outlets=outlets, connections_max=most) as central,
            in_service(central.prove_alive),
        ):
            _calm_the_collector()
            if on_ready is not None:
                on_ready(central)
            await stopping.wait()
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
