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

_FIND_AMCHECK = """
SELECT n.nspname, (SELECT bool_and(has_function_privilege(p.oid, 'EXECUTE')) FROM pg_proc AS p
    WHERE p.pronamespace = n.oid AND p.proname IN ('bt_index_check', 'verify_heapam'))
FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'amcheck'
"""
_OURS = """
SELECT c.oid::bigint, c.relname, c.relkind::text FROM pg_class AS c LEFT JOIN pg_am AS a ON a.oid = c.relam
WHERE c.relnamespace = current_schema()::regnamespace AND (c.relkind = 'r' OR (c.relkind = 'i'
    AND a.amname = 'btree' AND (SELECT indisvalid FROM pg_index WHERE indexrelid = c.oid)))
ORDER BY c.relname
"""
# amcheck, PostgreSQL's manual F.1: both take a lock that stops neither readers nor writers.
_CHECK_INDEX = "SELECT {}.bt_index_check(%s::oid::regclass, true)"
_CHECK_TABLE = "SELECT msg FROM {}.verify_heapam(%s::oid::regclass) LIMIT 10"


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
        return (
            [f"{table}: {name} was never checked" for table, name in constraints]
            + [f"the index {name} is not whole: REINDEX it" for (name,) in indexes]
            + self._faults_by_amcheck()
        )

    def unchecked(self) -> list[str]:
        found = self._connection.execute(_FIND_AMCHECK).fetchone()
        if found and found[1]:
            return []
        if found:
            return ["indexes beside their tables: let a superuser GRANT EXECUTE on the functions of amcheck"]
        return ["indexes beside their tables: let a superuser run CREATE EXTENSION amcheck, then ask again"]

    def _faults_by_amcheck(self) -> list[str]:
        found = self._connection.execute(_FIND_AMCHECK).fetchone()
        if not found or not found[1]:
            return []
        schema = sql.Identifier(found[0])
        faults = []
        for oid, name, kind in self._connection.execute(_OURS).fetchall():
            if kind == "r":
                told = self._connection.execute(sql.SQL(_CHECK_TABLE).format(schema), [oid]).fetchall()
                faults += [f"the table {name}: {text}" for (text,) in told]
                continue
            try:
                with self._connection.transaction():
                    self._connection.execute(sql.SQL(_CHECK_INDEX).format(schema), [oid])
            except (psycopg.DataError, psycopg.InternalError) as error:
                faults.append(f"the index {name}: {error.diag.message_primary or error}")
        return faults

    def _set_triggers(self, what: str) -> None:
        for table in catalogue():
            changing = sql.SQL("ALTER TABLE {} {} TRIGGER USER")
            self._connection.execute(changing.format(sql.Identifier(table.name), sql.SQL(what)))
