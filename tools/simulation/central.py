"""Central on a simulated machine: its real store, services, routes and upkeep; the socket is left out."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any, Final

from aiohttp import web
from aiohttp.base_protocol import BaseProtocol
from aiohttp.http import HttpVersion11, RawRequestMessage
from aiohttp.streams import StreamReader
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from central.services.bundle import Services, build_services
from central.settings import Secrets
from central.storage.sqlite.store import SqliteStore
from central.web.api.server import ApiServer
from central.workers.upkeep import Upkeep, keeping
from loyalty.limits.web import HTTP_BODY_BYTES_MAX
from tools.faults.model_disk import Image
from tools.simulation.disk import End
from tools.simulation.machine import Machine, Surroundings
from tools.simulation.network import Answer, Request

DATABASE: Final = "central.db"


class _Connection(BaseProtocol):
    """What a request must know of the connection it came over: nothing."""

    ssl_context = None
    peername = None
    sockname = None


class Central(Machine):
    """`after_commit` hears of every turn of the store, before anybody else does."""

    def __init__(self, around: Surroundings, contents: Image, secrets: Secrets) -> None:
        super().__init__("central", around, contents)
        self._secrets = secrets
        self._stack = contextlib.AsyncExitStack()
        self.after_commit: Callable[[], None] = lambda: None
        self.services: Services | None = None
        self.upkeep: Upkeep | None = None
        self._app: web.Application | None = None

    async def boot(self) -> None:
        """Start the program; run on this machine."""
        directory = self.insert_disk()
        epoch = self.epoch
        self.services = self.upkeep = self._app = None
        store = await SqliteStore.open(directory / DATABASE, now_ms=self.clock, run_turn=self.run_turn)
        self._stack = contextlib.AsyncExitStack()
        self._stack.push_async_callback(store.close)
        services = build_services(store, self._secrets, self.clock)
        app = ApiServer(services).application()
        app.freeze()
        upkeep = await self._stack.enter_async_context(keeping(services))
        assert self.epoch == epoch, "a machine that went down cancels its boot"
        self.services, self.upkeep, self._app = services, upkeep, app
        self.around.trace.note("up", self.name)
        self.after_commit()

    def go_down(self, end: End) -> None:
        """See `Machine`."""
        self.services = self.upkeep = self._app = None
        super().go_down(end)

    def after_turn(self) -> None:
        """See `Machine`."""
        if self.services is not None:
            self.after_commit()

    async def stop(self) -> None:
        """End the program as SIGTERM does; run on this machine."""
        self.services = self.upkeep = self._app = None
        await self._stack.aclose()

    async def serve(self, request: Request) -> Answer:
        """What central answers; run on this machine."""
        app = self._app
        if app is None:  # it has not started listening yet
            raise ConnectionRefusedError
        loop = self.around.loop
        headers = CIMultiDict(request.headers)
        headers["Content-Length"] = str(len(request.body))
        headers["Host"] = "central"
        raw = tuple((name.encode(), value.encode()) for name, value in headers.items())
        message = RawRequestMessage(
            request.method, request.path, HttpVersion11, CIMultiDictProxy(headers), raw,
            False, None, False, False, URL(request.path, encoded=True),
        )  # fmt: skip
        protocol: Any = _Connection(loop)
        payload = StreamReader(protocol, 2**16, loop=loop)
        payload.feed_data(request.body)
        payload.feed_eof()
        task = asyncio.current_task()
        assert task is not None
        asked = web.Request(
            message, payload, protocol, None, task, loop, client_max_size=HTTP_BODY_BYTES_MAX  # type: ignore[arg-type]
        )  # fmt: skip
        response = await app._handle(asked)
        assert isinstance(response, web.Response)
        body = response.body
        assert isinstance(body, bytes)
        return Answer(response.status, body, dict(response.headers))
