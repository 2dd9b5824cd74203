"""A PostgreSQL database as rows (see `sides.Side`)."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from central.storage.interface.common import DatabaseRefused
from central.storage.migrations import load, refuse_strangers
from central.storage.postgres.connection import connect, refuse_unsafe
from central.storage.postgres.migrate import DIRECTORY, migrate, recorded_in, refuse_foreign
from central.storage.transfer.catalogue import Table, catalogue
from central.storage.transfer.sides import Row, select

_PAGE_ROWS = 2_000
_NOT_VALID = """
SELECT conrelid::regclass::text, conname FROM pg_constraint
WHERE NOT convalidated AND connamespace = current_schema()::regnamespace
"""
_INDEX_BROKEN = """
SELECT indexrelid::regclass::text FROM pg_index
WHERE NOT indisvalid AND indrelid IN (
    SELECT oid FROM pg_class WHERE relnamespace = current_schema()::regnamespace)
"""


class PostgresSide:
    """A database on a server, over one connection."""

    def __init__(self, url: str) -> None:
        self._parts = conninfo_to_dict(url)
        self._connection = connect(url)
        try:
            refuse_unsafe(self._connection)
        except BaseException:
            self._connection.close()
            raise

    @property
    def name(self) -> str:
        host = self._parts.get("host") or "localhost"
        return f"postgresql://{host}/{self._parts.get('dbname') or ''}"

    def close(self) -> None:
        """Leave the server."""
        self._connection.close()

    def missing(self) -> list[str]:
        known = load(DIRECTORY)
        refuse_foreign(self._connection)
        found = self._connection.execute("SELECT to_regclass('migration')").fetchone()
        recorded = recorded_in(self._connection) if found and found[0] else {}
        refuse_strangers(recorded, known)
        return [each.name for each in known if each.name not in recorded]

    def migrate(self, now_ms: int) -> list[str]:
        return migrate(self._connection, now_ms)

    @contextmanager
    def reading(self) -> Iterator[None]:
        self._connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            yield
        finally:
            self._connection.rollback()

    def rows(self, table: Table) -> Iterator[Row]:
        with self._connection.cursor(name="copy", binary=True) as cursor:
            cursor.itersize = _PAGE_ROWS
            yield from cursor.execute(select(table).encode())

    def count(self, table: Table) -> int:
        counting = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table.name))
        row = self._connection.execute(counting).fetchone()
        assert row is not None
        return int(row[0])

    @contextmanager
    def loading(self) -> Iterator[None]:
        """Foreign keys go on watching: their triggers are the server's, and parents come first."""
        with self._connection.transaction():
            self._set_triggers("DISABLE")
            yield
            self._set_triggers("ENABLE")
        self._connection.execute("ANALYZE")

    def load(self, table: Table, rows: Iterable[Row]) -> None:
        copying = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, table.columns))
        )
        try:
            with self._connection.cursor() as cursor, cursor.copy(copying) as copy:
                for row in rows:
                    copy.write_row(row)
        except psycopg.DataError as error:
            raise DatabaseRefused(why=f"a row of {table.name} does not fit ({error}).") from error

    def faults(self) -> list[str]:
        constraints = self._connection.execute(_NOT_VALID).fetchall()
        indexes = self._connection.execute(_INDEX_BROKEN).fetchall()
        return [f"{table}: {name} was never checked" for table, name in constraints] + [
            f"the index {name} is not whole: REINDEX it" for (name,) in indexes
        ]

    def _set_triggers(self, what: str) -> None:
        for table in catalogue():
            changing = sql.SQL("ALTER TABLE {} {} TRIGGER USER")
            self._connection.execute(changing.format(sql.Identifier(table.name), sql.SQL(what)))
