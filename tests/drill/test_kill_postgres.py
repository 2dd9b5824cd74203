"""Who writes and the PostgreSQL server are killed in turn: every acknowledged ticket is there, once.

RELIABILITY invariants 1 (conservation), 2 (no acknowledged loss), 3 (no duplicate), 5 (hash chain).
"""

import asyncio
import contextlib
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from central.storage.base import Store
from central.storage.opening import open_store
from tests.contract.storage.factories import G, findings, line_key_of
from tests.drill.conftest import Drill
from tests.postgres import Server, find_binaries, start, started, stop

pytestmark = [pytest.mark.drill, pytest.mark.timeout(2400)]

ROOT = Path(__file__).resolve().parents[2]
KILLS = 100
ACKNOWLEDGED_MAX = 150
"""Between two kills up to so many tickets are acknowledged, drawn at random."""


async def test_every_acknowledged_ticket_survives_kills_of_writer_and_server(
    socket_dir: Path, drill: Drill
) -> None:
    binaries = await asyncio.to_thread(find_binaries)
    if binaries is None:
        pytest.skip("no PostgreSQL 15 here: no server of our own to kill")
    context = started(binaries, socket_dir)
    server = await asyncio.to_thread(context.__enter__)
    try:
        await _kill_in_turn(server, binaries, socket_dir, drill)
    finally:
        await asyncio.to_thread(context.__exit__, None, None, None)


async def _kill_in_turn(server: Server, binaries: Path, home: Path, drill: Drill) -> None:
    ids: list[str] = []
    back_s: list[float] = []
    writer = await _writer(server.address, 0)
    again = None
    try:
        for number in range(1, KILLS + 1):
            ids += await _acknowledged(writer, drill.rng.randint(1, ACKNOWLEDGED_MAX))
            if number % 2:
                began_s = time.monotonic()
                await asyncio.to_thread(_kill_server, home)
                if again is not None:
                    again.poll()
                again = await asyncio.to_thread(start, binaries, home)
                ids += await _acknowledged(writer, 1)
                back_s.append(time.monotonic() - began_s)
            else:
                writer.kill()
                ids += await _rest(writer)
                writer = await _writer(server.address, number * 1_000_000)
        writer.kill()
        ids += await _rest(writer)
        store = await open_store(server.address)
        try:
            await _assert_all_there(store, ids)
        finally:
            await store.close()
    finally:
        if writer.returncode is None:
            writer.kill()
            await writer.wait()
        if again is not None:
            await asyncio.to_thread(stop, again)
    drill.tell(
        kills=KILLS,
        tickets=len(ids),
        lost=0,
        twice=0,
        back_s_median=round(sorted(back_s)[len(back_s) // 2], 2),
        back_s_max=round(max(back_s), 2),
    )


async def _writer(url: str, first: int) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.contract.storage.crash_writer", url, str(first)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )


async def _acknowledged(writer: asyncio.subprocess.Process, count: int) -> list[str]:
    assert writer.stdout is not None
    told = [(await writer.stdout.readline()).decode().strip() for _ in range(count)]
    assert all(told), "the writer ended by itself"
    return told


async def _rest(writer: asyncio.subprocess.Process) -> list[str]:
    assert writer.stdout is not None
    rest = (await writer.stdout.read()).decode()
    await writer.wait()
    return rest.rpartition("\n")[0].split()


def _kill_server(home: Path) -> None:
    """SIGKILL for the server and every process of its own, as when the machine dies but the disk does not."""
    main = int((home / "data" / "postmaster.pid").read_text().split()[0])
    family = [main, *_children_of(main)]
    for pid in family:
        _kill(pid)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(main, 0)  # it was started here; a zombie would pass for a running server
    while any(_is_alive(pid) for pid in family):
        time.sleep(0.01)


def _children_of(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        if int(fields[1]) == parent:
            found.append(int(stat.parent.name))
    return found


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


async def _assert_all_there(store: Store, ids: list[str]) -> None:
    assert len(ids) == len(set(ids)), "one id was acknowledged twice"
    for name in ids:
        kind, _, number = name.partition("-")
        if kind == "ret":
            assert await store.find_return(G, name) is not None
        else:
            assert await store.find_sale(G, name) is not None
            assert len(await store.list_sale_lines(G, line_key_of(f"sale-{number}"))) == 2
    assert await findings(store, page=200) == []
    after = 0
    while page := await store.list_events(G, after, 200):
        assert [event.seq for event in page] == list(range(after + 1, after + 1 + len(page)))
        after = page[-1].seq
