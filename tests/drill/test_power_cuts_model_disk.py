"""Power cuts at sector level on a model disk: nothing acknowledged is lost, nothing is corrupt.

RELIABILITY invariants 1 (conservation), 2 (no acknowledged loss), 3 (no duplicate), 4 (no gap in an outbox),
5 (append only, hash chain).
"""

import asyncio
import random
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import apsw
import pytest

from central.storage.sqlite.store import SqliteStore
from terminal.database import Database
from terminal.outbox import Outbox
from tests.contract.storage.factories import G, a_line, a_sale, decide_return, findings, furnish, line_key_of
from tests.drill.conftest import Drill
from tests.integration.terminal.test_terminal_crash import an_entry
from tools.faults.model_disk import Image, ModelDisk, model_disk

pytestmark = [pytest.mark.drill, pytest.mark.timeout(300)]

CUTS = 600
OUTBOX_CUTS = 800
CUTS_PER_LIFE = 10
"""Cuts that one database file goes through, one after the other, before a new one is made."""
WRITERS = 6
TICKETS_PER_RUN_MAX = 60
"""After at most so many tickets the store is closed and opened again: cuts fall into both."""
CHANGES_MAX = 2_500
OUTBOX_CHANGES_MAX = 400
"""The power fails within so many writes, syncs and removals: early ones fall into the making of the file."""


def cut_after(rng: random.Random, changes_max: int) -> int:
    return int(changes_max ** rng.random()) if rng.random() < 0.4 else rng.randint(1, changes_max)


class Life:
    """One database file through several power cuts, and what was promised about it."""

    def __init__(self, tmp_path: Path, rng: random.Random) -> None:
        self.rng = rng
        self.numbers = count(1)
        self.image: Image = {}
        self.acknowledged: list[str] = []
        self._boots = (tmp_path / f"boot-{number}" for number in count())

    def boot(self) -> Path:
        """A directory for the next boot."""
        return next(self._boots)

    def note(self, disk: ModelDisk, name: str) -> None:
        """An answer seen before the cut is a promise; one seen later never left the dead machine."""
        if not disk.is_cut:
            self.acknowledged.append(name)


async def write_until_a_cut(life: Life) -> None:
    directory = life.boot()
    with model_disk(directory, life.image, life.rng, cut_after=cut_after(life.rng, CHANGES_MAX)) as disk:
        while not disk.is_cut:
            store = await SqliteStore.open(directory / "central.db")
            try:
                await furnish(store)
                numbers = iter([next(life.numbers) for _ in range(life.rng.randint(1, TICKETS_PER_RUN_MAX))])
                await asyncio.gather(*(sell(store, life, disk, numbers) for _ in range(WRITERS)))
            finally:
                await store.close()
        assert disk.image is not None
        life.image = disk.image


async def sell(store: SqliteStore, life: Life, disk: ModelDisk, numbers: Iterator[int]) -> None:
    for number in numbers:
        if disk.is_cut:
            return
        sale = a_sale(f"sale-{number}", lines=[a_line(quantity=3, points=10), a_line(2, points=1)])
        await store.record_sale(sale)
        life.note(disk, sale.sale_id)
        if number % 4 == 0:
            returned = await decide_return(store, f"ret-{number}", sale, 1, 2)
            await store.record_return(returned)
            life.note(disk, returned.return_id)


async def assert_all_there(life: Life) -> None:
    """Boot a copy of what the cut left, and check the books."""
    directory = life.boot()
    with model_disk(directory, life.image, life.rng):
        store = await SqliteStore.open(directory / "central.db")
        try:
            await furnish(store)
            assert await findings(store, page=200) == []
            sales, returns = await asyncio.to_thread(read_raw, directory / "central.db")
            missing = set(life.acknowledged) - sales - returns
            assert not missing, f"acknowledged before the cut and lost: {sorted(missing)[:5]}"
            for sale_id in life.rng.sample(sorted(sales), min(5, len(sales))):
                assert len(await store.list_sale_lines(G, line_key_of(sale_id))) == 2
                assert len(await store.list_sale_lots(G, sale_id)) == 1
        finally:
            await store.close()


def read_raw(path: Path) -> tuple[set[str], set[str]]:
    """Sales and returns by id; integrity and the numbering of events are checked on the way."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        events = [
            seq for (seq,) in connection.execute("SELECT seq FROM event WHERE group_id = ? ORDER BY 1", (G,))
        ]
        assert events == list(range(1, len(events) + 1))
        sales = {str(name) for (name,) in connection.execute("SELECT sale_id FROM sale")}
        returns = {str(name) for (name,) in connection.execute("SELECT return_id FROM sale_return")}
        ((entries,),) = connection.execute("SELECT count(*) FROM ledger_transaction").fetchall()
        assert entries == len(sales) + len(returns), "one ledger effect for each sale and return"
        return sales, returns
    finally:
        connection.close()


async def test_central_keeps_what_it_acknowledged_through_power_cuts(tmp_path: Path, drill: Drill) -> None:
    acknowledged = 0
    life = Life(tmp_path, drill.rng)
    for number in range(CUTS):
        if number % CUTS_PER_LIFE == 0:
            acknowledged += len(life.acknowledged)
            life = Life(tmp_path / str(number), drill.rng)
            (tmp_path / str(number)).mkdir()
        await write_until_a_cut(life)
        await assert_all_there(life)
    acknowledged += len(life.acknowledged)
    drill.tell(cuts=CUTS, acknowledged=acknowledged, lost=0, corrupt=0)
    assert acknowledged > CUTS, "the cuts must fall into work, not before it"


async def note_and_deliver_until_a_cut(life: Life, delivered: list[str]) -> None:
    directory = life.boot()
    with model_disk(
        directory, life.image, life.rng, cut_after=cut_after(life.rng, OUTBOX_CHANGES_MAX)
    ) as disk:
        while not disk.is_cut:
            async with Database(directory / "terminal.db") as database:
                outbox = Outbox(database)
                for _ in range(life.rng.randint(1, 20)):
                    fact = await outbox.append(an_entry(next(life.numbers)), now_ms=1)
                    life.note(disk, fact.entry_id)
                    head = await outbox.find_head()
                    if head is not None and life.rng.random() < 0.7:
                        delivered.append(head.entry_id)
                        await outbox.delivered(head, b"{}")
        assert disk.image is not None
        life.image = disk.image


async def assert_outbox_whole(life: Life, delivered: list[str]) -> None:
    """What was noted waits in its order, unless central may have it; opening checks the numbering."""
    directory = life.boot()
    with model_disk(directory, life.image, life.rng):
        async with Database(directory / "terminal.db") as database:
            outbox = Outbox(database)
            kept = [entry.entry_id for entry in await outbox.list_entries(limit=10_000)]
            counts = await outbox.counts()
            check = await database.read(lambda db: db.execute("PRAGMA integrity_check").fetchall())
    assert check == [("ok",)]
    assert counts.depth == len(kept)
    missing = set(life.acknowledged) - set(kept) - set(delivered)
    assert not missing, f"noted before the cut and lost: {sorted(missing)[:5]}"
    assert kept == sorted(kept, key=lambda name: int(name.removeprefix("sale-")))


async def test_an_outbox_keeps_what_it_noted_through_power_cuts(tmp_path: Path, drill: Drill) -> None:
    noted = 0
    life, delivered = Life(tmp_path, drill.rng), list[str]()
    for number in range(OUTBOX_CUTS):
        if number % CUTS_PER_LIFE == 0:
            noted += len(life.acknowledged)
            life, delivered = Life(tmp_path / str(number), drill.rng), []
            (tmp_path / str(number)).mkdir()
        await note_and_deliver_until_a_cut(life, delivered)
        await assert_outbox_whole(life, delivered)
    noted += len(life.acknowledged)
    drill.tell(cuts=OUTBOX_CUTS, noted=noted, lost=0, corrupt=0)
    assert noted > OUTBOX_CUTS, "the cuts must fall into work, not before it"
