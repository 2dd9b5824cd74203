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
from terminal.printer.simulated import SimulatedPrinter
from tools.demo.desk.api_till import ApiTill
from tools.demo.desk.chips import Chips
from tools.demo.desk.counter import Counter, CounterLine
from tools.demo.desk.facts import Facts
from tools.demo.desk.outside import Outside, OutsideFolders
from tools.demo.desk.staff import Staff
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
OUTSIDE_EVERY_S: Final = 1
"""How often the page's slips and messages are looked for."""
BODY_BYTES_MAX: Final = 64 * 1024
_log = structlog.get_logger("desk")


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """What the page follows."""

    is_cut: bool
    is_reader_plugged: bool
    outbox_depth: int
    card: str | None
    has_paper: bool
    outside: Outside


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskPlaces:
    """Where the real parts answer."""

    reader_control_socket: Path
    agent_socket: Path
    live_screen_socket: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskParts:
    """What stands on the desk beside the reader."""

    cable: Cable
    counter: Counter
    api_till: ApiTill
    chips: Chips
    printer: SimulatedPrinter
    folders: OutsideFolders
    staff: Staff


class Desk:
    """The state of one desk: which card lies on the reader, whether the cable is cut."""

    def __init__(self, facts: Facts, places: DeskPlaces, parts: DeskParts) -> None:
        self._facts = facts
        self._places = places
        self._parts = parts
        self._cable = parts.cable
        self._counter = parts.counter
        self._outside = Outside()
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
        app.router.add_get("/slips/{name}", self._send_slip)
        deeds: dict[str, Callable[[bytes], Awaitable[object]]] = {
            "tap": self._tap,
            "remove": self._remove,
            "reader": self._plug,
            "network": self._switch_network,
            "pay": self._pay,
            "return": self._give_back,
            "scan": self._scan,
            "price": self._price,
            "paper": self._change_paper,
            "find": self._find,
            "park": self._park,
            "parked": self._list_parked,
            "take": self._take_up,
        }
        for name, deed in deeds.items():
            app.router.add_post(f"/do/{name}", _handler(deed))
        app.cleanup_ctx.append(self._follow_agent)
        app.cleanup_ctx.append(self._follow_outside)
        return app

    # What the page asks for ---------------------------------------------------------------------------------

    async def _send_facts(self, request: web.Request) -> web.Response:
        del request
        return _json(self._facts)

    async def _send_slip(self, request: web.Request) -> web.Response:
        picture = await asyncio.to_thread(self._parts.folders.slip, request.match_info["name"])
        if picture is None:
            raise web.HTTPNotFound(text="This slip is not there any more.")
        return web.Response(body=picture, content_type="image/png")

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
        signed = await self._parts.chips.tapped(card.id)
        evidence, uid = signed or (card.evidence, "")
        done = await control.tap(self._places.reader_control_socket, evidence, uid)
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

    async def _scan(self, body: bytes) -> object:
        """A barcode is held to the scanner at the kiosk: a pack's on its page, a card's anywhere else."""
        code = msgspec.json.decode(body, type=_ScanBody).code
        done = await control.tap(self._places.reader_control_socket, Evidence(medium="barcode", value=code))
        if done.error:
            raise web.HTTPConflict(text=done.error)
        return done

    async def _change_paper(self, body: bytes) -> object:
        """The printer's roll is taken out, or a new one is put in: what it kept it prints then."""
        mechanism = self._parts.printer.mechanism
        if msgspec.json.decode(body, type=_PaperBody).is_in:
            await asyncio.to_thread(mechanism.new_roll)
        else:
            mechanism.switches.paper_out = True
        await self._change(card=self._card)
        return self._status()

    async def _price(self, body: bytes) -> object:
        wanted = msgspec.json.decode(body, type=_PayBody)
        return await self._parts.api_till.price(self._lines(wanted), wanted.vouchers, self._card_number())

    async def _pay(self, body: bytes) -> object:
        wanted = msgspec.json.decode(body, type=_PayBody)
        lines = self._lines(wanted)
        if wanted.vouchers:
            return await self._parts.api_till.pay(lines, wanted.vouchers, self._card_number())
        has_card = self._agent is not None and self._agent.session is not None
        return await self._counter.pay(lines, has_card=has_card, found=wanted.found)

    async def _find(self, body: bytes) -> object:
        wanted = msgspec.json.decode(body, type=_FindBody)
        return await self._parts.staff.find(wanted.name, wanted.born)

    async def _park(self, body: bytes) -> object:
        lines = self._lines(msgspec.json.decode(body, type=_PayBody))
        if not lines:
            raise web.HTTPConflict(text="Nothing is scanned that could be parked.")
        await self._parts.staff.park(lines)
        return await self._parts.staff.list_parked()

    async def _list_parked(self, body: bytes) -> object:
        del body
        return await self._parts.staff.list_parked()

    async def _take_up(self, body: bytes) -> object:
        return await self._parts.staff.take_up(msgspec.json.decode(body, type=_TakeBody).parked)

    def _card_number(self) -> str:
        """Of the card that lies there; empty: none does."""
        return next((card.number for card in self._facts.cards if card.id == self._card), "")

    def _lines(self, wanted: "_PayBody") -> list[CounterLine]:
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
        return lines

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

    async def _follow_outside(self, app: web.Application) -> AsyncIterator[None]:
        del app
        looking = asyncio.create_task(self._look_outside())
        yield
        looking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await looking

    async def _look_outside(self) -> None:
        while True:
            seen = await asyncio.to_thread(self._parts.folders.look)
            if seen != self._outside:
                self._outside = seen
                await self._change(card=self._card)
            await asyncio.sleep(OUTSIDE_EVERY_S)

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
            has_paper=not self._parts.printer.switches.paper_out,
            outside=self._outside,
        )


class _TapBody(msgspec.Struct, forbid_unknown_fields=True):
    card: str


class _ScanBody(msgspec.Struct, forbid_unknown_fields=True):
    code: str


class _PaperBody(msgspec.Struct, forbid_unknown_fields=True):
    is_in: bool


class _ReaderBody(msgspec.Struct, forbid_unknown_fields=True):
    is_plugged: bool


class _NetworkBody(msgspec.Struct, forbid_unknown_fields=True):
    is_cut: bool


class _PayLine(msgspec.Struct):
    code: str
    quantity: int


class _PayBody(msgspec.Struct, forbid_unknown_fields=True):
    lines: list[_PayLine]
    vouchers: list[str] = []
    found: str = ""
    """A member who was found without a card, in a card's place."""


class _FindBody(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    born: str = ""


class _TakeBody(msgspec.Struct, forbid_unknown_fields=True):
    parked: str


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
