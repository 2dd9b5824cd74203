"""Snapshots and units on a psycopg cursor."""

from collections.abc import Sequence
from typing import Any

import psycopg

from central.storage.postgres.dialect import ColumnTypes, ManyRows, for_many, translate
from central.storage.unit import Bindings, Row, Snapshot, Unit

Cursor = psycopg.Cursor[Row]


class Statements:
    """The statements of a store, translated once; lives as long as the store."""

    def __init__(self, types: ColumnTypes) -> None:
        self._types = types
        self._many: dict[str, ManyRows | None] = {}

    def for_many(self, sql: str) -> ManyRows | None:
        """See `dialect.for_many`."""
        if sql not in self._many:
            self._many[sql] = for_many(sql, self._types)
        return self._many[sql]


class PostgresSnapshot(Snapshot):
    """What is read inside the connection's open transaction."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor

    def all(self, sql: str, bindings: Bindings) -> list[Row]:
        return self._cursor.execute(translate(sql).encode(), bindings).fetchall()


class PostgresUnit(PostgresSnapshot, Unit):
    """What is written inside the connection's open savepoint."""

    def __init__(self, cursor: Cursor, statements: Statements) -> None:
        PostgresSnapshot.__init__(self, cursor)
        Unit.__init__(self)
        self._statements = statements

    def run(self, sql: str, bindings: Bindings) -> int:
        return self._cursor.execute(translate(sql).encode(), bindings).rowcount

    def run_each(self, sql: str, rows: Sequence[Bindings]) -> None:
        many = self._statements.for_many(sql) if len(rows) > 1 else None
        if many is not None:
            lists: dict[str, list[Any]] = {name: [row[name] for row in rows] for name in many.names}
            self._cursor.execute(many.sql.encode(), lists)
        elif len(rows) == 1:
            self._cursor.execute(translate(sql).encode(), rows[0])
        elif rows:
            self._cursor.executemany(translate(sql).encode(), rows)

    def one_each(self, sql: str, rows: Sequence[Bindings]) -> list[Row | None]:
        if len(rows) == 1:
            return [self.one(sql, rows[0])]
        if not rows:
            return []
        cursor = self._cursor
        cursor.executemany(translate(sql).encode(), rows, returning=True)
        found = [cursor.fetchone()]
        while cursor.nextset():
            found.append(cursor.fetchone())
        return found
