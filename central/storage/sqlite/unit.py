"""Snapshots and units on an apsw connection."""

import functools
import operator
import re
from collections.abc import Callable, Sequence
from typing import Any

import apsw

from central.storage.unit import Bindings, Row, Snapshot, Unit

_NAME = re.compile(r":(\w+)")


@functools.cache
def _picker_of(sql: str) -> Callable[[Bindings], tuple[Any, ...]]:
    """Picks what a statement binds, in its order: quicker than looking each up by name, row by row.

    Statements are constants; their number is small.
    """
    names = tuple(dict.fromkeys(_NAME.findall(sql)))
    if len(names) < 2:
        return lambda bindings: tuple(bindings[name] for name in names)
    return operator.itemgetter(*names)


class SqliteSnapshot(Snapshot):
    """What is read inside the connection's open transaction."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def all(self, sql: str, bindings: Bindings) -> list[Row]:
        return self._connection.execute(sql, _picker_of(sql)(bindings)).fetchall()


class SqliteUnit(SqliteSnapshot, Unit):
    """What is written inside the connection's open savepoint."""

    def __init__(self, connection: apsw.Connection) -> None:
        SqliteSnapshot.__init__(self, connection)
        Unit.__init__(self)

    def run(self, sql: str, bindings: Bindings) -> int:
        self._connection.execute(sql, _picker_of(sql)(bindings))
        return self._connection.changes()

    def run_each(self, sql: str, rows: Sequence[Bindings]) -> None:
        pick = _picker_of(sql)
        self._connection.executemany(sql, [pick(row) for row in rows])

    def one_each(self, sql: str, rows: Sequence[Bindings]) -> list[Row | None]:
        return [self.one(sql, row) for row in rows]
