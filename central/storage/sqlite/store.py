"""`SqliteStore`: the storage interface on one SQLite file."""

import asyncio
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import apsw

from central.storage.async_verbs.store import VerbStore, utc_ms
from central.storage.base import DatabaseRefused
from central.storage.execution.threads import RunTurn
from central.storage.sqlite.checkpoint import Checkpointer
from central.storage.sqlite.connection import FILE_MODE, open_reader, open_writer, sync_directory
from central.storage.sqlite.engine import Readers, Writer
from central.storage.sqlite.migrate import migrate
from central.storage.sqlite.turn import Turn
from loyalty.limits.storage import (
    GROUP_COMMIT_MAX,
    STORE_LONG_READERS,
    STORE_QUEUE_MAX,
    STORE_READ_BATCH_MAX,
    STORE_READ_QUEUE_MAX,
    STORE_SHORT_READERS,
)


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
        self._turn = connections.turn
        self._checkpointer: Checkpointer | None = None
        if connections.checkpointer is not None:
            self._checkpointer = Checkpointer(connections.writer, connections.checkpointer)
        self._writer = Writer(
            [connections.writer],
            self._followers.wake,
            turn=connections.turn,
            queue_max=queue_max,
            batch_max=batch_max,
            run_turn=run_turn,
        )
        self._readers = Readers(
            "store-reader",
            connections.readers[:STORE_SHORT_READERS],
            queue_max=STORE_READ_QUEUE_MAX,
            take_max=STORE_READ_BATCH_MAX,
            run_turn=run_turn,
        )
        self._scanners = Readers(
            "store-scanner",
            connections.readers[STORE_SHORT_READERS:],
            queue_max=STORE_READ_QUEUE_MAX,
            take_max=1,
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
        """As `VerbStore.close`; the checkpointer's connection goes before the writer's."""
        if self._checkpointer is not None:
            await asyncio.to_thread(self._checkpointer.close)
        await super().close()
        self._turn.close()

    # The whole store

    async def copy_into(self, path: Path) -> None:
        """Write a consistent copy to a new file, readable by its owner alone.

        Raises: DatabaseRefused: the file exists or cannot be written.
        """
        await asyncio.to_thread(_copy, self._path, path)


@dataclass(frozen=True, slots=True)
class _Connections:
    turn: Turn
    writer: apsw.Connection
    checkpointer: apsw.Connection | None
    """None: SQLite's own checkpoints, where no thread may decide any order."""
    readers: Sequence[apsw.Connection]


def _open_connections(path: Path, now_ms: int, *, has_threads: bool) -> _Connections:
    writer = open_writer(path)
    try:
        migrate(writer, now_ms)
        # Statements of many rows note what they change, to take it back alone: not in files, batch by batch.
        writer.execute("PRAGMA temp_store = MEMORY")
    except BaseException:
        writer.close()
        raise
    if has_threads:
        readers = [open_reader(path) for _ in range(STORE_SHORT_READERS + STORE_LONG_READERS)]
    else:  # nothing reads at the same time: short and long reads take one connection by turns
        readers = [open_reader(path)] * (STORE_SHORT_READERS + 1)
    checkpointer = open_writer(path) if has_threads else None
    return _Connections(Turn(path), writer, checkpointer, readers)


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
