"""The HTTP application: every route of the table behind one boundary, and the few that are not JSON."""

import asyncio
import contextlib
import functools
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Final

import msgspec
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from central.services.bundle import Services
from central.services.core import access
from central.web.api import openapi, problems
from central.web.api.boundary import ACTOR, RECEIVED, REQUEST_ID, Boundary, Handler, add_headers
from central.web.api.metrics import Metrics
from central.web.api.receive import decode_body, decode_path, decode_query, require_json, source_of
from central.web.api.route import Call, File, Route
from central.web.api.routes import PREFIX, ROUTES
from loyalty.errors import LoyaltyError
from loyalty.limits.web import (
    HTTP_BODY_BYTES_MAX,
    HTTP_BODY_DEADLINE_S,
    STREAM_HEARTBEAT_S,
    STREAMS_PER_TOKEN_MAX,
)
from wire.api import EventView, HealthView
from wire.api_base import Body, Millis

_encode: Final = msgspec.json.Encoder().encode

STOPPING: Final = web.AppKey("stopping", asyncio.Event)


class StreamQuery(Body, frozen=True):
    """Where to go on: events after this number."""

    after: Millis = 0


class ApiServer:
    """Builds the application over one set of services."""

    def __init__(
        self,
        services: Services,
        *,
        body_deadline_s: float = HTTP_BODY_DEADLINE_S,
        pages: Mapping[str, web.Application] = MappingProxyType({}),
    ) -> None:
        """`pages`: applications that answer browsers, by the prefix of their addresses."""
        self._pages = pages
        self._services = services
        self._body_deadline_s = body_deadline_s
        self._metrics = Metrics(services.store.queue_depth)
        self._streams: Counter[str] = Counter()

    def application(self) -> web.Application:
        """The aiohttp application; one per running central."""
        boundary = Boundary(
            self._services,
            self._metrics,
            body_deadline_s=self._body_deadline_s,
            public=frozenset(route.path for route in ROUTES if route.permission is None),
            pages=tuple(f"{prefix}/" for prefix in self._pages),
        )
        app = web.Application(middlewares=[boundary.middleware], client_max_size=HTTP_BODY_BYTES_MAX)
        app[STOPPING] = asyncio.Event()
        app[SERVER] = self
        app.on_shutdown.append(_stop_streams)
        for resource in _resources():
            app.router.register_resource(resource)
        for prefix, pages in self._pages.items():
            app.add_subapp(prefix, pages)
        return app

    async def answer(
        self, request: web.Request, route: Route, decoder: msgspec.json.Decoder[msgspec.Struct] | None
    ) -> web.StreamResponse:
        """What a route of the table says. `decoder`: of its body, where it has one."""
        path = decode_path(request)
        query = decode_query(request, route.query or Body)
        if route.permission is not None:
            access.require(request[ACTOR], route.permission)
        body = None
        if decoder is not None:
            require_json(request)
            body = decode_body(request[RECEIVED], decoder)
        call = Call(
            services=self._services,
            metrics=self._metrics,
            actor=request[ACTOR],
            path=path,
            body=body,
            query=query,
            source=source_of(request),
        )
        answer = await route.handler(call)
        if isinstance(answer.view, File):
            return await _send(request, answer.view)
        response = _json(answer.view)
        if answer.is_replay:
            response.headers[problems.REPLAYED] = "true"
        return response

    async def health(self, _: web.Request) -> web.StreamResponse:
        """The process answers; that says nothing of the store."""
        return _json(HealthView(status="ok", version=openapi.VERSION))

    async def ready(self, _: web.Request) -> web.StreamResponse:
        """Ready when the store writes and reads; 503 tells a load balancer to wait."""
        is_ready = await self._services.store.is_ready()
        view = HealthView(
            status="ok" if is_ready else "not_ready",
            version=openapi.VERSION,
            checks={"store": "ok" if is_ready else "not_ready"},
        )
        return _json(view, status=200 if is_ready else 503)

    async def render_metrics(self, request: web.Request) -> web.StreamResponse:
        """What Prometheus reads."""
        access.require(request[ACTOR], access.METRICS_READ)
        return web.Response(body=self._metrics.render(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def openapi(self, _: web.Request) -> web.StreamResponse:
        """The description of all addresses."""
        return web.Response(body=_document(), content_type="application/json")

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Events as they are committed (text/event-stream); `id` is where to go on after a break."""
        actor = request[ACTOR]
        access.require(actor, access.STREAM_READ)
        query = decode_query(request, StreamQuery)
        assert isinstance(query, StreamQuery)
        if self._streams[actor.token_id] >= STREAMS_PER_TOKEN_MAX:
            raise problems.TooManyStreams
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        add_headers(response, request[REQUEST_ID])
        self._streams[actor.token_id] += 1
        self._metrics.streams.inc()
        try:
            await response.prepare(request)
            await response.write(b": following\n\n")
            events = self._services.events.follow(actor, query.after)
            async with contextlib.aclosing(events):
                await _copy_events(events, response, request.app[STOPPING])
        except ConnectionError:
            pass  # the follower left; it comes back with the last id it saw
        finally:
            self._streams[actor.token_id] -= 1
            if not self._streams[actor.token_id]:
                del self._streams[actor.token_id]
            self._metrics.streams.dec()
        return response


SERVER: Final = web.AppKey("server", ApiServer)


@functools.cache
def _resources() -> tuple[web.AbstractResource, ...]:
    """Every address with what answers there: the same for each server of a process, which the request names.

    Made once: tests and the simulation start central hundreds of times in a process.
    """
    router = web.UrlDispatcher()
    for route in ROUTES:
        router.add_route(route.method, route.path, _handler(route))
    for path, method in (
        ("/healthz", ApiServer.health),
        ("/readyz", ApiServer.ready),
        ("/metrics", ApiServer.render_metrics),
        ("/openapi.json", ApiServer.openapi),
        (f"{PREFIX}/stream", ApiServer.stream),
    ):
        router.add_get(path, _of_server(method), allow_head=False)
    return tuple(router.resources())


def _handler(route: Route) -> Handler:
    decoder = None if route.body is None else msgspec.json.Decoder(route.body)

    async def handle(request: web.Request) -> web.StreamResponse:
        return await request.app[SERVER].answer(request, route, decoder)

    return handle


def _of_server(method: Callable[[ApiServer, web.Request], Awaitable[web.StreamResponse]]) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        return await method(request.app[SERVER], request)

    return handle


async def _send(request: web.Request, file: File) -> web.StreamResponse:
    """A file, as it is made; its first piece is there before anything is promised."""
    pieces = aiter(file.pieces)
    first = await anext(pieces, b"")
    response = web.StreamResponse(
        headers={
            "Content-Type": file.media,
            "Content-Disposition": f'attachment; filename="{file.name}"',
        }
    )
    add_headers(response, request[REQUEST_ID])
    await response.prepare(request)
    try:
        await response.write(first)
        async for piece in pieces:
            await response.write(piece)
        await response.write_eof()
    except ConnectionError:
        pass  # whoever asked left
    except LoyaltyError:
        # Half a file must not look like a whole one: its reader sees the connection end before the file does.
        if request.transport is not None:
            request.transport.abort()
    return response


async def _copy_events(
    events: AsyncGenerator[EventView, None], response: web.StreamResponse, stopping: asyncio.Event
) -> None:
    stop = asyncio.ensure_future(stopping.wait())
    following: asyncio.Task[EventView | None] = asyncio.ensure_future(_next(events))
    try:
        while not stopping.is_set():
            await asyncio.wait(
                (stop, following), timeout=STREAM_HEARTBEAT_S, return_when=asyncio.FIRST_COMPLETED
            )
            if not following.done():
                await response.write(b": still here\n\n")
                continue
            event = following.result()
            if event is None:
                return
            following = asyncio.ensure_future(_next(events))
            data = msgspec.json.encode(event)
            await response.write(b"id: %d\nevent: %s\ndata: %s\n\n" % (event.seq, event.kind.encode(), data))
    finally:
        for task in (stop, following):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


@functools.cache
def _document() -> bytes:
    """The same for every central; made when somebody asks, for a start must be quick."""
    return msgspec.json.encode(openapi.document())


async def _next(events: AsyncGenerator[EventView, None]) -> EventView | None:
    return await anext(events, None)


async def _stop_streams(app: web.Application) -> None:
    app[STOPPING].set()


def _json(view: msgspec.Struct, status: int = 200) -> web.Response:
    return web.Response(status=status, body=_encode(view), content_type="application/json")
