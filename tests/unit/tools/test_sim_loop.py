"""The simulation's loop keeps the order and the moments of asyncio's own, and never waits."""

import asyncio
import random
from collections.abc import Callable
from typing import Any

import pytest

from tools.simulation.loop import SimLoop, Stuck


class Leap:
    """A selector that lets time pass."""

    def __init__(self, loop: "AsyncioLoop") -> None:
        self.loop = loop

    def select(self, timeout: float | None) -> list[Any]:
        if timeout is None:
            raise Stuck
        self.loop.now_s += timeout
        return []


class AsyncioLoop(asyncio.BaseEventLoop):
    """What asyncio does in virtual time."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0
        self._clock_resolution = 1e-7
        self._selector = Leap(self)

    def time(self) -> float:
        return self.now_s

    def _process_events(self, event_list: list[Any]) -> None:
        assert not event_list

    def _write_to_self(self) -> None:
        pass


def lived(loop: Any, seed: int) -> list[tuple[float, int]]:
    """When what was called: timers that fall together, cancelled ones, many at once, tasks that wait."""
    rng, log = random.Random(seed), list[tuple[float, int]]()
    timers: list[asyncio.TimerHandle] = []
    numbers = iter(range(10_000))

    def act(number: int) -> None:
        log.append((loop.time(), number))
        for _ in range(rng.choice((0, 0, 1, 1, 2, 30)) if len(log) < 600 else 0):
            plan(loop)

    async def wait(number: int) -> None:
        try:
            async with asyncio.timeout(rng.choice((0.01, 1.0, 3.0))):
                await asyncio.sleep(rng.choice((0.0, 0.01, 0.5, 2.0)))
        except TimeoutError:
            number = -number
        act(number)

    def cancel_half() -> None:
        for _ in range(len(timers) // 2):
            timers.pop(rng.randrange(len(timers))).cancel()

    def plan(loop: asyncio.AbstractEventLoop) -> None:
        number = next(numbers)
        kinds: tuple[Callable[[], object], ...] = (
            lambda: loop.call_soon(act, number),
            lambda: timers.append(loop.call_later(rng.choice((0.0, 0.01, 1.0, 1.0, 90_000.0)), act, number)),
            lambda: timers.append(loop.call_at(rng.randrange(5), act, number)),
            lambda: tasks.append(loop.create_task(wait(number))),
            cancel_half,
        )
        rng.choices(kinds, (3, 6, 2, 2, 1))[0]()

    tasks: list[asyncio.Task[None]] = []
    for _ in range(200):
        plan(loop)
    try:
        with pytest.raises(Stuck):
            loop.run_forever()
        assert all(task.done() for task in tasks)
    finally:
        loop.close()
    return log


@pytest.mark.parametrize("seed", range(20))
def test_the_order_and_the_moments_are_those_of_asyncio(seed: int) -> None:
    found = lived(SimLoop(random.Random(1)), seed)

    assert len(found) > 200
    assert found == lived(AsyncioLoop(), seed)


def test_a_closed_loop_takes_nothing_more() -> None:
    loop = SimLoop(random.Random(1))
    loop.close()

    with pytest.raises(RuntimeError, match="closed"):
        loop.call_soon(print)
    with pytest.raises(RuntimeError, match="closed"):
        loop.call_later(1, print)
