"""kill -9 of every program in turn, on every screen: back at attract, nothing leaks, nothing twice."""

import asyncio
import itertools
import sys
from collections import Counter, deque
from pathlib import Path

import pytest

from kiosk.flow.state import Screen
from tests.drill.conftest import Drill
from tests.drill.plug import EVERY_PROGRAM, Shop, a_shop
from tests.drill.plug_ways import MOMENTS, WAYS, Way

pytestmark = [pytest.mark.drill, pytest.mark.timeout(7_200)]

SHOPS_AT_ONCE = 4
"""Most of a try is waiting for a program to be there again, and for a goodbye to be read."""
FAILURES_MAX = 12
"""A failure costs its shop, and the drill goes on with a new one to tell all that fails; this is enough."""
TOLD_EVERY = 10


async def test_every_program_is_killed_on_every_screen_and_while_points_move(
    tmp_path: Path, drill: Drill
) -> None:
    assert WAYS.keys() == set(Screen), "a screen without a way"
    ways: dict[str, Way] = {**{screen.value: way for screen, way in WAYS.items()}, **MOMENTS}
    wanted = list(itertools.product(ways, EVERY_PROGRAM))
    drill.rng.shuffle(wanted)  # whatever a kill leaves behind meets another screen in every run
    left, done, failures = deque(wanted), Counter[str](), list[str]()
    shops: list[Shop] = []

    async def one(number: int) -> None:
        for again in itertools.count():
            try:
                async with a_shop(tmp_path / f"shop-{number}-{again}") as shop:
                    shops.append(shop)
                    while left and len(failures) < FAILURES_MAX:
                        name, program = left.popleft()
                        await _pulled(shop, name, ways[name], program)
                        done[name] += 1
                        if done.total() % TOLD_EVERY == 0 or not left:
                            _say(f"{done.total()} of {len(wanted)} kills")
                    return
            except Exception as error:
                failures.append(f"shop {number}-{again}: {error!r}")
                _say(failures[-1])
                if not left or len(failures) >= FAILURES_MAX:
                    return

    async with asyncio.TaskGroup() as group:
        for number in range(SHOPS_AT_ONCE):
            group.create_task(one(number))
    assert not failures, "\n".join(failures)
    assert done == dict.fromkeys(ways, len(EVERY_PROGRAM))
    agreed, moved = (
        sum((getattr(shop, what) for shop in shops), Counter[str]()) for what in ("agreed", "moved")
    )
    drill.tell(
        screens=len(WAYS),
        moments=len(MOMENTS),
        shops=SHOPS_AT_ONCE,
        kills=sum(shop.kills for shop in shops),
        tickets=sum(len(shop.lane.reported) for shop in shops),
        agreed=agreed.total(),
        moved=moved.total(),
        tapped_again=sum(shop.tapped_again for shop in shops),
    )


def _say(text: str) -> None:
    """Seen with `-s` while it runs."""
    sys.stderr.write(f"{text}\n")


async def _pulled(shop: Shop, name: str, way: Way, program: str) -> None:
    try:
        await way(shop)
        shop.forget()
        await shop.pull(program)
        await shop.next_customer()
    except (AssertionError, TimeoutError) as error:
        head = shop.viewer.head if shop.viewer else None
        shown = "nothing" if head is None else f"{head.screen} {head.texts}"
        raise AssertionError(f"{program} killed on {name}: {error!r}; shown: {shown}") from error
