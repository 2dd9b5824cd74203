"""The plug is pulled while a member's page is shown; on every screen: tests/drill/test_kiosk_plug.py."""

from pathlib import Path

from kiosk.flow.state import Screen
from tests.drill.plug import EVERY_PROGRAM, a_shop
from tests.drill.plug_ways import WAYS


async def test_every_program_is_killed_under_a_member_and_the_next_customer_sees_nothing_of_it(
    tmp_path: Path,
) -> None:
    async with a_shop(tmp_path / "state") as shop:
        for program in EVERY_PROGRAM:
            await shop.visit((), until=Screen.MEMBER)
            shop.forget()
            await shop.pull(program)
            await shop.next_customer()
        assert shop.kills == len(EVERY_PROGRAM)
        assert len(shop.lane.reported) == 1 + len(EVERY_PROGRAM)


def test_the_drill_of_the_pulled_plug_has_a_way_to_every_screen_of_the_flow() -> None:
    assert WAYS.keys() == set(Screen)
