"""How loud and bright the kiosk is: set by a card of staff, pushed to the kiosk, kept over a restart."""

from pathlib import Path

from terminal.agent import Agent
from terminal.clock import wall_clock
from tests.helpers import eventually
from tests.integration.terminal.till_pairing import STAFF_UID
from tests.terminal_fixture import Shop, a_terminal
from wire.api_counter import StaffBody
from wire.api_tills import StaffCardBody
from wire.comfort import USUAL, Comfort, SetComfort

QUIET = Comfort(volume=20, brightness=60)


async def wish(shop: Shop, request_id: str) -> bool:
    session_id = shop.kiosk.session.session_id
    shop.kiosk.send(SetComfort(request_id=request_id, session_id=session_id, comfort=QUIET))
    await eventually(lambda: any(each.request_id == request_id for each in shop.kiosk.results))
    return next(each.is_done for each in shop.kiosk.results if each.request_id == request_id)


async def test_a_card_of_staff_sets_it_and_a_restart_keeps_it(tmp_path: Path, socket_dir: Path) -> None:
    async with a_terminal(tmp_path, socket_dir) as shop:
        await shop.tap_known()
        assert not await wish(shop, "c.1"), "a member's card sets nothing"
        assert shop.kiosk.state.comfort == USUAL
        services, operator = shop.central.services, shop.central.operator
        await services.counter.staff.put(operator, "s-7", StaffBody(role="assistant"))
        card = StaffCardBody(staff_id="s-7", name="Mme Rochat", uid=STAFF_UID)
        await services.staff_cards.issue(operator, card)
        await shop.tap(STAFF_UID)
        await eventually(
            lambda: shop.kiosk.state.session is not None and shop.kiosk.session.staff is not None
        )
        assert await wish(shop, "c.2")
        assert shop.kiosk.state.comfort == QUIET, "the state came before its answer"
        await shop.agent.__aexit__(None, None, None)
        async with Agent(shop.settings, clock=wall_clock) as again:
            assert again.comfort.now == QUIET
