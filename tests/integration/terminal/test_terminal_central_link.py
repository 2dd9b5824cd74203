"""The link to central against servers that answer as networks do: in pieces, too much, or nothing of use."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from loyalty.limits.terminal import CENTRAL_ANSWER_BYTES_MAX
from terminal import bodies
from terminal.central_link import CentralLink, CentralUnreachable
from terminal.clock import wall_clock
from terminal.database import Database
from terminal.outbox import NewEntry, Outbox
from terminal.sender import Sender
from tests.helpers import eventually
from wire.api import EvidenceBody, Problem
from wire.api_sales import BasketBody, LineBody, SaleBody

IDENTIFIED = (
    b'{"card_number":"2900000000017","strength":"nfc_uid","profile":{"member_id":"m-anne",'
    b'"display_name":"Mme R.","language":"fr","points":39}}'
)
GROUP = (
    b'{"group_id":"lac","name":"Pharmacies du Lac","names":{},"country":"CH","currency":"CHF",'
    b'"currency_scale":2,"languages":["fr"],"brand":"#0B6B4F","brand_tint":"#E4F2EC","notices":[],'
    b'"ruleset_version":1,"shop":null,"terminal_id":null,"now_ms":1}'
)
A_SALE = NewEntry(
    entry_id="sale-1",
    kind="sale",
    sale_id="sale-1",
    tap_id="",
    body=bodies.encode(
        SaleBody(
            sale_id="sale-1",
            business_key="key-1",
            occurred_ms=1,
            sent_ms=1,
            basket=BasketBody(
                currency="CHF", lines=[LineBody(line_no=1, code="1", quantity=1, amount_minor=100)]
            ),
        )
    ),
    business_key="key-1",
    content_hash=b"content",
    poi_transaction_id="L-1",
    poi_time="2026-11-22T10:15:00.000Z",
    lines="[[1, 1]]",
)
EVIDENCE = EvidenceBody(medium="nfc_uid", value="04A1B2C3D4E580")


class Pieces:
    """A server of HTTP whose answer to all but the probe comes in the pieces given, one per packet."""

    def __init__(self, *pieces: bytes, status: str = "200 OK") -> None:
        self.pieces = pieces
        self.status = status
        self.promised_bytes = sum(map(len, pieces))
        self.go_on = asyncio.Event()
        self.is_first_sent = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lengths = [one for one in head.lower().splitlines() if one.startswith(b"content-length:")]
                await reader.readexactly(int(lengths[0].split(b":")[1]) if lengths else 0)
                if head.startswith(b"GET /api/v1/group "):
                    writer.write(http("200 OK", len(GROUP)) + GROUP)
                    await writer.drain()
                else:
                    await self._answer(writer)
        except (asyncio.IncompleteReadError, OSError):
            return
        finally:
            writer.close()

    async def _answer(self, writer: asyncio.StreamWriter) -> None:
        first, *others = self.pieces
        writer.write(http(self.status, self.promised_bytes) + first)
        await writer.drain()
        self.is_first_sent.set()
        await self.go_on.wait()
        for piece in others:
            writer.write(piece)
            await writer.drain()
        if self.promised_bytes > sum(map(len, self.pieces)):
            writer.close()


def http(status: str, length: int) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n".encode()


@asynccontextmanager
async def a_link(server: Pieces) -> AsyncIterator[CentralLink]:
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    link = CentralLink(f"http://127.0.0.1:{port}", "ofc_test", clock=wall_clock, on_change=lambda: None)
    async with listener, link:
        yield link


async def turns_of_the_loop() -> None:
    """Enough turns for a client of this loop to take in what a socket of this machine holds for it."""
    for _ in range(100):
        await asyncio.sleep(0)


async def test_an_answer_in_two_packets_is_read_whole() -> None:
    server = Pieces(IDENTIFIED[:60], IDENTIFIED[60:])
    async with a_link(server) as link:
        asking = asyncio.create_task(link.identify(EVIDENCE, "tap-1"))
        await server.is_first_sent.wait()
        await turns_of_the_loop()
        server.go_on.set()

        view = await asking

    assert (view.card_number, view.profile and view.profile.points) == ("2900000000017", 39)


async def test_a_connection_that_ends_within_an_answer_is_unreachable() -> None:
    server = Pieces(IDENTIFIED[:60], b"")
    async with a_link(server) as link:
        server.promised_bytes = len(IDENTIFIED)
        server.go_on.set()

        with pytest.raises(CentralUnreachable):
            await link.identify(EVIDENCE, "tap-1")


async def test_an_answer_above_the_limit_is_unreachable_and_says_why() -> None:
    server = Pieces(b" " * CENTRAL_ANSWER_BYTES_MAX, IDENTIFIED)
    server.go_on.set()
    async with a_link(server) as link:
        with pytest.raises(CentralUnreachable, match=f"more than {CENTRAL_ANSWER_BYTES_MAX} bytes"):
            await link.identify(EVIDENCE, "tap-1")


async def test_an_answer_of_the_very_limit_is_taken() -> None:
    server = Pieces(b" " * (CENTRAL_ANSWER_BYTES_MAX - len(IDENTIFIED)), IDENTIFIED)
    server.go_on.set()
    async with a_link(server) as link:
        view = await link.identify(EVIDENCE, "tap-1")

    assert view.card_number == "2900000000017"


async def test_a_status_that_central_never_sends_here_is_no_answer() -> None:
    server = Pieces(IDENTIFIED, status="201 Created")
    server.go_on.set()
    async with a_link(server) as link:
        with pytest.raises(CentralUnreachable, match="HTTP 201"):
            await link.identify(EVIDENCE, "tap-1")


@pytest.mark.parametrize(
    ("status", "code", "state"),
    [
        ("401 Unauthorized", "unauthenticated", "parked"),
        ("403 Forbidden", "permission_missing", "parked"),
        ("422 Unprocessable Content", "clock_skew", "parked"),
        ("403 Forbidden", "ticket_too_old", "refused"),
        ("403 Forbidden", "shop_not_yours", "refused"),
        ("422 Unprocessable Content", "blocked_card", "refused"),
    ],
)
async def test_a_refusal_parks_the_queue_only_when_it_speaks_of_the_terminal(
    tmp_path: Path, status: str, code: str, state: str
) -> None:
    number = int(status.split(maxsplit=1)[0])
    problem = Problem(type="urn:test", title="", status=number, code=code, detail="", request_id="r1")
    server = Pieces(msgspec.json.encode(problem), status=status)
    server.go_on.set()
    async with a_link(server) as link, Database(tmp_path / "terminal.db") as database:
        outbox = Outbox(database)
        sender = Sender(outbox, link, clock=wall_clock, on_change=lambda _: None)
        await sender.note(A_SALE)
        sending = asyncio.create_task(sender.run())

        async def is_judged() -> bool:
            [entry] = await outbox.list_entries()
            return entry.state != "pending"

        await eventually(is_judged)
        sending.cancel()
        await asyncio.wait([sending])
        [entry] = await outbox.list_entries()

    assert (entry.state, entry.reason_code) == (state, code)
    assert sender.parked_code == (code if state == "parked" else "")
