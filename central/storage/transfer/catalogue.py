"""The tables of this release, as its migrations make them: columns, keys, and who refers to whom."""

from dataclasses import dataclass
from functools import cache

import apsw

from central.storage.sqlite.migrate import migrate

APART = frozenset({"migration"})
"""Each database's own: what ran on it."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `key` names its primary key's columns in order."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]


@cache
def catalogue() -> tuple[Table, ...]:
    """All tables, those that others refer to first."""
    connection = apsw.Connection(":memory:")
    migrate(connection, 0)
    names = [
        str(name)
        for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    ]
    tables = {name: _table(connection, name) for name in names if name not in APART}
    parents = {name: _parents(connection, name) - {name} for name in tables}
    connection.close()
    ordered: list[Table] = []
    while parents:
        free = sorted(name for name, needed in parents.items() if not needed & parents.keys())
        assert free, "no two tables refer to each other"
        ordered += [tables[name] for name in free]
        for name in free:
            del parents[name]
    return tuple(ordered)


def _table(connection: apsw.Connection, name: str) -> Table:
    columns = connection.execute("SELECT name, pk FROM pragma_table_info(?) ORDER BY cid", (name,)).fetchall()
    key = sorted((pk, column) for column, pk in columns if pk)
    return Table(name, tuple(str(column) for column, _ in columns), tuple(str(column) for _, column in key))


def _parents(connection: apsw.Connection, name: str) -> set[str]:
    rows = connection.execute('SELECT "table" FROM pragma_foreign_key_list(?)', (name,))
    return {str(parent) for (parent,) in rows}
