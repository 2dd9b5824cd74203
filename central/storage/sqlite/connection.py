"""Opening database files: modes, durability, and the safe way into WAL."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

import apsw

from central.storage.base import DatabaseRefused
from central.storage.sqlite.migrate import refuse_foreign
from loyalty.limits.storage import STORE_BUSY_WAIT_MS, STORE_CACHE_KIB

FILE_MODE = 0o600
_UNLOCKED = apsw.SQLITE_OPEN_NOMUTEX
"""Each connection serves one thread at a time: SQLite need not lock it for every value it hands out."""
_STATEMENTS_CACHED = 512
"""As many as apsw can keep, counted in executions: each takes the place of the one that ran so many before.
A batch of sales moves hundreds of balances, and with fewer places it forgets all others meanwhile."""


def count_no_memory() -> None:
    """For a process that serves: from now on SQLite counts no memory, for which each allocation takes a lock.

    Only before the first connection: with one open, all stays as it is.
    """
    if not apsw.connections():
        apsw.shutdown()
        apsw.config(apsw.SQLITE_CONFIG_MEMSTATUS, False)
        apsw.initialize()


def open_writer(path: Path) -> apsw.Connection:
    """Open (or make) the database file for its one writing connection: WAL, every commit synced.

    Raises: DatabaseRefused: no such directory, no right to the file, or it is no database.
    """
    try:
        _make_private_file(path)
        connection = apsw.Connection(
            str(path),
            flags=apsw.SQLITE_OPEN_READWRITE | _UNLOCKED,
            statementcachesize=_STATEMENTS_CACHED,
        )
    except (OSError, apsw.CantOpenError) as error:
        raise DatabaseRefused(
            why=f"{path} cannot be opened ({error}). Check the path and its rights."
        ) from error
    try:
        _settle(connection)
        refuse_foreign(connection)
        if _pragma(connection, "journal_mode") != "wal":
            _convert_to_wal(connection, path)
        connection.execute("PRAGMA synchronous = FULL")
    except DatabaseRefused:
        connection.close()
        raise
    except (apsw.NotADBError, apsw.CorruptError) as error:
        connection.close()
        raise DatabaseRefused(why=f"{path} is not an intact SQLite database. Restore a backup.") from error
    except apsw.BusyError as error:
        connection.close()
        raise DatabaseRefused(
            why=f"{path} is locked by another process. Stop it, then start again."
        ) from error
    return connection


def open_reader(path: Path) -> apsw.Connection:
    """Open a connection that cannot write."""
    connection = apsw.Connection(
        str(path),
        flags=apsw.SQLITE_OPEN_READONLY | _UNLOCKED,
        statementcachesize=_STATEMENTS_CACHED,
    )
    _settle(connection)
    return connection


def sync_directory(directory: Path) -> None:
    """Make the names in a directory durable."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _make_private_file(path: Path) -> None:
    """Make the file where there is none. SQLite gives its -wal and -shm files the mode of the database file.

    A database is never opened and closed past SQLite: POSIX takes away all locks that this process has on a
    file when any of its descriptors is closed. The next program that looks into it then believes to be the
    last, and deletes the WAL under us. So the file is made under another name, closed, and then gets its own.
    """
    if path.exists():
        return
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE_MODE))
    try:
        with suppress(FileExistsError):  # somebody else was quicker
            os.link(beside, path)
    finally:
        beside.unlink()


def _settle(connection: apsw.Connection) -> None:
    connection.set_busy_timeout(STORE_BUSY_WAIT_MS)
    connection.config(apsw.SQLITE_DBCONFIG_DQS_DML, 0)
    connection.config(apsw.SQLITE_DBCONFIG_DQS_DDL, 0)
    connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
    # Plans do not follow what is bound: else a statement with a bound limit is planned anew whenever it runs.
    connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA cache_size = -{STORE_CACHE_KIB}")


def _convert_to_wal(connection: apsw.Connection, path: Path) -> None:
    """Leave DELETE mode so that its journal file is durably gone.

    At `synchronous=FULL` the journal is unlinked without a sync of the directory; after a power cut the stale
    journal can come back and roll the database to empty (seen on a model disk). EXTRA syncs the directory.
    """
    connection.execute("PRAGMA synchronous = EXTRA")
    mode = _pragma(connection, "journal_mode = WAL")
    if mode != "wal":
        raise DatabaseRefused(why=f"{path} lies where SQLite cannot keep a WAL ({mode}). Use a local disk.")
    sync_directory(path.parent)


def _pragma(connection: apsw.Connection, pragma: str) -> object:
    row = connection.execute(f"PRAGMA {pragma}").fetchone()
    return None if row is None else row[0]
