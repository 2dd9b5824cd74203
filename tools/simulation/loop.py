"""An event loop without time, sockets or threads: when nothing is ready it leaps to the next timer."""

import asyncio
import contextvars
import random
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from heapq import heapify, heappop, heappush
from typing import Any, Final, Protocol, TypeVar

T = TypeVar("T")

CLOCK_RESOLUTION_S: Final = 1e-7
LEAP_S_MAX: Final = 24 * 3600.0
"""As far as asyncio's own loop waits at a time."""
TIMERS_KEPT: Final = 100
CANCELLED_SHARE_MAX: Final = 0.5
"""With more timers than that, of which so many are cancelled, those are forgotten, as asyncio does."""


class Stuck(Exception):
    """Nothing is left that could ever happen, and somebody still waits."""


class Owner(Protocol):
    """A machine: what it starts dies with it."""

    def adopt(self, task: "SimTask") -> None:
        """Remember a task of this machine."""

    def run_blocking(self, executor: object, work: Callable[[], T]) -> "asyncio.Future[T]":
        """Do what a thread of this machine would do."""
        ...


OWNER: contextvars.ContextVar[Owner | None] = contextvars.ContextVar("owner", default=None)


class SimTask(asyncio.Task[Any]):
    """A task whose place in a set does not depend on its address."""

    __slots__ = ("_number",)

    def __init__(self, coro: Generator[Any, None, Any] | Coroutine[Any, Any, Any], **more: Any) -> None:
        self._number = more["loop"].next_number()
        super().__init__(coro, **more)

    def __hash__(self) -> int:
        return int(self._number)

    def __eq__(self, other: object) -> bool:
        return self is other


class _Handle(asyncio.Handle):
    """A callback that waits its turn; made without asking whether the loop is debugged."""

    __slots__ = ()

    def __init__(
        self,
        callback: Callable[..., Any],
        args: tuple[Any, ...],
        loop: asyncio.AbstractEventLoop,
        context: contextvars.Context | None,
    ) -> None:
        self._context = contextvars.copy_context() if context is None else context
        self._loop = loop
        self._callback = callback
        self._args = args
        self._cancelled = False
        self._repr = None
        self._source_traceback = None


class _Timer(asyncio.TimerHandle):
    """A callback that waits for its time."""

    __slots__ = ()
    _scheduled: bool

    def __init__(
        self,
        when: float,
        callback: Callable[..., Any],
        args: tuple[Any, ...],
        loop: asyncio.AbstractEventLoop,
        context: contextvars.Context | None,
    ) -> None:
        _Handle.__init__(self, callback, args, loop, context)  # type: ignore[arg-type]
        self._when = when
        self._scheduled = True


class SimLoop(asyncio.BaseEventLoop):
    """Virtual time. Ready callbacks keep asyncio's own order; chance comes in by delays of disk and network.

    (asyncio promises the order of `call_soon`; shuffling it would find faults that cannot happen.)
    What `BaseEventLoop` does in each turn is done here in its order, without selector, debugging and threads,
    and timers lie in the heap as (when, timer): they are compared without a call into Python.
    """

    # What BaseEventLoop keeps, and its other methods work with.
    _ready: deque[asyncio.Handle]
    _stopping: bool
    _closed: bool

    def __init__(self, rng: random.Random) -> None:
        super().__init__()
        self.now_s = 0.0
        self._rng = rng
        self._numbers = 0
        self._timers: list[tuple[float, _Timer]] = []
        self._cancelled_timers = 0
        self.set_task_factory(_make_task)

    def next_number(self) -> int:
        """1, 2, 3 ..."""
        self._numbers += 1
        return self._numbers

    def time(self) -> float:
        """Virtual seconds since the start."""
        return self.now_s

    def call_soon(  # type: ignore[override]
        self, callback: Callable[..., Any], *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.Handle:
        """See asyncio."""
        if self._closed:
            raise RuntimeError("Event loop is closed")
        handle = _Handle(callback, args, self, context)
        self._ready.append(handle)
        return handle

    call_soon_threadsafe = call_soon  # type: ignore[assignment]
    """There is one thread."""

    def call_at(  # type: ignore[override]
        self,
        when: float,
        callback: Callable[..., Any],
        *args: Any,
        context: contextvars.Context | None = None,
    ) -> asyncio.TimerHandle:
        """See asyncio."""
        if self._closed:
            raise RuntimeError("Event loop is closed")
        timer = _Timer(when, callback, args, self, context)
        heappush(self._timers, (when, timer))
        return timer

    def close(self) -> None:
        """See asyncio."""
        self._timers.clear()
        super().close()

    def run_in_executor(  # type: ignore[override]
        self, executor: Any, func: Callable[..., T], *args: Any
    ) -> "asyncio.Future[T]":
        """No thread: the work of one executor is done in its order, a little later, on this loop."""
        owner = OWNER.get()
        assert owner is not None, "only machines have threads"
        return owner.run_blocking(executor, lambda: func(*args))

    def _timer_handle_cancelled(self, handle: _Timer) -> None:
        if handle._scheduled:
            self._cancelled_timers += 1

    def _run_once(self) -> None:
        """One turn: leap to the next timer if nothing is ready, then run what is.

        Raises: Stuck.
        """
        ready, timers = self._ready, self._forget_cancelled()
        if not ready and not self._stopping:
            if not timers:
                raise Stuck
            self.now_s += min(max(0, timers[0][0] - self.now_s), LEAP_S_MAX)
        end_s = self.now_s + CLOCK_RESOLUTION_S
        while timers and timers[0][0] < end_s:
            timer = heappop(timers)[1]
            timer._scheduled = False
            ready.append(timer)
        for _ in range(len(ready)):  # what they make ready runs in the next turn
            handle = ready.popleft()
            if not handle._cancelled:
                handle._run()

    def _forget_cancelled(self) -> list[tuple[float, _Timer]]:
        """Timers without those at their head that nobody wants any more; without all when they are many."""
        timers = self._timers
        if len(timers) > TIMERS_KEPT and self._cancelled_timers / len(timers) > CANCELLED_SHARE_MAX:
            for _, timer in timers:
                timer._scheduled = not timer._cancelled
            self._timers = timers = [each for each in timers if not each[1]._cancelled]
            heapify(timers)
            self._cancelled_timers = 0
        while timers and timers[0][1]._cancelled:
            self._cancelled_timers -= 1
            heappop(timers)[1]._scheduled = False
        return timers

    def _write_to_self(self) -> None:
        """Nobody waits elsewhere."""


def _make_task(
    loop: asyncio.AbstractEventLoop, coro: Any, context: contextvars.Context | None = None, **more: Any
) -> SimTask:
    task = SimTask(coro, loop=loop, context=context, **more)
    owner = OWNER.get() if context is None else context.get(OWNER)
    if owner is not None:
        owner.adopt(task)
    return task
