"""A file of an earlier release is brought up to date with what is in it; one of a later is left alone."""

from pathlib import Path

import apsw
import pytest

from terminal.clock import wall_clock
from terminal.database import SCHEMA_1, SCHEMAS, Database, TerminalStoreUnusable
from terminal.outbox import Outbox
from terminal.till_store import TillStore
from terminal.totals import Totals, Wanted


def a_file_of_before(path: Path) -> None:
    connection = apsw.Connection(str(path))
    connection.execute(SCHEMA_1)
    connection.execute(
        "INSERT INTO till_fact VALUES ('key', x'00', 'sale', 'e1', 'e1', 'L-1', '2026-11-22T10:15:00Z', '[]',"
        " 1, NULL)"
    )
    connection.execute("PRAGMA user_version = 1")
    connection.close()


async def test_a_file_of_before_keeps_its_tickets_and_gets_what_is_new(tmp_path: Path) -> None:
    path = tmp_path / "terminal.db"
    a_file_of_before(path)

    for _ in range(2):
        async with Database(path) as database:
            fact = await Outbox(database).find_fact("L-1")
            totals = Totals(database)
            period = await totals.open_period()
            assert fact is not None
            assert fact.entry_id == "e1"
            assert (period, await totals.sums(period, Wanted())) == (1, [])


async def test_tickets_that_moved_before_are_known_for_as_long_as_those_that_move_now(tmp_path: Path) -> None:
    path = tmp_path / "terminal.db"
    connection = apsw.Connection(str(path))
    for step in SCHEMAS[:7]:
        connection.execute(step)
    connection.execute(
        "INSERT INTO kept VALUES ('moved/s-1', CAST('[\"a-1\",\"n-1\"]' AS BLOB)), ('comfort', x'00')"
    )
    connection.execute("PRAGMA user_version = 7")
    connection.close()

    async with Database(path) as database:
        store = TillStore(database)
        assert await store.find_moved("s-1") == ("a-1", "n-1")
        assert await store.list_kept("") == ["comfort"]
        await store.forget_moved(wall_clock() - 60_000)
        assert await store.find_moved("s-1") is not None, "it is as old as the new file"


async def test_a_file_of_a_later_release_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "terminal.db"
    a_file_of_before(path)
    connection = apsw.Connection(str(path))
    connection.execute(f"PRAGMA user_version = {len(SCHEMAS) + 1}")
    connection.close()

    with pytest.raises(TerminalStoreUnusable):
        await Database(path).open()
