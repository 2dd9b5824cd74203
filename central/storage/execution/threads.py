"""The threads of a store: they take what waits, work on a connection each, and answer on the event loop."""

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from central.storage.execution.batches import Outcome, Work
from central.storage.execution.queues import FairQueue
from central.storage.interface.common import StoreBusy, StoreFailed
from loyalty.limits.storage import STORE_QUEUE_GROUPS
from loyalty.values import quick

RunTurn = Callable[[Callable[[], None]], None]
"""Runs one turn of work later, on the event loop."""


@quick
@dataclass(frozen=True, slots=True)
class Job:
    """Work that somebody waits for."""

    work: Work
    answer: "asyncio.Future[Any]"


class _Closing(Protocol):
    def close(self) -> None: ...


ConnectionT = TypeVar("ConnectionT", bound=_Closing)


class Threads(Generic[ConnectionT]):
    """Threads that serve one bounded queue of jobs for one event loop.

    With `run_turn` there are none: each job asks for one turn on the first connection, so that whoever owns
    the event loop decides all order (tools/simulation).
    """

    def __init__(
        self,
        name: str,
        connections: Iterable[ConnectionT],
        *,
        queue_max: int,
        take_max: int = 1,
        run_turn: RunTurn | None = None,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue: FairQueue[Job] = FairQueue(group_max=queue_max, total_max=queue_max * STORE_QUEUE_GROUPS)
        self._take_max = take_max
        self._unsent: list[Job] = []
        self._answers: deque[tuple[asyncio.Future[Any], Outcome]] = deque()
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

    async def submit(self, work: Work) -> Any:
        """Queue `work` and wait for its answer.

        Raises: StoreBusy: the queue is full or the store is closing. StoreFailed: a thread has died.
        """
        if self._is_closing:
            raise StoreBusy
        if not self.is_alive():
            raise StoreFailed
        job = Job(work, self._loop.create_future())
        if self._run_turn is not None:
            self._queue.put(work.group, job)
            self._run_turn(self._take_turn)
        else:
            if not self._unsent:
                self._loop.call_soon(self._send)
            self._unsent.append(job)
        return await job.answer

    def _send(self) -> None:
        """Queue what this turn of the event loop asked for, and wake a thread once for all of it.

        A thread woken for each would begin with the first alone, and take the interpreter's lock from the
        loop that is about to bring the others.
        """
        jobs, self._unsent = self._unsent, []
        with self._queue.adding():
            for job in jobs:
                try:
                    self._queue.put(job.work.group, job)
                except StoreBusy as busy:
                    if not job.answer.done():
                        job.answer.set_exception(busy)

    def is_alive(self) -> bool:
        """Whether every thread still serves."""
        return not self._is_closing and all(thread.is_alive() for thread in self._threads)

    def depth(self) -> int:
        """Jobs that wait now."""
        return self._queue.depth()

    async def close(self) -> None:
        """Finish what is queued, then end the threads and their connections."""
        if not self._is_closing:
            self._is_closing = True
            self._send()
            await asyncio.to_thread(self._stop)

    def _stop(self) -> None:
        self._queue.close()
        for thread in self._threads:
            thread.join()
        if self._run_turn is not None:
            while self._queue.depth():
                self._take_turn()
            for connection in self._connections:
                connection.close()

    def _serve(self, connection: ConnectionT) -> None:
        while jobs := self._queue.take(self._take_max):
            self._work(connection, jobs)
        connection.close()

    def _take_turn(self) -> None:
        """Do what a thread does once; an earlier turn may have taken the job along."""
        if jobs := self._queue.take(self._take_max, may_wait=False):
            self._work(self._connections[0], jobs)

    def _work(self, connection: ConnectionT, jobs: Sequence[Job]) -> None:
        raise NotImplementedError

    def _hand_over(self, jobs: Iterable[Job], outcomes: Iterable[Outcome]) -> None:
        """From a thread: leave outcomes for the event loop and wake it, unless it is on its way already."""
        self._answers.extend(zip((job.answer for job in jobs), outcomes, strict=True))
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


class WriterThreads(Threads[ConnectionT]):
    """Threads that write; `on_commit` hears on the event loop which groups have new events."""

    def __init__(
        self,
        connections: Iterable[ConnectionT],
        on_commit: Callable[[set[str]], None],
        *,
        queue_max: int,
        batch_max: int,
        run_turn: RunTurn | None = None,
    ) -> None:
        self._on_commit = on_commit
        self._changed: deque[set[str]] = deque()
        super().__init__(
            "store-writer", connections, queue_max=queue_max, take_max=batch_max, run_turn=run_turn
        )

    def _answer_all(self) -> None:
        super()._answer_all()
        groups: set[str] = set()
        while self._changed:
            groups |= self._changed.popleft()
        if groups:
            self._on_commit(groups)
