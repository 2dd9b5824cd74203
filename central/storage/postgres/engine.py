"""The engines of a PostgreSQL store: writers that commit many verbs at once, readers, a listener.

A batch belongs to one group and takes the row lock of the group's head first, so that a group has one writer
at a time, whatever the number of processes: the guards of the verbs hold as they do on SQLite, events are
numbered in commit order, and there is nothing to deadlock on (docs/adr/0012).
"""

import selectors
import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import psycopg
import structlog
from psycopg import errors

from central.storage.base import GuardFailed, StoreBusy, StoreFailed
from central.storage.execution.batches import REFERRED_MUST_EXIST, Outcome, Work, run_batch
from central.storage.execution.threads import Job, Threads, WriterThreads
from central.storage.interface.common import TextRefused
from central.storage.postgres.connection import Connection, connect
from central.storage.postgres.link import Link
from central.storage.postgres.unit import Cursor, PostgresSnapshot, PostgresUnit, Statements
from loyalty.limits.storage import STORE_FOLLOW_POLL_S, STORE_TRIES_MAX

log = structlog.get_logger(__name__)

CHANNEL: Final = "officine_events"
_LOCK_GROUP: Final = b"SELECT event_seq FROM group_head WHERE group_id = %s FOR UPDATE"
_LOCK_NAME: Final = b"SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
_BEGIN_READ: Final = b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_OTHERS_IN_THE_WAY = (errors.SerializationFailure, errors.DeadlockDetected)
_BUSY = (*_OTHERS_IN_THE_WAY, errors.LockNotAvailable, errors.QueryCanceled, errors.TooManyConnections)

_SERVER_TROUBLE = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    errors.ReadOnlySqlTransaction,
    errors.DataCorrupted,
    errors.IndexCorrupted,
)


class _CommitUnknown(Exception):
    """The connection was lost while it committed: what was asked for may have happened, or not."""


class Writer(WriterThreads[Link]):
    """Many verbs per COMMIT, each answered only after it; a batch belongs to one group."""

    def __init__(
        self,
        links: Iterable[Link],
        statements: Statements,
        on_commit: Callable[[set[str]], None],
        *,
        queue_max: int,
        batch_max: int,
    ) -> None:
        self._statements = statements
        super().__init__(links, on_commit, queue_max=queue_max, batch_max=batch_max)

    def _serve(self, connection: Link) -> None:
        while True:
            group, jobs = self._queue.take_group(self._take_max)
            if not jobs:
                break
            try:
                self._work(connection, jobs)
            finally:
                self._queue.finish(group)
        connection.close()

    def _work(self, connection: Link, jobs: Sequence[Job]) -> None:
        groups: set[str] = set()
        try:
            outcomes, groups = self._commit(connection, [job.work for job in jobs])
        except Exception as error:  # the boundary of the batch: whoever waits is told
            is_away = isinstance(error, (StoreFailed, psycopg.OperationalError))
            log.error("store.batch_failed", verbs=len(jobs), why=_why(error), exc_info=not is_away)
            connection.roll_back()
            outcomes = [Outcome(error=_for_batch(error)) for _ in jobs]
        self._changed.append(groups)
        self._hand_over(jobs, outcomes)
        if groups:
            _notify(connection, groups)

    def _commit(self, link: Link, works: Sequence[Work]) -> tuple[list[Outcome], set[str]]:
        """Run a batch, again where others were in the way or the connection was lost before the COMMIT."""
        tries = 0
        while True:
            tries += 1
            try:
                return self._try_commit(link, works)
            except (*_OTHERS_IN_THE_WAY, psycopg.OperationalError) as error:
                link.roll_back()
                if tries >= STORE_TRIES_MAX:
                    raise
                log.warning("store.batch_again", verbs=len(works), why=type(error).__name__)

    def _try_commit(self, link: Link, works: Sequence[Work]) -> tuple[list[Outcome], set[str]]:
        cursor = link.cursor()
        cursor.execute(b"BEGIN")
        _lock(cursor, works[0].group)
        outcomes, groups = run_batch(_PostgresSession(cursor, self._statements), works)
        try:
            cursor.execute(b"COMMIT")
        except psycopg.OperationalError as error:
            raise _CommitUnknown from error
        assert cursor.statusmessage == "COMMIT", "the server rolls a broken transaction back without a word"
        return outcomes, groups


class Readers(Threads[Link]):
    """Reader threads, one connection each; a verb is one transaction and sees one state."""

    def _work(self, connection: Link, jobs: Sequence[Job]) -> None:
        (job,) = jobs
        try:
            outcome = Outcome(_read(connection, job.work))
        except Exception as error:  # the boundary of the verb: its caller gets the error
            outcome = Outcome(error=_translated(error))
        connection.roll_back()
        self._hand_over(jobs, [outcome])


class Listener:
    """Hears of other processes' commits, so that followers need not wait for their next look."""

    def __init__(self, url: str, on_heard: Callable[[str], None]) -> None:
        self._url = url
        self._on_heard = on_heard
        self._is_closing = threading.Event()
        self._ended, self._end = socket.socketpair()
        """The one can be read as soon as the other is closed."""
        self._thread = threading.Thread(target=self._listen, name="store-listener", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread and its connection."""
        self._is_closing.set()
        self._end.close()
        self._thread.join()
        self._ended.close()

    def _listen(self) -> None:
        while not self._is_closing.is_set():
            try:
                with connect(self._url) as connection:
                    connection.execute(f"LISTEN {CHANNEL}".encode())
                    self._hear(connection)
            except Exception as error:  # followers look by themselves until the server is back
                log.warning("store.not_listening", why=type(error).__name__)
                self._is_closing.wait(STORE_FOLLOW_POLL_S)

    def _hear(self, connection: Connection) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(connection.fileno(), selectors.EVENT_READ)
            selector.register(self._ended, selectors.EVENT_READ)
            while not self._is_closing.is_set():
                for heard in connection.notifies(timeout=0):
                    self._on_heard(heard.payload)
                selector.select()


class _PostgresSession:
    """See `central.storage.execution.batches.Session`."""

    def __init__(self, cursor: Cursor, statements: Statements) -> None:
        self._cursor = cursor
        self._statements = statements

    def unit(self) -> PostgresUnit:
        return PostgresUnit(self._cursor, self._statements)

    def set_savepoint(self) -> None:
        self._cursor.execute(b"SAVEPOINT verb")

    def release(self) -> None:
        self._cursor.execute(b"RELEASE SAVEPOINT verb")

    def undo(self, error: Exception) -> None:
        if isinstance(error, _OTHERS_IN_THE_WAY) or self._cursor.connection.broken:
            raise error
        self._cursor.execute(b"ROLLBACK TO SAVEPOINT verb")
        self._cursor.execute(b"RELEASE SAVEPOINT verb")

    def translated(self, error: Exception) -> Exception:
        return _translated(error)


def _lock(cursor: Cursor, group: str) -> None:
    """Let nobody else write to a group until this transaction ends; one that is not there yet by its name."""
    if cursor.execute(_LOCK_GROUP, [group]).fetchone() is None:
        cursor.execute(_LOCK_NAME, [group])
        cursor.execute(_LOCK_GROUP, [group])


def _read(link: Link, work: Work) -> object:
    """Read in one snapshot; a connection that the server closed meanwhile is made anew once."""
    try:
        cursor = link.cursor()
        cursor.execute(_BEGIN_READ)
    except psycopg.OperationalError:
        link.close()
        cursor = link.cursor()
        cursor.execute(_BEGIN_READ)
    return work.run(PostgresSnapshot(cursor))


def _notify(link: Link, groups: Iterable[str]) -> None:
    """Wake the followers of other processes, in a transaction of its own: NOTIFY in a durable one makes all
    commits of the server queue up. A lost call is no harm: followers look by themselves too.
    """
    try:
        for group_id in groups:
            link.cursor().execute(b"SELECT pg_notify(%s, %s)", [CHANNEL, group_id])
    except (psycopg.Error, StoreFailed) as error:
        log.warning("store.not_notified", why=type(error).__name__)
        link.roll_back()


def _why(error: Exception) -> str:
    """The error's kind and its cause's, for the log; drivers' texts may hold values."""
    cause = error.__cause__
    return type(error).__name__ if cause is None else f"{type(error).__name__}: {type(cause).__name__}"


def _for_batch(error: Exception) -> Exception:
    """One new error per waiting caller: a shared one would collect all their tracebacks."""
    told = StoreBusy() if isinstance(error, _BUSY) else StoreFailed()
    told.__cause__ = error
    return told


def _translated(error: Exception) -> Exception:
    """What the server says in the words of the storage interface; anything else is a bug and stays."""
    told: Exception
    if isinstance(error, errors.ForeignKeyViolation):
        told = GuardFailed(guard=REFERRED_MUST_EXIST)
    elif isinstance(error, (errors.CharacterNotInRepertoire, errors.UntranslatableCharacter)):
        told = TextRefused()
    elif isinstance(error, _BUSY):
        told = StoreBusy()
    elif isinstance(error, _SERVER_TROUBLE):
        told = StoreFailed()
    else:
        return error
    told.__cause__ = error
    return told
