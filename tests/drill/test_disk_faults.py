"""A disk that turns read-only, fails to sync, or gives back rubbish: clear refusals, never a wrong answer.

RELIABILITY invariants 1-5. Everything that was refused is sent again under its old id once the disk is well.
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import apsw
import pytest

from tests.drill.books import sound_books
from tests.drill.conftest import Drill
from tests.drill.place import HOLDERS, Place, a_place
from tests.drill.test_disk_full import POINTS, a_ticket, fill_and_recover
from tests.drill.till_client import http_session
from tests.postgres import OwnServer, find_binaries
from tools.faults.ext4 import NoLoopDisk, loop_disk
from tools.faults.failing_fsync import FailingFsync, NoCompiler

pytestmark = [pytest.mark.drill, pytest.mark.timeout(300)]

SALES_BEFORE = 20
SALES_DURING = 10
DISK_MIB = 32


@dataclass
class Told:
    """What became of requests."""

    booked: list[int] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)
    no_answer: int = 0


async def sell(place: Place, numbers: range | list[int]) -> Told:
    """Sell once each; a refusal is a problem that says to send it again, or no answer at all."""
    told = Told()
    async with http_session(place.token) as session:
        for number in numbers:
            try:
                url = f"{place.stack.central_url}/api/v1/sales"
                async with session.post(url, data=a_ticket(number)) as response:
                    content = await response.read()
            except (aiohttp.ClientError, TimeoutError):
                told.no_answer += 1
                told.refused.append(number)
                continue
            if response.status in (200, 201):
                assert json.loads(content)["points"] == POINTS
                told.booked.append(number)
                continue
            problem = json.loads(content)
            assert response.status == 503, content
            assert "again" in problem["detail"]
            assert int(response.headers["Retry-After"]) > 0
            told.codes.add(problem["code"])
            told.refused.append(number)
    return told


async def points_or_refusal(place: Place, right: int) -> bool:
    """Whether central tells the balance; where it does it is the right one."""
    try:
        told = await place.points_of(HOLDERS[0])
    except (AssertionError, aiohttp.ClientError, TimeoutError):
        return False
    assert told == right
    return True


async def test_a_disk_that_turns_read_only_refuses_until_it_is_repaired(tmp_path: Path, drill: Drill) -> None:
    try:
        with loop_disk(tmp_path, DISK_MIB) as disk:
            logs = tmp_path / "logs"
            logs.mkdir()
            (disk.mount_point / "logs").symlink_to(logs)
            async with a_place(disk.mount_point) as place:
                await place.stack.start(("central",))
                assert not (await sell(place, range(SALES_BEFORE))).refused
                await asyncio.to_thread(disk.turn_read_only)
                told = await sell(place, range(SALES_BEFORE, SALES_BEFORE + SALES_DURING))
                may_read = await points_or_refusal(place, (SALES_BEFORE + len(told.booked)) * POINTS)
                await place.stack.kill("central")  # the machine starts anew, and repairs the disk on the way
                await asyncio.to_thread(disk.repair)
                await place.stack.start(("central",))
                assert not (await sell(place, told.refused)).refused
                assert await place.points_of(HOLDERS[0]) == (SALES_BEFORE + SALES_DURING) * POINTS
                await place.stack.stop()
                books = await sound_books(place.stack.plan.database_address)
    except NoLoopDisk as error:
        pytest.skip(f"an ext4 of its own needs root and loop devices: {error}")
    drill.tell(refused=len(told.refused), no_answer=told.no_answer, codes=told.codes, may_read=may_read)
    assert told.refused
    assert books.sales == {f"full-{each}": POINTS for each in range(SALES_BEFORE + SALES_DURING)}


async def test_central_refuses_clearly_while_fsync_fails_and_goes_on_by_itself(
    tmp_path: Path, drill: Drill, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        disk = await asyncio.to_thread(FailingFsync, tmp_path)
    except NoCompiler:
        pytest.skip("no C compiler here: the library that makes fsync fail cannot be made")
    async with a_place(tmp_path / "state") as place:
        with monkeypatch.context() as environ:
            for name, value in disk.environ.items():
                environ.setenv(name, value)
            await place.stack.start(("central",))
        books, refused = await fill_and_recover(place, disk.begin, disk.end)
    drill.tell(sales=len(books.sales), refused=refused, half_written=0)


async def test_a_corrupt_page_of_sqlite_gives_no_wrong_answer_and_the_backup_brings_all_back(
    tmp_path: Path, drill: Drill
) -> None:
    async with a_place(tmp_path / "state") as place:
        database = place.stack.plan.database
        await place.stack.start(("central",))
        assert not (await sell(place, range(SALES_BEFORE))).refused
        backup = tmp_path / "backup.db"
        await officine(place, "db", "backup", str(backup))
        await place.stack.stop()
        await asyncio.to_thread(spoil_sqlite, database, "sale")
        damage = await officine(place, "db", "check", status=1)

        await place.stack.start(("central",))
        told = await sell(place, range(SALES_BEFORE, SALES_BEFORE + SALES_DURING))
        may_read = await points_or_refusal(place, SALES_BEFORE * POINTS)
        assert not told.booked, "nothing is booked on a table that cannot be read"
        await place.stack.stop()
        for file in database.parent.glob("central.db*"):
            file.unlink()
        await officine(place, "db", "restore", str(backup))
        await place.stack.start(("central",))
        assert not (await sell(place, told.refused)).refused
        await place.stack.stop()
        books = await sound_books(place.stack.plan.database_address)
    drill.tell(refused=len(told.refused), codes=told.codes, may_read=may_read, found_bytes=len(damage))
    assert told.codes == {"store_failed"}
    assert len(books.sales) == SALES_BEFORE + SALES_DURING


async def test_a_corrupt_page_of_postgresql_gives_no_wrong_answer_and_the_backup_brings_all_back(
    tmp_path: Path, drill: Drill
) -> None:
    binaries = await asyncio.to_thread(find_binaries)
    if binaries is None:
        pytest.skip("no PostgreSQL 15 here: no server of our own whose files could be spoiled")
    home = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="officine-pg-"))
    server = await asyncio.to_thread(OwnServer, binaries, home)
    try:
        async with a_place(tmp_path / "state", server.address) as place:
            await place.stack.start(("central",))
            assert not (await sell(place, range(SALES_BEFORE))).refused
            backup = tmp_path / "backup.db"
            await officine(place, "db", "backup", str(backup))
            await asyncio.to_thread(server.spoil, "sale")
            told = await sell(place, range(SALES_BEFORE, SALES_BEFORE + SALES_DURING))
            assert not told.booked, "nothing is booked on a table that cannot be read"
            await officine(place, "db", "check", status=1)
            await place.stack.stop()
            await asyncio.to_thread(server.recreate)
            await officine(place, "db", "restore", str(backup))
            await place.stack.start(("central",))
            assert not (await sell(place, told.refused)).refused
            await place.stack.stop()
            books = await sound_books(place.stack.plan.database_address)
    finally:
        await asyncio.to_thread(server.stop)
        await asyncio.to_thread(shutil.rmtree, home, ignore_errors=True)
    drill.tell(refused=len(told.refused), codes=told.codes)
    assert told.codes == {"store_failed"}
    assert len(books.sales) == SALES_BEFORE + SALES_DURING


async def officine(place: Place, *arguments: str, status: int = 0) -> bytes:
    """Run a command on the place's database; what it prints."""
    config = place.stack.plan.state / "officine.toml"
    command = [sys.executable, "-m", "officine.main", "--config", str(config), *arguments]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=False)
    assert done.returncode == status, done.stderr
    return done.stdout + done.stderr


def spoil_sqlite(database: Path, table: str) -> None:
    """Overwrite the head of every page that a table begins with, and that of its indexes."""
    connection = apsw.Connection(str(database))
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    ((page_bytes,),) = connection.execute("PRAGMA page_size").fetchall()
    roots = connection.execute("SELECT rootpage FROM sqlite_schema WHERE tbl_name = ?", (table,)).fetchall()
    connection.close()
    with database.open("r+b") as file:
        for (page,) in roots:
            if page:
                file.seek((page - 1) * page_bytes)
                file.write(os.urandom(64))
