"""The two engines of a SQLite store: one writer thread with group commit, and a pool of reader threads."""

from collections.abc import Callable, Iterable, Sequence

import apsw
import structlog

from central.storage.base import GuardFailed, StoreBusy, StoreFailed
from central.storage.execution.batches import REFERRED_MUST_EXIST, Outcome, Work, run_batch
from central.storage.execution.threads import Job, RunTurn, Threads, WriterThreads
from central.storage.sqlite.turn import Turn
from central.storage.sqlite.unit import SharedSnapshot, SqliteUnit

log = structlog.get_logger(__name__)

_DISK_TROUBLE = (
    apsw.FullError,
    apsw.IOError,
    apsw.ReadOnlyError,
    apsw.CantOpenError,
    apsw.NoMemError,
    apsw.CorruptError,
    apsw.NotADBError,
)


class Writer(WriterThreads[apsw.Connection]):
    """The one writer: many verbs per fsync, each answered only after it.

    A batch is one transaction with a savepoint per verb behind the first: a failing verb rolls back alone.
    When the COMMIT fails, nothing of the batch happened and everybody is told so. Other processes may write
    to the file: `turn` lets each begin after the other.
    """

    def __init__(
        self,
        connections: Iterable[apsw.Connection],
        on_commit: Callable[[set[str]], None],
        *,
        turn: Turn,
        queue_max: int,
        batch_max: int,
        run_turn: RunTurn | None = None,
    ) -> None:
        self._turn = turn
        super().__init__(connections, on_commit, queue_max=queue_max, batch_max=batch_max, run_turn=run_turn)

    def _work(self, connection: apsw.Connection, jobs: Sequence[Job]) -> None:
        groups: set[str] = set()
        try:
            with self._turn:
                connection.execute("BEGIN IMMEDIATE")
            outcomes, groups = run_batch(_SqliteSession(connection), [job.work for job in jobs])
            connection.execute("COMMIT")
        except Exception as error:  # the boundary of the batch: whoever waits is told
            log.exception("store.batch_failed", verbs=len(jobs))
            _roll_back(connection)
            groups = set()
            outcomes = [Outcome(error=_for_batch(error)) for _ in jobs]
        self._changed.append(groups)
        self._hand_over(jobs, outcomes)


class Readers(Threads[apsw.Connection]):
    """Reader threads, one read-only connection each; a verb sees one state.

    Verbs that wait together share one transaction, up to `take_max`: it begins after all of them were asked
    for, so each still sees every commit that was answered before. Long reads get readers with a `take_max`
    of 1, so that nobody waits behind them.
    """

    def _work(self, connection: apsw.Connection, jobs: Sequence[Job]) -> None:
        snapshot = SharedSnapshot(connection)
        outcomes: list[Outcome] = []
        for job in jobs:
            if not connection.in_transaction:  # the first of a batch, or trouble ended the transaction
                snapshot = SharedSnapshot(connection)
            outcomes.append(_run_reading(connection, snapshot, job.work))
        _roll_back(connection)
        self._hand_over(jobs, outcomes)


def _run_reading(connection: apsw.Connection, snapshot: SharedSnapshot, work: Work) -> Outcome:
    try:
        if not connection.in_transaction:
            connection.execute("BEGIN")
        return Outcome(work.run(snapshot))
    except Exception as error:  # the boundary of the verb: its caller gets the error
        return Outcome(error=_translated(error))


class _SqliteSession:
    """See `central.storage.execution.batches.Session`.

    The first verb of a transaction needs no savepoint: taking it back is taking back all. SQLite copies every
    page that is changed after a savepoint, for the case that it is taken back.
    """

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._has_kept = False
        """Whether the transaction holds what another verb must not take back."""

    def unit(self) -> SqliteUnit:
        return SqliteUnit(self._connection)

    def set_savepoint(self) -> None:
        if self._has_kept:
            self._connection.execute("SAVEPOINT verb")

    def release(self) -> None:
        if self._has_kept:
            self._connection.execute("RELEASE verb")
        self._has_kept = True

    def undo(self, error: Exception) -> None:
        """SQLite rolls the whole transaction back by itself on some disk errors."""
        if not self._connection.in_transaction:
            raise error
        if self._has_kept:
            self._connection.execute("ROLLBACK TO verb")
            self._connection.execute("RELEASE verb")
        else:
            self._connection.execute("ROLLBACK")
            self._connection.execute("BEGIN IMMEDIATE")

    def translated(self, error: Exception) -> Exception:
        return _translated(error)


def _roll_back(connection: apsw.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def _for_batch(error: Exception) -> Exception:
    """One new error per waiting caller: a shared one would collect all their tracebacks."""
    told = StoreBusy() if isinstance(error, apsw.BusyError) else StoreFailed()
    told.__cause__ = error
    return told


def _translated(error: Exception) -> Exception:
    """What SQLite says in the words of the storage interface; anything else is a bug and stays as it is."""
    told: Exception
    if (
        isinstance(error, apsw.ConstraintError)
        and getattr(error, "extendedresult", 0) == apsw.SQLITE_CONSTRAINT_FOREIGNKEY
    ):
        told = GuardFailed(guard=REFERRED_MUST_EXIST)
    elif isinstance(error, _DISK_TROUBLE):
        told = StoreFailed()
    elif isinstance(error, apsw.BusyError):
        told = StoreBusy()
    else:
        return error
    told.__cause__ = error
    return told
