"""What the tests of pairing share: a person who compares, tills at several addresses, somebody in between."""

import asyncio
import contextlib
import hashlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import msgspec
from aiohttp import web

from terminal.till.pairing.desk import PairingDesk
from terminal.tls import make_pair
from tests.helpers import eventually
from tests.terminal_fixture import Shop
from tools.till.paired import PairedTerminal
from tools.till.pairing import certificate_of, keys_to_seal, pair
from wire.nexo import envelope
from wire.till_handshake import TerminalEnd, TillEnd
from wire.till_pairing import PATH, BeginBody, BeginView, ProveBody, ProveView
from wire.tills import AnswerCheckWord, OpenTillPairing, TillPairing

STAFF_UID = "04D1D2D3D4D580"


def desk_of(shop: Shop) -> PairingDesk:
    assert shop.agent.pairing is not None
    return shop.agent.pairing


def shown(shop: Shop, step: str) -> Callable[[], TillPairing | None]:
    """Whether the kiosk shows this step; the pairing as it does."""

    def look() -> TillPairing | None:
        pairing = shop.kiosk.state.till_pairing
        return pairing if pairing is not None and pairing.step == step else None

    return look


async def open_code(shop: Shop) -> str:
    """The operator opens a code; as the kiosk shows it."""
    known = len(shop.kiosk.results)
    shop.kiosk.send(OpenTillPairing(request_id="open"))
    await eventually(lambda: len(shop.kiosk.results) > known)
    assert shop.kiosk.results[-1].is_done, shop.kiosk.results[-1].error
    pairing = await eventually(shown(shop, "code"))
    assert pairing is not None
    return pairing.code.replace(" ", "")


def answer(shop: Shop, word: str) -> None:
    """A person at the kiosk says which word stands at the till."""
    shop.kiosk.send(AnswerCheckWord(request_id="word", word=word))


def person(shop: Shop) -> Callable[[str], Awaitable[bool]]:
    """Looks at both screens, says what is true on both."""

    async def compare(word: str) -> bool:
        pairing = await eventually(
            lambda: (found := shown(shop, "check")()) is not None and found.is_tested and found
        )
        assert isinstance(pairing, TillPairing)
        answer(shop, word)
        return word == pairing.word

    return compare


def url_of(shop: Shop) -> str:
    return f"https://127.0.0.1:{shop.agent.nexo_port}"


async def pair_one(
    shop: Shop, sale_id: str = "TILL-1", *, url: str = "", local_address: str = ""
) -> PairedTerminal:
    """Open a code, enter it at a till, compare."""
    code = await open_code(shop)
    return await pair(
        url or url_of(shop),
        code,
        sale_id=sale_id,
        currency="CHF",
        ask_person=person(shop),
        local_address=local_address,
    )


@dataclass
class InBetween:
    """A proxy with a certificate of its own between till and terminal; `seen` is what it read."""

    url: str
    seen: bytearray = field(default_factory=bytearray)


@contextlib.asynccontextmanager
async def a_relay(terminal_port: int, folder: Path) -> AsyncIterator[InBetween]:
    """Ends TLS on both sides and passes every byte on, unchanged, having read it."""
    certificate, key = folder / "relay.pem", folder / "relay.key"
    await asyncio.to_thread(make_pair, certificate, key, name="officine-terminal")
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    await asyncio.to_thread(own.load_cert_chain, certificate, key)
    onward = await asyncio.to_thread(ssl.create_default_context)
    onward.check_hostname = False
    onward.verify_mode = ssl.CERT_NONE
    between = InBetween("")
    tasks: set[asyncio.Task[None]] = set()

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, ssl.SSLError):
            while data := await reader.read(65_536):
                between.seen.extend(data)
                writer.write(data)
                await writer.drain()
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", terminal_port, ssl=onward)
        for one in (pump(reader, far_writer), pump(far_reader, writer)):
            task = asyncio.create_task(one)
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=own)
    port = server.sockets[0].getsockname()[1]
    between.url = f"https://127.0.0.1:{port}"
    try:
        yield between
    finally:
        server.close()
        for task in tuple(tasks):
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)


class _KnowingOne:
    """Knows the code: to the till it is the terminal, to the terminal the till."""

    def __init__(self, url: str, code: str, pem: str, between: InBetween) -> None:
        self._url, self._code, self._pem, self._between = url, code, pem, between
        self._digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).digest().hex()
        self._session: aiohttp.ClientSession | None = None
        self._seen = b""

    async def open(self) -> None:
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=False))
        self._seen = await certificate_of(self._url)

    async def close(self) -> None:
        assert self._session is not None
        await self._session.close()

    async def begin(self, request: web.Request) -> web.Response:
        body = msgspec.json.decode(await request.read(), type=BeginBody)
        self._as_till = TillEnd(code=self._code, sale_id=body.sale_id, software=body.software)
        told = msgspec.json.decode(await self._post("begin", encoded(self._as_till.body)), type=BeginView)
        self._as_terminal = TerminalEnd(code=self._code, poi_id=told.poi_id, body=body)
        self._told = told
        return web.Response(body=encoded(self._as_terminal.view))

    async def prove(self, request: web.Request) -> web.Response:
        said = msgspec.json.decode(await request.read(), type=ProveBody)
        self._agreed = self._as_terminal.check(said, self._digest)
        mine = self._as_till.prove(self._told, self._seen.hex())
        view = msgspec.json.decode(await self._post("prove", encoded(mine)), type=ProveView)
        real = self._as_till.accept(view)
        given = msgspec.structs.replace(real, passphrase="0123456789abcdef", certificate=self._pem)
        self._real, self._given = keys_to_seal(real), keys_to_seal(given)
        return web.Response(body=encoded(self._as_terminal.prove(self._agreed, given)))

    async def nexo(self, request: web.Request) -> web.Response:
        message = envelope.open_sealed(*envelope.read(await request.read()), self._given.secrets)
        self._between.seen.extend(message)
        answer = await self._post("", envelope.seal(message, self._real), path="/nexo")
        opened = envelope.open_sealed(*envelope.read(answer), self._real.secrets)
        return web.Response(body=envelope.seal(opened, self._given), content_type="application/json")

    async def finish(self, request: web.Request) -> web.Response:
        await request.read()
        view = self._as_terminal.finished(self._agreed, "waiting")
        return web.Response(body=encoded(view))

    async def _post(self, verb: str, body: bytes, *, path: str = "") -> bytes:
        assert self._session is not None
        async with self._session.post(self._url + (path or f"{PATH}/{verb}"), data=body) as response:
            assert response.status == 200, await response.read()
            return await response.read()


@contextlib.asynccontextmanager
async def a_knowing_one(url: str, code: str, folder: Path) -> AsyncIterator[InBetween]:
    """Somebody between till and terminal who read the code from the screen."""
    certificate, key = folder / "knowing.pem", folder / "knowing.key"
    await asyncio.to_thread(make_pair, certificate, key, name="officine-terminal")
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    await asyncio.to_thread(own.load_cert_chain, certificate, key)
    between = InBetween("")
    one = _KnowingOne(url, code, await asyncio.to_thread(certificate.read_text), between)
    await one.open()
    app = web.Application()
    for verb, work in (("begin", one.begin), ("prove", one.prove), ("finish", one.finish)):
        app.router.add_post(f"{PATH}/{verb}", work)
    app.router.add_post("/nexo", one.nexo)
    runner = web.AppRunner(app, handle_signals=False, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=own)
    await site.start()
    between.url = f"https://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield between
    finally:
        await runner.cleanup()
        await one.close()


def encoded(message: msgspec.Struct) -> bytes:
    return msgspec.json.encode(message)
