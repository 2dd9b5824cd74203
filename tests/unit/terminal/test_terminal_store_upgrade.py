"""A file of an earlier release is brought up to date with what is in it; one of a later is left alone."""

from pathlib import Path

import apsw
import pytest

from terminal.database import SCHEMA_1, SCHEMAS, Database, TerminalStoreUnusable
from terminal.outbox import Outbox
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


async def test_a_file_of_a_later_release_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "terminal.db"
    a_file_of_before(path)
    connection = apsw.Connection(str(path))
    connection.execute(f"PRAGMA user_version = {len(SCHEMAS) + 1}")
    connection.close()

    with pytest.raises(TerminalStoreUnusable):
        await Database(path).open()
