"""Snapshots and units on an apsw connection."""

from collections.abc import Sequence

import apsw

from central.storage.unit import Bindings, Row, Snapshot, Unit


class SqliteSnapshot(Snapshot):
    """What is read inside the connection's open transaction."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def all(self, sql: str, bindings: Bindings) -> list[Row]:
        return self._connection.execute(sql, dict(bindings)).fetchall()


class SqliteUnit(SqliteSnapshot, Unit):
    """What is written inside the connection's open savepoint."""

    def __init__(self, connection: apsw.Connection) -> None:
        SqliteSnapshot.__init__(self, connection)
        Unit.__init__(self)

    def run(self, sql: str, bindings: Bindings) -> int:
        self._connection.execute(sql, dict(bindings))
        return self._connection.changes()

    def run_each(self, sql: str, rows: Sequence[Bindings]) -> None:
        self._connection.executemany(sql, [dict(row) for row in rows])

    def one_each(self, sql: str, rows: Sequence[Bindings]) -> list[Row | None]:
        return [self.one(sql, row) for row in rows]
