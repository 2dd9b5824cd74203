"""The two engines of a SQLite store: one writer thread with group commit, and a pool of reader threads."""

import asyncio
import contextlib
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import apsw
import structlog

from central.storage.base import GuardFailed, StoreBusy, StoreFailed
from central.storage.sqlite.unit import SqliteSnapshot, SqliteUnit
from central.storage.unit import Snapshot, Unit

log = structlog.get_logger(__name__)

T = TypeVar("T")
WorkT = TypeVar("WorkT")

_DISK_TROUBLE = (
    apsw.FullError,
    apsw.IOError,
    apsw.ReadOnlyError,
    apsw.CantOpenError,
    apsw.NoMemError,
    apsw.CorruptError,
    apsw.NotADBError,
)


@dataclass(frozen=True, slots=True)
class _Job(Generic[WorkT]):
    work: WorkT
    answer: "asyncio.Future[Any]"


@dataclass(frozen=True, slots=True)
class _Outcome:
    value: Any = None
    error: Exception | None = None


RunTurn = Callable[[Callable[[], None]], None]
"""Runs one turn of work later, on the event loop."""


class _Threads(Generic[WorkT]):
    """Threads that serve one bounded queue of jobs for one event loop.

    With `run_turn` there are none: each job asks for one turn on the first connection, so that whoever owns
    the event loop decides all order (tools/simulation).
    """

    def __init__(
        self,
        name: str,
        connections: Iterable[apsw.Connection],
        queue_max: int,
        run_turn: RunTurn | None = None,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue: queue.SimpleQueue[_Job[WorkT] | None] = queue.SimpleQueue()
        self._queue_max = queue_max
        self._answers: deque[tuple[asyncio.Future[Any], _Outcome]] = deque()
        self._is_loop_called = False
        self._is_closing = False
        self._run_turn = run_turn
        self._connections = list(connections)
        self._threads = [
            threading.Thread(target=self._serve, args=(connection,), name=f"{name}-{number}", daemon=True)
            for number, connection in enumerate(self._connections if run_turn is None else ())
        ]
        for thread in self._threads:
            thread.start()

    async def submit(self, work: WorkT) -> Any:
        """Queue `work` and wait for its answer.

        Raises: StoreBusy: the queue is full or the store is closing. StoreFailed: a thread has died.
        """
        job = _Job(work, self._loop.create_future())
        if self._is_closing:
            raise StoreBusy
        if not self.is_alive():
            raise StoreFailed
        if self._queue.qsize() >= self._queue_max:  # only this loop adds to it
            raise StoreBusy
        self._queue.put(job)
        if self._run_turn is not None:
            self._run_turn(self._take_turn)
        return await job.answer

    def is_alive(self) -> bool:
        """Whether every thread still serves."""
        return not self._is_closing and all(thread.is_alive() for thread in self._threads)

    def depth(self) -> int:
        """Jobs that wait now."""
        return self._queue.qsize()

    async def close(self) -> None:
        """Finish what is queued, then end the threads and their connections."""
        if not self._is_closing:
            self._is_closing = True
            await asyncio.to_thread(self._stop)

    def _stop(self) -> None:
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            thread.join()
        if self._run_turn is not None:
            while not self._queue.empty():
                self._take_turn()
            for connection in self._connections:
                connection.close()

    def _serve(self, connection: apsw.Connection) -> None:
        while (job := self._queue.get()) is not None:
            self._work(connection, job)
        connection.close()

    def _take_turn(self) -> None:
        """Do what a thread does once; an earlier turn may have taken the job along."""
        with contextlib.suppress(queue.Empty):
            job = self._queue.get_nowait()
            assert job is not None, "only threads are told to end"
            self._work(self._connections[0], job)

    def _work(self, connection: apsw.Connection, job: _Job[WorkT]) -> None:
        raise NotImplementedError

    def _batch_from(self, job: _Job[WorkT], most: int) -> list[_Job[WorkT]]:
        """A job and those that wait behind it."""
        batch = [job]
        with contextlib.suppress(queue.Empty):
            while len(batch) < most:
                more = self._queue.get_nowait()
                if more is None:  # told to end: after this batch
                    self._queue.put(None)
                    break
                batch.append(more)
        return batch

    def _hand_over(self, answers: Iterable[tuple["asyncio.Future[Any]", _Outcome]]) -> None:
        """From a thread: leave outcomes for the event loop and wake it, unless it is on its way already."""
        self._answers.extend(answers)
        if not self._is_loop_called:
            self._is_loop_called = True
            with contextlib.suppress(RuntimeError):  # the loop ended: nobody waits for an answer any more
                self._loop.call_soon_threadsafe(self._answer_all)

    def _answer_all(self) -> None:
        """On the event loop: hand outcomes to those who still wait."""
        self._is_loop_called = False  # before looking: what comes later calls again
        while self._answers:
            future, outcome = self._answers.popleft()
            if future.done():
                continue
            if outcome.error is None:
                future.set_result(outcome.value)
            else:
                future.set_exception(outcome.error)


class Writer(_Threads[Callable[[Unit], Any]]):
    """The one writer: many verbs per fsync, each answered only after it.

    A batch is one transaction with a savepoint per verb: a failing verb rolls back alone. When the COMMIT
    fails, nothing of the batch happened and everybody is told so.
    """

    def __init__(
        self,
        connection: apsw.Connection,
        on_commit: Callable[[set[str]], None],
        *,
        queue_max: int,
        batch_max: int,
        run_turn: RunTurn | None = None,
    ) -> None:
        self._on_commit = on_commit
        self._batch_max = batch_max
        self._changed: deque[set[str]] = deque()
        super().__init__("store-writer", [connection], queue_max, run_turn)

    def _work(self, connection: apsw.Connection, job: _Job[Callable[[Unit], Any]]) -> None:
        self._run_batch(connection, self._batch_from(job, self._batch_max))

    def _run_batch(self, connection: apsw.Connection, batch: list[_Job[Callable[[Unit], Any]]]) -> None:
        groups: set[str] = set()
        try:
            connection.execute("BEGIN IMMEDIATE")
            outcomes = [_run_in_savepoint(connection, job.work, groups) for job in batch]
            connection.execute("COMMIT")
        except Exception as error:  # the boundary of the batch: whoever waits is told
            log.exception("store.batch_failed", verbs=len(batch))
            _roll_back(connection)
            groups = set()
            outcomes = [_Outcome(error=_for_batch(error)) for _ in batch]
        self._changed.append(groups)
        self._hand_over(zip((job.answer for job in batch), outcomes, strict=True))

    def _answer_all(self) -> None:
        super()._answer_all()
        groups: set[str] = set()
        while self._changed:
            groups |= self._changed.popleft()
        if groups:
            self._on_commit(groups)


class Readers(_Threads[Callable[[Snapshot], Any]]):
    """Reader threads, one read-only connection each; a verb sees one state.

    Verbs that wait together share one transaction, up to `batch_max`: it begins after all of them were asked
    for, so each still sees every commit that was answered before. Long reads get readers with a `batch_max`
    of 1, so that nobody waits behind them.
    """

    def __init__(
        self,
        name: str,
        connections: Iterable[apsw.Connection],
        *,
        queue_max: int,
        batch_max: int,
        run_turn: RunTurn | None = None,
    ) -> None:
        self._batch_max = batch_max
        super().__init__(name, connections, queue_max, run_turn)

    def _work(self, connection: apsw.Connection, job: _Job[Callable[[Snapshot], Any]]) -> None:
        batch = self._batch_from(job, self._batch_max)
        outcomes = [_run_reading(connection, job.work) for job in batch]
        _roll_back(connection)
        self._hand_over(zip((job.answer for job in batch), outcomes, strict=True))


def _run_reading(connection: apsw.Connection, work: Callable[[Snapshot], Any]) -> _Outcome:
    try:
        if not connection.in_transaction:  # the first of a batch, or trouble ended the transaction
            connection.execute("BEGIN")
        return _Outcome(work(SqliteSnapshot(connection)))
    except Exception as error:  # the boundary of the verb: its caller gets the error
        return _Outcome(error=_translated(error))


def _run_in_savepoint(connection: apsw.Connection, work: Callable[[Unit], Any], groups: set[str]) -> _Outcome:
    """Run one verb so that its failure leaves its neighbours alone.

    Raises: whatever ended the whole transaction (SQLite rolls back by itself on some disk errors).
    """
    unit = SqliteUnit(connection)
    connection.execute("SAVEPOINT verb")
    try:
        value = work(unit)
        unit.write_events()
    except Exception as error:  # the boundary of the verb: its caller gets the error
        if not connection.in_transaction:
            raise
        connection.execute("ROLLBACK TO verb")
        connection.execute("RELEASE verb")
        return _Outcome(error=_translated(error))
    connection.execute("RELEASE verb")
    groups |= unit.groups
    return _Outcome(value)


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
        told = GuardFailed(guard="That everything it refers to exists (group, shop, article, member, sale)")
    elif isinstance(error, _DISK_TROUBLE):
        told = StoreFailed()
    elif isinstance(error, apsw.BusyError):
        told = StoreBusy()
    else:
        return error
    told.__cause__ = error
    return told
