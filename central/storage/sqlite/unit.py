"""Snapshots and units on an apsw connection."""

import functools
import operator
import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import apsw

from central.storage.unit import Bindings, Row, Snapshot, T, Unit
from loyalty.limits.storage import STATEMENTS_KEPT_MAX

_NAME = re.compile(r":(\w+)")
_ONE_ROW = re.compile(
    r"(?P<before>\s*INSERT INTO [^:]*VALUES\s*)\((?P<row>(?:\s*:\w+\s*,)*\s*:\w+\s*)\)(?P<after>[^:]*)",
    re.DOTALL,
)
_ROWS_AT_ONCE = (32, 8, 2)


@functools.lru_cache(maxsize=STATEMENTS_KEPT_MAX)
def _picker_of(sql: str) -> Callable[[Bindings], tuple[Any, ...]]:
    """Picks what a statement binds, in its order: quicker than looking each up by name, row by row.

    Statements are constants, but for conditions over all members: those used last are kept.
    """
    return _picker(dict.fromkeys(_NAME.findall(sql)))


def _picker(names: Iterable[str]) -> Callable[[Bindings], tuple[Any, ...]]:
    names = tuple(names)
    if len(names) < 2:
        return lambda bindings: tuple(bindings[name] for name in names)
    return operator.itemgetter(*names)


@dataclass(frozen=True, slots=True)
class _Many:
    sql: str
    pick: Callable[[Bindings], tuple[Any, ...]]


@functools.cache
def _many_of(sql: str, size: int) -> _Many | None:
    """An INSERT of one row as an INSERT of many; None where it does not come from plain values.

    Each statement costs a call into SQLite, in which another thread may take the interpreter's lock; so few
    statements for a whole batch, and few sizes, so that they stay prepared.
    """
    match = _ONE_ROW.fullmatch(sql)
    if match is None:
        return None
    names = _NAME.findall(match["row"])
    row = f"({', '.join('?' * len(names))})"
    return _Many(f"{match['before']}{', '.join([row] * size)}{match['after']}", _picker(names))


class SqliteSnapshot(Snapshot):
    """What is read inside the connection's open transaction."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def all(self, sql: str, bindings: Bindings) -> list[Row]:
        return self._connection.execute(sql, _picker_of(sql)(bindings)).fetchall()


class SharedSnapshot(SqliteSnapshot):
    """One state that several verbs read from."""

    def __init__(self, connection: apsw.Connection) -> None:
        super().__init__(connection)
        self._read: dict[Hashable, Any] = {}

    def once(self, key: Hashable, read: Callable[[], T]) -> T:
        if key not in self._read:
            self._read[key] = read()
        value: T = self._read[key]
        return value


class SqliteUnit(SqliteSnapshot, Unit):
    """What is written inside the connection's open savepoint; by a first verb, inside its transaction."""

    def __init__(self, connection: apsw.Connection) -> None:
        SqliteSnapshot.__init__(self, connection)
        Unit.__init__(self)

    def run(self, sql: str, bindings: Bindings) -> int:
        self._connection.execute(sql, _picker_of(sql)(bindings))
        return self._connection.changes()

    def run_each(self, sql: str, rows: Sequence[Bindings]) -> None:
        at = 0
        for size in _ROWS_AT_ONCE:
            many = _many_of(sql, size) if len(rows) - at >= size else None
            while many is not None and len(rows) - at >= size:
                values = chain.from_iterable(map(many.pick, rows[at : at + size]))
                self._connection.execute(many.sql, tuple(values))
                at += size
        pick = _picker_of(sql)
        if at < len(rows):
            self._connection.executemany(sql, [pick(row) for row in rows[at:]])

    def one_each(self, sql: str, rows: Sequence[Bindings]) -> list[Row | None]:
        return [self.one(sql, row) for row in rows]
