"""kill -9 of every program in turn, on every screen: back at attract, nothing leaks, nothing twice."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from reader_daemon import control
from tests.drill.conftest import Drill
from tests.drill.plug import EVERY_PROGRAM, FIRST, Shop, a_shop, stopped, walks
from wire.messages import Evidence

pytestmark = [pytest.mark.drill, pytest.mark.timeout(3_600)]

TRIES_MAX = 120
TICKETS_BEFORE = 8
"""Each kill sells one more: with several there, a way that was found leads to the same page afterwards."""
UNKNOWN = Evidence(medium="nfc_uid", value="04EEEEEEEEEE99")


async def attract(shop: Shop) -> None:
    await shop.screen.wait_for(lambda head: head.screen == "attract")


async def refused(shop: Shop) -> None:
    await shop.tap(UNKNOWN)
    await shop.screen.wait_for(lambda head: head.screen == "refused")


async def goodbye(shop: Shop) -> None:
    await shop.open(FIRST)
    await control.remove(shop.stack.plan.reader_control_socket)
    await shop.screen.wait_for(lambda head: head.screen == "goodbye")


async def link_lost(shop: Shop) -> None:
    await shop.stack.cable.cut()
    await shop.screen.wait_for(lambda head: head.screen == "link_lost", 60)


async def reader_lost(shop: Shop) -> None:
    await control.plug(shop.stack.plan.reader_control_socket, plugged=False)
    await shop.screen.wait_for(lambda head: head.screen == "reader_lost")


async def privacy_warning(shop: Shop) -> None:
    await shop.open(FIRST)
    await shop.screen.wait_for(lambda head: head.screen == "privacy_warning", 60)


PLACES: tuple[Callable[[Shop], Awaitable[None]], ...] = (
    attract,
    refused,
    goodbye,
    link_lost,
    reader_lost,
    privacy_warning,
)


async def test_every_program_is_killed_on_every_screen(tmp_path: Path, drill: Drill) -> None:
    async with a_shop(tmp_path / "state") as shop:
        for _ in range(TICKETS_BEFORE):
            await shop.lane.report()
        found = await walks(shop, tries_max=TRIES_MAX)
        assert {"member", "menu", "tickets", "why", "languages", "goodbye"} <= set(found)
        for screen, way in found.items():
            for program in EVERY_PROGRAM:
                await shop.visit(way, until=screen)
                shop.forget()
                await shop.pull(program)
                await shop.next_customer()
        for place in PLACES:
            for program in EVERY_PROGRAM:
                await place(shop)
                shop.forget()
                await shop.pull(program)
                await shop.stack.cable.mend()
                await control.plug(shop.stack.plan.reader_control_socket, plugged=True)
                await shop.next_customer()
        for program in EVERY_PROGRAM:
            async with stopped(shop.stack, "central"):
                await shop.tap(FIRST)
                await shop.screen.wait_for(lambda head: head.screen == "asking")
                shop.forget()
                await shop.stack.kill(program)
            await shop.pull(program)
            await shop.next_customer()
        drill.tell(
            screens=",".join(sorted({*found, *(place.__name__ for place in PLACES), "asking"})),
            kills=shop.kills,
            tickets=len(shop.lane.reported),
            tapped_again=shop.tapped_again,
        )
