"""Ten thousand peers that only hold on, others that send a byte now and then: who works is served meanwhile.

RELIABILITY: aiohttp by itself leaves bodies that never end open; central has a deadline for them.
"""

import asyncio
import contextlib
import random
import resource
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from loyalty.limits.web import HTTP_BODY_DEADLINE_S, HTTP_KEEP_ALIVE_S
from tests.drill.books import assert_as_told, sound_books
from tests.drill.conftest import Drill
from tests.drill.place import Place, a_place
from tests.drill.till_client import Record, TillClient, http_session
from tests.helpers import eventually
from tools.demo.stack import HOST

pytestmark = [pytest.mark.drill, pytest.mark.timeout(600)]

IDLE = 10_000
SLOW_HEADERS = 500
SLOW_BODIES = 500
CLIENTS = 4
SALES = 100
FILES_SPARE = 1_000
AT_ONCE = 200
TRICKLE_S = 2.0
LATE_S = 60
"""A busy machine closes what it should that much later at most."""

Peer = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def test_ten_thousand_idle_and_a_thousand_slow_peers_keep_nobody_from_selling(
    tmp_path: Path, drill: Drill
) -> None:
    await asyncio.to_thread(_take_files, IDLE + SLOW_HEADERS + SLOW_BODIES + FILES_SPARE)
    record, took_s = Record(), list[float]()
    async with a_place(tmp_path / "state") as place:
        await place.stack.start(("central",))
        alone_s = await sell(place, record, drill, "alone")
        opened_s = time.monotonic()
        head = request_head(place)
        async with (
            peers(place, IDLE, b"") as idle,
            peers(place, SLOW_HEADERS, head[:40]) as slow_headers,
            peers(place, SLOW_BODIES, head + b"{") as slow_bodies,
        ):
            held_s = time.monotonic() - opened_s
            trickling = asyncio.create_task(trickle(slow_headers, b"X-A: b\r\n"))
            trickling_bodies = asyncio.create_task(trickle(slow_bodies, b" "))
            took_s = await sell(place, record, drill, "beside")
            cut_off = await answers(slow_bodies)
            ended_s = time.monotonic() - opened_s
            memory_mib = resident_mib(place)
            await eventually(lambda: all(is_over(peer) for peer in slow_headers), HTTP_KEEP_ALIVE_S + LATE_S)
            await eventually(lambda: all(is_over(peer) for peer in idle), HTTP_KEEP_ALIVE_S + LATE_S)
            closed_s = time.monotonic() - opened_s
            for task in (trickling, trickling_bodies):
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        after_s = await sell(place, record, drill, "after")
        await place.stack.stop()
        books = await sound_books(place.stack.plan.database_address)
    drill.tell(
        held=IDLE + SLOW_HEADERS + SLOW_BODIES,
        held_after_s=f"{held_s:.1f}",
        p95_alone_ms=p95_ms(alone_s),
        p95_beside_ms=p95_ms(took_s),
        p95_after_ms=p95_ms(after_s),
        slow_bodies_408=cut_off.count(408),
        bodies_ended_s=f"{ended_s:.1f}",
        all_closed_s=f"{closed_s:.1f}",
        central_mib=memory_mib,
    )
    assert cut_off == [408] * SLOW_BODIES, f"a body has {HTTP_BODY_DEADLINE_S} s"
    assert_as_told(books, record)
    assert record.seen["unknown"] == 0, "nobody who works is turned away"


def request_head(place: Place) -> bytes:
    """A sale whose body is to come."""
    return (
        f"POST /api/v1/sales HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {place.token}\r\nContent-Length: 100000\r\n\r\n"
    ).encode()


@asynccontextmanager
async def peers(place: Place, count: int, first: bytes) -> AsyncIterator[list[Peer]]:
    """So many connections that have sent `first`, and nothing else."""
    limit = asyncio.Semaphore(AT_ONCE)

    async def connect() -> Peer:
        async with limit:
            reader, writer = await asyncio.open_connection(HOST, place.stack.central_port)
            writer.write(first)
            return reader, writer

    made = await asyncio.gather(*(connect() for _ in range(count)))
    try:
        yield made
    finally:
        for _, writer in made:
            writer.close()


async def trickle(slow: list[Peer], more: bytes) -> None:
    """Send a little to each now and then, for as long as it is listened to."""
    while True:
        for reader, writer in slow:
            if not is_over((reader, writer)):
                writer.write(more)
        await asyncio.sleep(TRICKLE_S)


async def answers(slow: list[Peer]) -> list[int]:
    """The status that each is given in the end."""

    async def status(peer: Peer) -> int:
        line = await asyncio.wait_for(peer[0].readline(), HTTP_BODY_DEADLINE_S + LATE_S)
        return int(line.split()[1]) if line else 0

    return list(await asyncio.gather(*(status(peer) for peer in slow)))


def is_over(peer: Peer) -> bool:
    """Whether central has hung up."""
    return peer[0].at_eof() or peer[0].exception() is not None or peer[1].is_closing()


async def sell(place: Place, record: Record, drill: Drill, name: str) -> list[float]:
    """Tills that sell one after the other; the seconds that each answer took."""
    took_s: list[float] = []
    async with http_session(place.token) as session:
        clients = [
            TillClient(
                f"{name}-{number}",
                place.stack.central_url,
                session,
                record,
                random.Random(f"{drill.seed}/{name}/{number}"),
            )
            for number in range(CLIENTS)
        ]

        async def work(client: TillClient) -> None:
            for _ in range(SALES // CLIENTS):
                begun_s = time.monotonic()
                await client.sell()
                took_s.append(time.monotonic() - begun_s)

        await asyncio.gather(*(work(client) for client in clients))
    return took_s


def p95_ms(took_s: list[float]) -> int:
    """The 95th percentile."""
    return round(statistics.quantiles(took_s, n=20)[-1] * 1000)


def resident_mib(place: Place) -> int:
    """Central's memory."""
    process = place.stack.programs["central"].process
    assert process is not None
    pages = int(Path(f"/proc/{process.pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() // 1024**2


def _take_files(wanted: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted:
        pytest.skip(f"no {wanted} files here: the system gives one process {hard}")
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
