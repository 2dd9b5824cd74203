"""Migrations on PostgreSQL: as on SQLite, and the same schema out of the same names."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from typing import Any

import apsw
import psycopg
import pytest

from central.storage.base import DatabaseRefused
from central.storage.migrations import Migration, Phase, load
from central.storage.opening import open_store
from central.storage.postgres import migrate as on_postgres
from central.storage.postgres.connection import Connection, connect
from central.storage.postgres.migrate import migrate
from central.storage.sqlite import migrate as on_sqlite
from tests.postgres import Server


@pytest.fixture
def address(postgres_server: Server) -> Iterator[str]:
    with postgres_server.empty_database() as made:
        yield made


@pytest.fixture
def connection(address: str) -> Iterator[Connection]:
    with connect(address) as opened:
        yield opened


def a_migration(name: str, sql: str) -> Migration:
    return Migration(name, Phase(name.split("_")[1]), sql, sha256(sql.encode()).hexdigest())


ONE = a_migration("0001_pre_one", "CREATE TABLE one (id BIGINT PRIMARY KEY);")
TWO = a_migration("0002_pre_two", "ALTER TABLE one ADD COLUMN name TEXT; INSERT INTO one VALUES (1, 'a');")
THREE = a_migration("0003_post_three", "ALTER TABLE one DROP COLUMN name;")


def columns(connection: Connection) -> set[Any]:
    rows = connection.execute(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
    )
    return {tuple(row) for row in rows}


def test_what_is_missing_runs_once_in_order_and_post_waits(connection: Connection) -> None:
    steps = [ONE, TWO, THREE]
    assert migrate(connection, 5, migrations=[ONE]) == ["0001_pre_one"]
    assert migrate(connection, 6, migrations=steps, phases=[Phase.PRE]) == ["0002_pre_two"]
    assert connection.execute("SELECT name FROM one").fetchall() == [("a",)], "the last release reads it"
    assert migrate(connection, 7, migrations=steps) == ["0003_post_three"]
    assert migrate(connection, 8, migrations=steps) == []
    applied = connection.execute("SELECT name, applied_ms FROM migration ORDER BY name").fetchall()
    assert [row[1] for row in applied] == [5, 6, 7]


def test_a_failing_migration_leaves_nothing_of_itself(connection: Connection) -> None:
    broken = a_migration("0002_pre_broken", "CREATE TABLE two (id BIGINT); INSERT INTO nowhere VALUES (1);")
    with pytest.raises(psycopg.errors.UndefinedTable):
        migrate(connection, 5, migrations=[ONE, broken])
    assert "two" not in {table for table, _ in columns(connection)}
    assert migrate(connection, 6, migrations=[ONE, TWO]) == ["0002_pre_two"]


def test_an_edited_a_newer_and_a_foreign_database_are_refused_unchanged(
    connection: Connection, postgres_server: Server
) -> None:
    migrate(connection, 5, migrations=[ONE, TWO])
    before = columns(connection)
    edited = replace(ONE, sha256=sha256(b"edited").hexdigest())
    with pytest.raises(DatabaseRefused, match="0001_pre_one was edited"):
        migrate(connection, 6, migrations=[edited, TWO, THREE])
    with pytest.raises(DatabaseRefused, match=r"newer release wrote it \(migration 0002_pre_two\)"):
        migrate(connection, 6, migrations=[ONE])
    assert columns(connection) == before
    with postgres_server.empty_database() as other, connect(other) as foreign:
        foreign.execute("CREATE TABLE recipes (name TEXT)")
        with pytest.raises(DatabaseRefused, match="another program"):
            migrate(foreign, 6)
        assert columns(foreign) == {("recipes", "name")}


async def test_of_many_who_open_one_new_database_at_once_one_makes_the_schema(address: str) -> None:
    known = await asyncio.to_thread(load, on_postgres.DIRECTORY)
    stores = await asyncio.gather(*(open_store(address) for _ in range(6)))
    for store in stores:
        await store.close()
    with connect(address) as connection:
        rows = connection.execute("SELECT count(*), count(DISTINCT name) FROM migration").fetchall()
    assert rows == [(len(known), len(known))]


def test_step_by_step_and_at_once_give_the_same_schema(
    connection: Connection, postgres_server: Server
) -> None:
    known = load(on_postgres.DIRECTORY)
    for number in range(1, len(known) + 1):
        assert migrate(connection, 1, migrations=known[:number]) == [known[number - 1].name]
    with postgres_server.database() as fresh, connect(fresh) as at_once:
        assert _schema(connection) == _schema(at_once)


def test_a_schema_that_one_test_changed_reaches_no_other(postgres_server: Server) -> None:
    with postgres_server.database() as used, connect(used) as one:
        before = _schema(one)
    for change in (
        "ALTER TABLE shop DROP CONSTRAINT shop_pkey CASCADE",
        "ALTER TABLE shop ALTER COLUMN name DROP NOT NULL",
        "ALTER TABLE posting DISABLE TRIGGER ALL",
        "CREATE INDEX another ON shop (name)",
    ):
        with postgres_server.database() as spoilt, connect(spoilt) as one:
            one.execute(change.encode())
        with postgres_server.database() as next_one, connect(next_one) as one:
            assert _schema(one) == before, change
            assert one.execute("SELECT count(*) FROM pg_trigger WHERE tgenabled = 'D'").fetchone() == (0,)


def test_both_engines_have_the_same_migrations_and_the_same_tables(postgres_server: Server) -> None:
    names = [each.name for each in load(on_sqlite.DIRECTORY)]
    assert names == [each.name for each in load(on_postgres.DIRECTORY)]
    file = apsw.Connection(":memory:")
    on_sqlite.migrate(file, 0)
    with postgres_server.database() as address, connect(address) as server:
        assert _tables_of_sqlite(file) == _tables_of_postgres(server)
        assert _indexes_of_sqlite(file) == _indexes_of_postgres(server) - {"token_by_group_and_hash"}
        assert _append_only_of_sqlite(file) == _append_only_of_postgres(server)
    file.close()


def _schema(connection: Connection) -> list[Any]:
    found: list[Any] = []
    for question in (
        "SELECT table_name, column_name, data_type, collation_name, is_nullable, column_default"
        " FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2",
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2",
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
        "SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
        " ORDER BY 1, 2",
    ):
        found.append(connection.execute(question.encode()).fetchall())
    return found


_KINDS = {"TEXT": "text", "INTEGER": "bigint", "BLOB": "bytea"}


def _tables_of_sqlite(connection: apsw.Connection) -> dict[str, set[Any]]:
    names = [str(n) for (n,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    return {
        name: {
            (column, _KINDS[kind], bool(not_null))
            for column, kind, not_null in connection.execute(
                f"SELECT name, type, \"notnull\" FROM pragma_table_info('{name}')"
            )
        }
        for name in names
    }


def _tables_of_postgres(connection: Connection) -> dict[str, set[Any]]:
    rows = connection.execute(
        "SELECT table_name, column_name, data_type, is_nullable = 'NO', collation_name"
        " FROM information_schema.columns WHERE table_schema = 'public'"
    )
    tables: dict[str, set[Any]] = {}
    for table, column, kind, not_null, collation in rows:
        tables.setdefault(table, set()).add((column, kind, not_null))
        assert kind != "text" or collation == "C", f"{table}.{column} would be sorted by language"
    return tables


def _indexes_of_sqlite(connection: apsw.Connection) -> set[str]:
    rows = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL")
    return {str(name) for (name,) in rows}


def _indexes_of_postgres(connection: Connection) -> set[str]:
    rows = connection.execute("SELECT indexname FROM pg_indexes WHERE schemaname = 'public'")
    return {str(name) for (name,) in rows if not str(name).endswith("_pkey")}


def _append_only_of_sqlite(connection: apsw.Connection) -> set[str]:
    rows = connection.execute("SELECT tbl_name, sql FROM sqlite_schema WHERE type = 'trigger'")
    return {str(table) for table, sql in rows if re.search(r"is append-only", str(sql))}


def _append_only_of_postgres(connection: Connection) -> set[str]:
    rows = connection.execute(
        "SELECT t.tgrelid::regclass::text FROM pg_trigger AS t JOIN pg_proc AS p ON p.oid = t.tgfoid"
        " WHERE p.proname = 'refuse_change'"
    )
    return {str(table) for (table,) in rows}
