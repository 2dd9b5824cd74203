"""What a copy needs of a database, and how SQLite does it."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

import apsw

from central.storage.interface.common import DatabaseRefused
from central.storage.migrations import load, refuse_strangers
from central.storage.sqlite.connection import open_reader, open_writer
from central.storage.sqlite.migrate import DIRECTORY, migrate, recorded_in, refuse_foreign
from central.storage.transfer.catalogue import Table, catalogue

Row = tuple[Any, ...]


class Side(Protocol):
    """A database as rows."""

    @property
    def name(self) -> str:
        """What a person knows it by; no password."""
        ...

    def close(self) -> None: ...
    def missing(self) -> list[str]:
        """Migrations of this release that have not run on it.

        Raises: DatabaseRefused: not ours, newer, or edited.
        """
        ...

    def migrate(self, now_ms: int) -> list[str]:
        """Make the schema, or bring it up to date; what ran now."""
        ...

    def reading(self) -> AbstractContextManager[None]:
        """All reads inside see one state."""
        ...

    def rows(self, table: Table) -> Iterator[Row]:
        """All rows by their key, byte by byte."""
        ...

    def count(self, table: Table) -> int: ...
    def loading(self) -> AbstractContextManager[None]:
        """Everything loaded inside, or nothing; triggers look away, for rows bring what they made."""
        ...

    def load(self, table: Table, rows: Iterable[Row]) -> None: ...
    def faults(self) -> list[str]:
        """What is broken in its files, in its indexes or between its tables, by the engine's own check."""
        ...

    def unchecked(self) -> list[str]:
        """What `faults` could not look at here, and how it could."""
        ...


def select(table: Table) -> str:
    """The statement that reads a table by its key."""
    columns = ", ".join(f'"{column}"' for column in table.columns)
    return f'SELECT {columns} FROM "{table.name}" ORDER BY {", ".join(table.key)}'  # noqa: S608


class SqliteSide:
    """A SQLite file. `may_write` opens it as central does, and makes it where it is not there."""

    def __init__(self, path: Path, *, may_write: bool) -> None:
        if not may_write and not path.is_file():
            raise DatabaseRefused(why=f"{path} does not exist. Name an existing file.")
        self._path = path
        try:
            self._connection = open_writer(path) if may_write else open_reader(path)
            refuse_foreign(self._connection)
        except apsw.Error as error:
            raise DatabaseRefused(why=f"{path} is not an intact SQLite database ({error}).") from error

    @property
    def name(self) -> str:
        return str(self._path)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def copy_file(self, path: Path) -> None:
        """Write a copy of the file as it is, of whatever release."""
        self._connection.execute("VACUUM INTO ?", (str(path),))

    def finish_copy(self) -> None:
        """Leave one file, without a log beside it."""
        self._connection.execute("PRAGMA journal_mode = DELETE")

    def missing(self) -> list[str]:
        known = load(DIRECTORY)
        recorded = recorded_in(self._connection)
        refuse_strangers(recorded, known)
        return [each.name for each in known if each.name not in recorded]

    def migrate(self, now_ms: int) -> list[str]:
        return migrate(self._connection, now_ms)

    @contextmanager
    def reading(self) -> Iterator[None]:
        self._connection.execute("BEGIN")
        try:
            yield
        finally:
            self._connection.execute("ROLLBACK")

    def rows(self, table: Table) -> Iterator[Row]:
        return self._connection.execute(select(table))

    def count(self, table: Table) -> int:
        row = self._connection.execute(f'SELECT count(*) FROM "{table.name}"').fetchone()  # noqa: S608
        assert row is not None
        return int(row[0])

    @contextmanager
    def loading(self) -> Iterator[None]:
        connection = self._connection
        connection.config(apsw.SQLITE_DBCONFIG_ENABLE_TRIGGER, 0)
        try:
            with connection:
                yield
        finally:
            connection.config(apsw.SQLITE_DBCONFIG_ENABLE_TRIGGER, 1)

    def load(self, table: Table, rows: Iterable[Row]) -> None:
        columns = ", ".join(f'"{column}"' for column in table.columns)
        places = ", ".join("?" * len(table.columns))
        self._connection.executemany(
            f'INSERT INTO "{table.name}" ({columns}) VALUES ({places})',  # noqa: S608 -- our own tables
            rows,
        )

    def unchecked(self) -> list[str]:
        return []

    def faults(self) -> list[str]:
        told = [str(text) for (text,) in self._connection.execute("PRAGMA integrity_check")]
        broken = self._connection.execute("PRAGMA foreign_key_check").fetchall()
        return [text for text in told if text != "ok"] + [f"{row[0]} refers to nothing" for row in broken]


def counts(side: Side) -> Mapping[str, int]:
    """How many rows each table has."""
    return {table.name: side.count(table) for table in catalogue()}
