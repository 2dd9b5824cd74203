"""The measurements behind the capacity model: processor time, bytes and memory of purchases on PostgreSQL."""

import asyncio
import os
import platform
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import psycopg

from tools.bench import servers
from tools.bench.cores import choose_cores, processor_s
from tools.bench.endpoint import Plan, closed
from tools.bench.traffic import Sales
from tools.bench.world import Size, World, grow, make_world
from tools.capacity.model import Measured

SMALL: Final = Size(members=1_000, tickets=2_000)
MORE_TICKETS: Final = 4_000
MORE_MEMBERS: Final = 2_000
SECONDS: Final = 4.0
ROUNDS: Final = 3


async def measure(folder: Path, server: str, tell: Any) -> Measured:
    """Measure in `folder` and on `server`, the address of an empty one whose user may make databases."""
    world = await make_world(folder / "world", SMALL, tell)
    small = world.copy_to(folder / "small")
    world = await grow(world, replace(SMALL, tickets=SMALL.tickets + MORE_TICKETS), tell)
    tickets = world.copy_to(folder / "tickets")
    world = await grow(world, replace(world.size, members=SMALL.members + MORE_MEMBERS), tell)
    sizes, address = [], ""
    for name, each in (("small", small), ("tickets", tickets), ("members", world)):
        address = await asyncio.to_thread(_copy, each, server, f"capacity_{name}")
        sizes.append(await asyncio.to_thread(_size, address))
    grown = (await asyncio.to_thread(_file_size, tickets)) - await asyncio.to_thread(_file_size, small)
    tell("Purchases", 0, 2 * ROUNDS)
    plan = Plan(cores=choose_cores(), world=world, folder=folder, rounds=ROUNDS, seconds=SECONDS)
    log = folder / "servers.log"
    async with servers.central(plan.cores, tickets.database, tickets.secrets, log) as on_sqlite:
        sales = Sales(tickets)
        sqlite_us = min([(await closed(on_sqlite, sales, plan)).processor_us for _ in range(ROUNDS)])
    per_s, central_us, database_us = [], [], []
    on_server = {"OFFICINE_DATABASE": address}
    async with servers.central(plan.cores, world.database, world.secrets, log, on_server) as central:
        sales = Sales(world)
        for _ in range(ROUNDS):
            before_s = await asyncio.to_thread(_server_processor_s, address)
            stretch = await closed(central, sales, plan)
            used_s = await asyncio.to_thread(_server_processor_s, address) - before_s
            per_s.append(stretch.figures.per_s)
            central_us.append(stretch.processor_us)
            database_us.append(used_s * 1_000_000 / stretch.figures.acknowledged)
        memory_mib = _resident_mib(central.pid)
    return Measured(
        date=f"{datetime.now(UTC).date()}",
        machine=f"{len(os.sched_getaffinity(0))} cores, Python {platform.python_version()}, PostgreSQL 15",
        central_us=round(min(central_us)),
        database_us=round(min(database_us)),
        sqlite_us=round(sqlite_us),
        purchases_per_s=round(max(per_s)),
        ticket_bytes=(sizes[1] - sizes[0]) // MORE_TICKETS,
        member_bytes=(sizes[2] - sizes[1]) // MORE_MEMBERS,
        ticket_bytes_sqlite=grown // MORE_TICKETS,
        central_mib=memory_mib,
    )


def _copy(world: World, server: str, name: str) -> str:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0".encode())
    address = server.replace("/postgres?", f"/{name}?")
    command = [sys.executable, "-m", "officine.main", "db", "copy", f"sqlite:///{world.database}", address]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603  -- our own command
    return address


def _file_size(world: World) -> int:
    return world.database.stat().st_size


def _size(address: str) -> int:
    with psycopg.connect(address, autocommit=True) as connection:
        row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        assert row is not None
        return int(row[0])


def _server_processor_s(address: str) -> float:
    """Processor time of the server and of every session it has."""
    with psycopg.connect(address, autocommit=True) as connection:
        row = connection.execute("SELECT pg_read_file('postmaster.pid')").fetchone()
    assert row is not None
    server = int(str(row[0]).split()[0])
    children = Path(f"/proc/{server}/task/{server}/children").read_text(encoding="ascii").split()
    return processor_s(server) + sum(_processor_s(int(child)) for child in children)


def _processor_s(pid: int) -> float:
    try:
        return processor_s(pid)
    except (FileNotFoundError, ProcessLookupError):
        return 0.0  # it ended meanwhile: what asks here


def _resident_mib(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024**2
