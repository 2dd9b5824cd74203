"""Migrations: each runs once, in order; what was edited or is newer is refused with the way out."""

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import apsw
import pytest

from central.storage.base import DatabaseRefused
from central.storage.migrations import Migration, Phase, load
from central.storage.opening import open_store
from central.storage.sqlite.migrate import migrate


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[apsw.Connection]:
    opened = apsw.Connection(str(tmp_path / "central.db"))
    yield opened
    opened.close()


def a_migration(name: str, sql: str) -> Migration:
    phase = Phase(name.split("_")[1])
    return Migration(name, phase, sql, sha256(sql.encode()).hexdigest())


ONE = a_migration("0001_pre_one", "CREATE TABLE one (id INTEGER PRIMARY KEY) STRICT;")
TWO = a_migration("0002_pre_two", "ALTER TABLE one ADD COLUMN name TEXT; INSERT INTO one VALUES (1, 'a');")
THREE = a_migration("0003_post_three", "ALTER TABLE one DROP COLUMN name;")


def tables(connection: apsw.Connection) -> dict[str, str]:
    return {str(name): str(sql) for name, sql in connection.execute("SELECT name, sql FROM sqlite_schema")}


def test_what_is_missing_runs_once_in_order(connection: apsw.Connection) -> None:
    assert migrate(connection, 5, migrations=[ONE]) == ["0001_pre_one"]
    assert migrate(connection, 6, migrations=[ONE, TWO, THREE]) == ["0002_pre_two", "0003_post_three"]
    assert migrate(connection, 7, migrations=[ONE, TWO, THREE]) == []
    assert connection.execute("SELECT * FROM one").fetchall() == [(1,)]
    assert connection.execute("SELECT name, applied_ms FROM migration ORDER BY name").fetchall() == [
        ("0001_pre_one", 5),
        ("0002_pre_two", 6),
        ("0003_post_three", 6),
    ]


def test_post_migrations_wait_and_hold_back_what_comes_after(connection: apsw.Connection) -> None:
    four = a_migration("0004_pre_four", "CREATE TABLE four (id INTEGER) STRICT;")
    steps = [ONE, TWO, THREE, four]
    assert migrate(connection, 5, migrations=steps, phases=[Phase.PRE]) == ["0001_pre_one", "0002_pre_two"]
    assert connection.execute("SELECT name FROM one").get == "a", "the last release still reads it"
    assert migrate(connection, 6, migrations=steps) == ["0003_post_three", "0004_pre_four"]


def test_a_failing_migration_leaves_nothing_of_itself(connection: apsw.Connection) -> None:
    broken = a_migration(
        "0002_pre_broken", "CREATE TABLE two (id INTEGER) STRICT; INSERT INTO nowhere VALUES (1);"
    )
    with pytest.raises(apsw.SQLError):
        migrate(connection, 5, migrations=[ONE, broken])
    assert "two" not in tables(connection)
    assert migrate(connection, 6, migrations=[ONE, TWO]) == ["0002_pre_two"]


def test_an_edited_migration_is_refused(connection: apsw.Connection) -> None:
    migrate(connection, 5, migrations=[ONE, TWO])
    edited = replace(ONE, sql=ONE.sql + " -- edited", sha256=sha256(b"edited").hexdigest())
    before = tables(connection)
    with pytest.raises(DatabaseRefused, match="0001_pre_one was edited"):
        migrate(connection, 6, migrations=[edited, TWO, THREE])
    assert tables(connection) == before


def test_a_database_of_a_newer_release_is_refused(connection: apsw.Connection) -> None:
    migrate(connection, 5, migrations=[ONE, TWO])
    with pytest.raises(DatabaseRefused, match=r"newer release wrote it \(migration 0002_pre_two\)"):
        migrate(connection, 6, migrations=[ONE])


async def test_a_store_of_a_newer_release_does_not_open_and_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "central.db"
    store = await open_store(f"sqlite:///{path}")
    await store.close()
    connection = apsw.Connection(str(path))
    connection.execute("INSERT INTO migration VALUES ('9999_pre_future', 'x', 1)")
    before = tables(connection)
    with pytest.raises(DatabaseRefused, match="9999_pre_future"):
        await open_store(f"sqlite:///{path}")
    assert tables(connection) == before
    connection.close()


@pytest.mark.parametrize("names", [["0001_pre_a.sql", "0001_pre_c.sql"], ["0001_a.sql"], ["0001_mid_a.sql"]])
def test_files_with_one_number_twice_or_wrong_names_are_a_bug(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        (tmp_path / name).write_text("SELECT 1;")
    with pytest.raises(AssertionError):
        load(tmp_path)


def test_every_table_of_the_schema_is_strict_and_without_rowid(connection: apsw.Connection) -> None:
    migrate(connection, 5)
    rows = connection.execute(
        "SELECT name, strict, wr FROM pragma_table_list WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    assert len(rows) > 20
    assert [name for name, strict, without_rowid in rows if not (strict and without_rowid)] == []
