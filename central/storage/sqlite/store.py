"""`SqliteStore`: the storage interface on one SQLite file."""

import asyncio
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import apsw

from central.storage.base import DatabaseRefused
from central.storage.sqlite.checkpoint import Checkpointer
from central.storage.sqlite.connection import FILE_MODE, open_reader, open_writer, sync_directory
from central.storage.sqlite.engine import Readers, RunTurn, Writer
from central.storage.sqlite.migrate import migrate
from central.storage.unit import Snapshot, Unit
from central.storage.verb_store import VerbStore, utc_ms
from central.storage.verbs import groups
from loyalty.limits import (
    GROUP_COMMIT_MAX,
    STORE_LONG_READERS,
    STORE_QUEUE_MAX,
    STORE_READ_BATCH_MAX,
    STORE_READ_QUEUE_MAX,
    STORE_SHORT_READERS,
)

P = ParamSpec("P")
T = TypeVar("T")


class SqliteStore(VerbStore):
    """See `central.storage.base.Store`. Belongs to the event loop it was opened on."""

    def __init__(
        self,
        path: Path,
        connections: "_Connections",
        *,
        now_ms: Callable[[], int],
        queue_max: int,
        batch_max: int,
        run_turn: RunTurn | None = None,
    ) -> None:
        super().__init__(now_ms)
        self._path = path
        self._checkpointer: Checkpointer | None = None
        if connections.checkpointer is not None:
            self._checkpointer = Checkpointer(connections.writer, connections.checkpointer)
        self._writer = Writer(
            connections.writer,
            self._followers.wake,
            queue_max=queue_max,
            batch_max=batch_max,
            run_turn=run_turn,
        )
        self._readers = Readers(
            "store-reader",
            connections.readers[:STORE_SHORT_READERS],
            queue_max=STORE_READ_QUEUE_MAX,
            batch_max=STORE_READ_BATCH_MAX,
            run_turn=run_turn,
        )
        self._scanners = Readers(
            "store-scanner",
            connections.readers[STORE_SHORT_READERS:],
            queue_max=STORE_READ_QUEUE_MAX,
            batch_max=1,
            run_turn=run_turn,
        )

    @classmethod
    async def open(
        cls,
        path: Path,
        *,
        now_ms: Callable[[], int] = utc_ms,
        queue_max: int = STORE_QUEUE_MAX,
        batch_max: int = GROUP_COMMIT_MAX,
        run_turn: RunTurn | None = None,
    ) -> "SqliteStore":
        """Open or make the database file and bring its schema up to date.

        `now_ms` dates what brings no time of its own: migrations, and changes of a group. `run_turn` takes
        the place of threads where one seed decides all order (tools/simulation).
        Raises: DatabaseRefused.
        """
        return cls(
            path,
            await asyncio.to_thread(_open_connections, path, now_ms(), has_threads=run_turn is None),
            now_ms=now_ms,
            queue_max=queue_max,
            batch_max=batch_max,
            run_turn=run_turn,
        )

    async def close(self) -> None:
        """Finish what is queued and close the file; followers end."""
        self._followers.close()
        await self._readers.close()
        await self._scanners.close()
        if self._checkpointer is not None:
            await asyncio.to_thread(self._checkpointer.close)
        await self._writer.close()

    async def is_ready(self) -> bool:
        """Whether the writer serves and a read comes through."""
        if not all(each.is_alive() for each in (self._writer, self._readers, self._scanners)):
            return False
        await self._read(groups.list_groups)
        return True

    def queue_depth(self) -> int:
        """Writes that wait for the writer now."""
        return self._writer.depth()

    async def _write(self, verb: Callable[Concatenate[Unit, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        value: T = await self._writer.submit(lambda unit: verb(unit, *args, **kwargs))
        return value

    async def _read(
        self, verb: Callable[Concatenate[Snapshot, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        value: T = await self._readers.submit(lambda snapshot: verb(snapshot, *args, **kwargs))
        return value

    async def _scan(
        self, verb: Callable[Concatenate[Snapshot, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        value: T = await self._scanners.submit(lambda snapshot: verb(snapshot, *args, **kwargs))
        return value

    # The whole store

    async def copy_into(self, path: Path) -> None:
        """Write a consistent copy to a new file, readable by its owner alone.

        Raises: DatabaseRefused: the file exists or cannot be written.
        """
        await asyncio.to_thread(_copy, self._path, path)


@dataclass(frozen=True, slots=True)
class _Connections:
    writer: apsw.Connection
    checkpointer: apsw.Connection | None
    """None: SQLite's own checkpoints, where no thread may decide any order."""
    readers: Sequence[apsw.Connection]


def _open_connections(path: Path, now_ms: int, *, has_threads: bool) -> _Connections:
    writer = open_writer(path)
    try:
        migrate(writer, now_ms)
    except BaseException:
        writer.close()
        raise
    readers = [open_reader(path) for _ in range(STORE_SHORT_READERS + STORE_LONG_READERS)]
    return _Connections(writer, open_writer(path) if has_threads else None, readers)


def _copy(source: Path, target: Path) -> None:
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE_MODE))
    except OSError as error:
        raise DatabaseRefused(
            why=f"no copy can be made at {target} ({error.strerror}). Choose a new file name."
        ) from error
    connection = open_reader(source)
    try:
        connection.execute("VACUUM INTO ?", (str(target),))
        sync_directory(target.parent)
    except BaseException:
        target.unlink()
        raise
    finally:
        connection.close()
