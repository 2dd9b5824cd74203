"""A machine of the simulation: a clock, a disk, tasks; it can go down at any moment and boot again."""

import asyncio
import contextlib
import contextvars
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import aiohttp
import apsw

from tools.faults.model_disk import Image
from tools.simulation.disk import Disks, End, SimDisk
from tools.simulation.loop import OWNER, SimLoop, SimTask
from tools.simulation.trace import Trace

T = TypeVar("T")

SLOW_DISK_PERCENT: Final = 3
ROUNDS_TO_DIE: Final = 50


@dataclass(slots=True)
class Surroundings:
    """What all machines share. `slept_ms`: hours that passed in which nothing happened."""

    loop: SimLoop
    rng: random.Random
    disks: Disks
    trace: Trace
    began_ms: int
    slept_ms: int = 0

    def now_ms(self) -> int:
        """The true time, UTC milliseconds."""
        return self.began_ms + self.slept_ms + int(self.loop.now_s * 1000)


@dataclass(slots=True, eq=False)
class Machine:
    """What dies together. Subclasses boot programs on it."""

    name: str
    around: Surroundings
    contents: Image
    skew_ms: int = 0
    epoch: int = 0
    is_on: bool = False
    connections: list[apsw.Connection] = field(default_factory=list)
    _tasks: dict[SimTask, None] = field(default_factory=dict)
    _open_answers: "dict[asyncio.Future[Any], None]" = field(default_factory=dict)
    _busy_until_s: dict[object, float] = field(default_factory=dict)
    _disk: SimDisk | None = None
    _directory: Any = None
    _down: asyncio.Event = field(default_factory=asyncio.Event)
    _context: contextvars.Context = field(default_factory=contextvars.Context)

    def __post_init__(self) -> None:
        self._context.run(OWNER.set, self)

    def clock(self) -> int:
        """The machine's own wall clock."""
        return self.around.now_ms() + self.skew_ms

    # Going up and down --------------------------------------------------------------------------------------

    def insert_disk(self) -> Any:
        """Power on: the disk as it was left, seen at a new directory."""
        assert not self.is_on
        self._directory, self._disk = self.around.disks.insert(self.contents, self.around.rng)
        self.is_on = True
        self._down.clear()
        return self._directory

    def fail_after(self, changes: int, end: End) -> None:
        """Go down within the n-th change of the disk from now on."""
        if self._disk is not None and self.is_on:
            self._disk.fail_after(changes, end)

    def go_down(self, end: End) -> None:
        """Go down now: tasks end, what had no answer gets none, the disk keeps what it keeps."""
        if not self.is_on:
            return
        assert self._disk is not None
        self.contents = self._disk.fail_now(end)
        self.is_on = False
        self._down.set()
        self.epoch += 1
        self.around.trace.note("down", self.name, end.value, self._disk.changes)
        for answer in tuple(self._open_answers):
            if not answer.done():
                answer.set_exception(aiohttp.ServerDisconnectedError())
        self._open_answers.clear()
        self._busy_until_s.clear()
        self._bury(self._directory, self._disk, ROUNDS_TO_DIE)

    def _bury(self, directory: Any, disk: SimDisk, rounds: int) -> None:
        """Cancelled tasks may take some turns to end; nothing they do leaves the machine any more."""
        for task in tuple(self._tasks):
            task.cancel()
        if rounds == ROUNDS_TO_DIE:
            for connection in self.connections:
                with contextlib.suppress(apsw.ConnectionClosedError):  # the program closed it itself
                    connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
                    connection.close(True)
            self.connections.clear()
            self.around.disks.remove(directory, disk)
        if self._tasks and rounds:
            self.around.loop.call_soon(self._bury_rest, rounds - 1, context=contextvars.Context())

    def _bury_rest(self, rounds: int) -> None:
        if not self.is_on:
            for task in tuple(self._tasks):
                task.cancel()
            if self._tasks and rounds:
                self.around.loop.call_soon(self._bury_rest, rounds - 1, context=contextvars.Context())

    def was_cut(self) -> bool:
        """Whether the disk failed within the work just done; then the machine is down."""
        if self.is_on and self._disk is not None and self._disk.is_cut:
            self.go_down(End.POWER)
        return not self.is_on

    @property
    def is_dead(self) -> bool:
        """Down, and all its tasks have ended."""
        return not self.is_on and not self._tasks

    async def goes_down(self) -> None:
        """Wait for it."""
        await self._down.wait()

    # What programs do on it ---------------------------------------------------------------------------------

    def adopt(self, task: SimTask) -> None:
        """See `loop.Owner`."""
        self._tasks[task] = None
        task.add_done_callback(self._forget)

    def _forget(self, task: Any) -> None:
        self._tasks.pop(task, None)

    def start(self, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        """Run something on this machine."""
        return self.around.loop.create_task(work, context=self._context.copy())

    def answers(self, work: Coroutine[Any, Any, T]) -> "asyncio.Future[T]":
        """Run something on this machine for somebody elsewhere, who learns when the machine goes down."""
        answer: asyncio.Future[T] = self.around.loop.create_future()
        self._open_answers[answer] = None
        task = self.start(work)
        epoch = self.epoch

        def hand_on(done: "asyncio.Task[T]") -> None:
            self._open_answers.pop(answer, None)
            if answer.done() or self.epoch != epoch:
                return
            if done.cancelled():
                answer.set_exception(aiohttp.ServerDisconnectedError())
            elif (error := done.exception()) is not None:
                answer.set_exception(error)
            else:
                answer.set_result(done.result())

        task.add_done_callback(hand_on)
        return answer

    def run_turn(self, turn: Callable[[], None]) -> None:
        """One turn of the store's work, after as long as a disk takes."""
        epoch = self.epoch

        def take() -> None:
            if self.epoch != epoch or not self.is_on:
                return
            turn()
            if not self.was_cut():
                self.after_turn()

        self.around.loop.call_later(self._disk_delay_s(), take)

    def after_turn(self) -> None:
        """Something may have been written."""

    def run_blocking(self, executor: object, work: Callable[[], T]) -> "asyncio.Future[T]":
        """See `loop.Owner`."""
        loop = self.around.loop
        answer: asyncio.Future[T] = loop.create_future()
        if not self.is_on:
            answer.cancel()
            return answer
        epoch = self.epoch

        def run() -> None:
            if self.epoch != epoch or not self.is_on:
                answer.cancel()
                return
            try:
                result, error = work(), None
            except Exception as caught:  # handed to who waits, as an executor does
                result, error = None, caught
            if self.was_cut() or answer.done():
                answer.cancel()
            elif error is not None:
                answer.set_exception(error)
            else:
                answer.set_result(result)  # type: ignore[arg-type]
                self.after_blocking()

        at_s = max(loop.now_s, self._busy_until_s.get(executor, 0)) + self._disk_delay_s()
        if executor is not None:  # one thread: its work keeps its order
            self._busy_until_s[executor] = at_s
        loop.call_at(at_s, run)
        return answer

    def after_blocking(self) -> None:
        """Something may have been written."""

    def _disk_delay_s(self) -> float:
        rng = self.around.rng
        most_s = 0.2 if rng.randrange(100) < SLOW_DISK_PERCENT else 0.002
        return 0.0001 + rng.random() * most_s


def register_connections() -> None:
    """From now on a connection belongs to the machine that opens it (none: it is nobody's)."""

    def remember(connection: apsw.Connection) -> None:
        owner = OWNER.get()
        if isinstance(owner, Machine):
            owner.connections.append(connection)

    apsw.connection_hooks.append(remember)
