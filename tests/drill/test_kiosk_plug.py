"""kill -9 of every program in turn, on every screen: back at attract, nothing leaks, nothing twice."""

import asyncio
from collections import Counter, deque
from pathlib import Path

import pytest

from tests.drill.conftest import Drill
from tests.drill.plug import EVERY_PROGRAM, Shop, a_shop
from tests.drill.plug_ways import MOMENTS, WAYS, Way

pytestmark = [pytest.mark.drill, pytest.mark.timeout(3_600)]

SHOPS_AT_ONCE = 4
"""Most of a try is waiting for a program to be there again, and for a goodbye to be read."""


async def test_every_program_is_killed_on_every_screen_and_while_points_move(
    tmp_path: Path, drill: Drill
) -> None:
    ways: dict[str, Way] = {**{screen.value: way for screen, way in WAYS.items()}, **MOMENTS}
    left, done = deque(reversed(ways.items())), Counter[str]()
    shops: list[Shop] = []

    async def one(number: int) -> None:
        async with a_shop(tmp_path / f"shop-{number}") as shop:
            shops.append(shop)
            while left:
                name, way = left.popleft()
                for program in EVERY_PROGRAM:
                    await _pulled(shop, name, way, program)
                    done[name] += 1

    async with asyncio.TaskGroup() as group:
        for number in range(SHOPS_AT_ONCE):
            group.create_task(one(number))
    assert done == dict.fromkeys(ways, len(EVERY_PROGRAM))
    assert len(done) == len(WAYS) + len(MOMENTS)
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


async def _pulled(shop: Shop, name: str, way: Way, program: str) -> None:
    try:
        await way(shop)
        shop.forget()
        await shop.pull(program)
        await shop.next_customer()
    except (AssertionError, TimeoutError) as error:
        raise AssertionError(f"{program} killed on {name}: {error}") from error
