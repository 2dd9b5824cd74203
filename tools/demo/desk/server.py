"""The desk's web server: hands what the page asks on to the real parts (reader, till, cable, kiosk)."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Final

import msgspec
import structlog
from aiohttp import WSMsgType, web

from loyalty.errors import LoyaltyError
from reader_daemon import control
from tools.demo.desk.counter import Counter, CounterLine
from tools.demo.network import Cable
from wire.live_screen import FRAME_HEAD, Touch
from wire.messages import LYING_MEDIA, AgentState, CommandResult, Evidence, FromAgent, Hello
from wire.peer import connect_forever

PAGE_FILES: Final = {
    "index.html": "text/html",
    "desk.css": "text/css",
    "desk.js": "text/javascript",
    "words.js": "text/javascript",
}
BODY_BYTES_MAX: Final = 64 * 1024
_log = structlog.get_logger("desk")


class DeskCard(msgspec.Struct, frozen=True, kw_only=True):
    """A card that lies on the desk: `kind` names its words, `label` the member or nothing."""

    id: str
    label: str
    kind: str
    evidence: Evidence


class DeskArticle(msgspec.Struct, frozen=True, kw_only=True):
    """An article the till can scan."""

    name: str
    price_minor: int


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What the page is told once."""

    group: str
    shop: str
    currency: str
    cards: list[DeskCard]
    quick: list[str]
    articles: dict[str, DeskArticle]
    version: int = 0
    """Of what made the group (`tools.demo.run.MADE_VERSION`)."""


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """What the page follows."""

    is_cut: bool
    is_reader_plugged: bool
    outbox_depth: int
    card: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskPlaces:
    """Where the real parts answer."""

    reader_control_socket: Path
    agent_socket: Path
    live_screen_socket: Path


class Desk:
    """The state of one desk: which card lies on the reader, whether the cable is cut."""

    def __init__(self, facts: Facts, places: DeskPlaces, cable: Cable, counter: Counter) -> None:
        self._facts = facts
        self._places = places
        self._cable = cable
        self._counter = counter
        self._card: str | None = None
        self._is_plugged = True
        self._agent: AgentState | None = None
        self._changed = asyncio.Condition()

    def application(self) -> web.Application:
        """The aiohttp application."""
        app = web.Application(client_max_size=BODY_BYTES_MAX, middlewares=[_guard])
        app.router.add_get("/", _page)
        app.router.add_get("/inter.ttf", _font)
        app.router.add_get("/{name:[a-z.]+}", _page)
        app.router.add_get("/facts", self._send_facts)
        app.router.add_get("/status", self._follow_status)
        app.router.add_get("/screen", self._show_screen)
        deeds: dict[str, Callable[[bytes], Awaitable[object]]] = {
            "tap": self._tap,
            "remove": self._remove,
            "reader": self._plug,
            "network": self._switch_network,
            "pay": self._pay,
            "return": self._give_back,
        }
        for name, deed in deeds.items():
            app.router.add_post(f"/do/{name}", _handler(deed))
        app.cleanup_ctx.append(self._follow_agent)
        return app

    # What the page asks for ---------------------------------------------------------------------------------

    async def _send_facts(self, request: web.Request) -> web.Response:
        del request
        return _json(self._facts)

    async def _follow_status(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):
            while True:
                await response.write(b"data: " + msgspec.json.encode(self._status()) + b"\n\n")
                async with self._changed:
                    await self._changed.wait()
        return response

    async def _show_screen(self, request: web.Request) -> web.StreamResponse:
        """Carry frames of the live screen to the page and touches back; ends when either side does."""
        try:
            reader, writer = await asyncio.open_unix_connection(self._places.live_screen_socket)
        except OSError:
            raise web.HTTPServiceUnavailable(text="The kiosk does not show its screen yet.") from None
        socket = web.WebSocketResponse(heartbeat=20)
        await socket.prepare(request)
        frames = asyncio.create_task(_carry_frames(reader, socket))
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    touch = msgspec.convert(msgspec.json.decode(message.data) | {"kind": "touch"}, Touch)
                    writer.write(msgspec.json.encode(touch) + b"\n")
        finally:
            frames.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await frames
            writer.close()
        return socket

    # What the page does -------------------------------------------------------------------------------------

    async def _tap(self, body: bytes) -> object:
        wanted = msgspec.json.decode(body, type=_TapBody)
        card = next((card for card in self._facts.cards if card.id == wanted.card), None)
        if card is None:
            raise web.HTTPNotFound(text="No such card on the desk.")
        done = await control.tap(self._places.reader_control_socket, card.evidence)
        if done.error:
            raise web.HTTPConflict(text=done.error)
        await self._change(card=card.id if card.evidence.medium in LYING_MEDIA else None)
        return done

    async def _remove(self, body: bytes) -> object:
        del body
        done = await control.remove(self._places.reader_control_socket)
        await self._change(card=None)
        return done

    async def _plug(self, body: bytes) -> object:
        wanted = msgspec.json.decode(body, type=_ReaderBody)
        done = await control.plug(self._places.reader_control_socket, plugged=wanted.is_plugged)
        self._is_plugged = wanted.is_plugged
        await self._change(card=None)
        return done

    async def _switch_network(self, body: bytes) -> object:
        if msgspec.json.decode(body, type=_NetworkBody).is_cut:
            await self._cable.cut()
        else:
            await self._cable.mend()
        await self._change(card=self._card)
        return self._status()

    async def _pay(self, body: bytes) -> object:
        wanted = msgspec.json.decode(body, type=_PayBody)
        lines = []
        for line in wanted.lines:
            article = self._facts.articles.get(line.code)
            if article is None:
                raise web.HTTPNotFound(text=f"No article has the code {line.code}.")
            lines.append(
                CounterLine(
                    code=line.code,
                    label=article.name,
                    quantity=line.quantity,
                    price_minor=article.price_minor,
                )
            )
        has_card = self._agent is not None and self._agent.session is not None
        return await self._counter.pay(lines, has_card=has_card)

    async def _give_back(self, body: bytes) -> object:
        wanted = msgspec.json.decode(body, type=_ReturnBody)
        return await self._counter.give_back(wanted.ticket, wanted.line_no, wanted.quantity)

    # Following the agent ------------------------------------------------------------------------------------

    async def _follow_agent(self, app: web.Application) -> AsyncIterator[None]:
        del app
        hello = Hello(program="control", version=version("officine"))
        link = connect_forever(self._places.agent_socket, hello, FromAgent, self._on_agent, _ignore_link)
        yield
        await link.close()

    async def _on_agent(self, message: Hello | AgentState | CommandResult) -> None:
        if isinstance(message, AgentState):
            self._agent = message
            await self._change(card=self._card)

    async def _change(self, *, card: str | None) -> None:
        self._card = card
        async with self._changed:
            self._changed.notify_all()

    def _status(self) -> Status:
        return Status(
            is_cut=self._cable.is_cut,
            is_reader_plugged=self._is_plugged,
            outbox_depth=self._agent.outbox_depth if self._agent else 0,
            card=self._card,
        )


class _TapBody(msgspec.Struct, forbid_unknown_fields=True):
    card: str


class _ReaderBody(msgspec.Struct, forbid_unknown_fields=True):
    is_plugged: bool


class _NetworkBody(msgspec.Struct, forbid_unknown_fields=True):
    is_cut: bool


class _PayLine(msgspec.Struct):
    code: str
    quantity: int


class _PayBody(msgspec.Struct, forbid_unknown_fields=True):
    lines: list[_PayLine]


class _ReturnBody(msgspec.Struct, forbid_unknown_fields=True):
    ticket: str
    line_no: int
    quantity: int


def _ignore_link(is_up: bool) -> None:
    _log.info("agent_link", is_up=is_up)


def _json(value: object, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), status=status, content_type="application/json")


def _handler(deed: Callable[[bytes], Awaitable[object]]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        return _json(await deed(await request.read()))

    return handle


@web.middleware
async def _guard(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Only pages of this desk may use it (another site's page must not tap cards); trouble becomes JSON."""
    origin = request.headers.get("Origin")
    if request.host.split(":")[0] not in {"127.0.0.1", "localhost"}:
        return _json({"detail": "The desk answers on localhost only."}, 403)
    if origin is not None and origin != f"{request.scheme}://{request.host}":
        return _json({"detail": "Only the desk's own page may do this."}, 403)
    try:
        return await handler(request)
    except web.HTTPException as error:
        return _json({"detail": error.text}, error.status)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        return _json({"detail": f"The page sent something else than expected: {error}."}, 400)
    except LoyaltyError as error:
        return _json({"detail": str(error)}, 409)


async def _font(request: web.Request) -> web.Response:
    del request
    body = files("fontpkg_inter").joinpath("files", "Inter[opsz,wght].ttf").read_bytes()
    return web.Response(body=body, content_type="font/ttf", headers={"Cache-Control": "max-age=86400"})


async def _page(request: web.Request) -> web.Response:
    name = request.match_info.get("name") or "index.html"
    if name not in PAGE_FILES:
        raise web.HTTPNotFound(text="There is no such page.")
    body = files("tools.demo.desk").joinpath("page", name).read_bytes()
    headers = {
        "Content-Security-Policy": "default-src 'self'; img-src 'self' data: blob:; frame-ancestors 'none'"
    }
    return web.Response(body=body, content_type=PAGE_FILES[name], charset="utf-8", headers=headers)


async def _carry_frames(reader: asyncio.StreamReader, socket: web.WebSocketResponse) -> None:
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            sizes = await reader.readexactly(FRAME_HEAD.size)
            head, picture = FRAME_HEAD.unpack(sizes)
            await socket.send_bytes(sizes + await reader.readexactly(head + picture))
    await socket.close()
