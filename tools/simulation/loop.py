"""An event loop without time, sockets or threads: when nothing is ready it leaps to the next timer."""

import asyncio
import contextvars
import random
from collections.abc import Callable, Coroutine, Generator
from typing import Any, Final, Protocol, TypeVar

T = TypeVar("T")

CLOCK_RESOLUTION_S: Final = 1e-7


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


class _Leap:
    """Stands for the selector: there is nothing to wait for but time."""

    def __init__(self, loop: "SimLoop") -> None:
        self._loop = loop

    def select(self, timeout: float | None) -> list[Any]:
        if timeout is None:
            raise Stuck
        self._loop.now_s += timeout
        return []


class SimLoop(asyncio.BaseEventLoop):
    """Virtual time. Ready callbacks keep asyncio's own order; chance comes in by delays of disk and network.

    (asyncio promises the order of `call_soon`; shuffling it would find faults that cannot happen.)
    """

    def __init__(self, rng: random.Random) -> None:
        super().__init__()
        self.now_s = 0.0
        self._rng = rng
        self._numbers = 0
        self._clock_resolution = CLOCK_RESOLUTION_S
        self._selector = _Leap(self)
        self.set_task_factory(_make_task)

    def next_number(self) -> int:
        """1, 2, 3 ..."""
        self._numbers += 1
        return self._numbers

    def time(self) -> float:
        """Virtual seconds since the start."""
        return self.now_s

    def run_in_executor(  # type: ignore[override]
        self, executor: Any, func: Callable[..., T], *args: Any
    ) -> "asyncio.Future[T]":
        """No thread: the work of one executor is done in its order, a little later, on this loop."""
        owner = OWNER.get()
        assert owner is not None, "only machines have threads"
        return owner.run_blocking(executor, lambda: func(*args))

    def _process_events(self, event_list: list[Any]) -> None:
        assert not event_list

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
