"""Central and its database server are killed again and again under load: what was acknowledged is there once.

RELIABILITY invariants 1 (conservation), 2 (no acknowledged loss), 3 (no duplicate), 5 (hash chain).
DRILL_FULL=1 kills 200 times on SQLite and 100 times on PostgreSQL.
"""

import asyncio
import random
import shutil
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.drill.books import assert_as_told, findings_of_a_tampered_copy, sound_books
from tests.drill.conftest import Drill
from tests.drill.place import Place, a_place
from tests.drill.till_client import Record, TillClient, http_session
from tests.postgres import OwnServer, find_binaries
from tools.bench.cores import processor_s

pytestmark = [pytest.mark.drill, pytest.mark.timeout(3_600)]

CLIENTS = 8
KILLS = {"sqlite": (20, 200), "postgres": (16, 100)}
"""By default, and with DRILL_FULL."""
ALIVE_MAX_S = 2.5
"""Everything lives up to so long between two kills, drawn at random."""

Kill = Callable[[], Awaitable[dict[str, float]]]
"""Kills something, starts it again, and tells the seconds that the start took."""


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_every_acknowledged_ticket_survives_a_kill_storm(
    tmp_path: Path, drill: Drill, engine: str
) -> None:
    usual, full = KILLS[engine]
    kills = full if drill.is_full else usual
    async with a_database(engine) as server, a_place(tmp_path / "state", server and server.address) as place:
        victims: list[Kill] = [lambda: kill_central(place)]
        if server is not None:
            victims.append(lambda: kill_database(server))
        await place.stack.start(("central",))
        record, starts_s = await storm(place, victims, kills, drill)
        await place.stack.stop()
        address = place.stack.plan.database_address
        books = await sound_books(address)
        found = await findings_of_a_tampered_copy(address, tmp_path / "tampered.db")
    drill.tell(
        kills=kills,
        sales=len(record.sales),
        returns=len(record.returns),
        unknown=record.seen["unknown"],
        repeated=record.seen["repeated"],
        replayed=record.seen["replayed"],
        longest_pause_s=f"{record.pause_s(record.answered_s[0]):.1f}",
    )
    for name, taken in starts_s.items():
        drill.tell(**{name: f"{statistics.median(taken):.2f} (max {max(taken):.2f})"})
    assert_as_told(books, record)
    assert len(record.sales) > kills
    assert "chain_broken" in found, "an altered row must be found"


async def storm(
    place: Place, victims: list[Kill], kills: int, drill: Drill
) -> tuple[Record, dict[str, list[float]]]:
    """Kill in turn while tills sell; what they were told, and how long each start took."""
    record, stop = Record(), asyncio.Event()
    starts_s: dict[str, list[float]] = defaultdict(list)
    async with http_session(place.token) as session, asyncio.TaskGroup() as group:
        for number in range(CLIENTS):
            rng = random.Random(f"{drill.seed}/{number}")
            client = TillClient(f"c{number}", place.stack.central_url, session, record, rng)
            group.create_task(client.run(stop))
        for number in range(kills):
            await asyncio.sleep(drill.rng.uniform(0.2, ALIVE_MAX_S))
            for name, seconds in (await victims[number % len(victims)]()).items():
                starts_s[name].append(seconds)
        stop.set()
    return record, starts_s


@asynccontextmanager
async def a_database(engine: str) -> AsyncIterator[OwnServer | None]:
    """A PostgreSQL server of the drill's own, or nothing: SQLite needs none."""
    if engine == "sqlite":
        yield None
        return
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL 15 or newer here: apt install postgresql, or name one in OFFICINE_TEST_PG")
    home = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="officine-pg-"))
    try:
        server = await asyncio.to_thread(OwnServer, binaries, home)
        try:
            yield server
        finally:
            await asyncio.to_thread(server.stop)
    finally:
        await asyncio.to_thread(shutil.rmtree, home, ignore_errors=True)


async def kill_central(place: Place) -> dict[str, float]:
    """A crash of central and its restart, until it is ready; processor time too, which other load leaves."""
    await place.stack.kill("central")
    begun_s = time.monotonic()
    await place.stack.start(("central",))
    taken_s = time.monotonic() - begun_s
    process = place.stack.programs["central"].process
    assert process is not None
    return {"central_start_s": taken_s, "central_start_processor_s": processor_s(process.pid)}


async def kill_database(server: OwnServer) -> dict[str, float]:
    """A crash of the database server and its restart, until it lets people in."""
    await asyncio.to_thread(server.kill)
    begun_s = time.monotonic()
    await asyncio.to_thread(server.start)
    return {"database_start_s": time.monotonic() - begun_s}
