"""Our pharmacies on the kiosk: asked for once, shown as told, left by back, time and card."""

import pytest

from kiosk.flow import Action, Screen, State, start, step
from kiosk.flow.deadlines import next_deadline_ms
from kiosk.flow.effects import Send
from kiosk.flow.events import AgentChanged, AnyEvent, CardSeen, ReaderLinkChanged, Ticked, Told, Touched
from kiosk.flow.journeys.shops import ShopsPage
from kiosk.scenes.base import idle, visit, way_to
from kiosk.scenes.demo import a_member, an_agent_state
from kiosk.scenes.shops import SHOPS
from wire.shop_pages import AskShops, ShopTold


def _play(events: list[AnyEvent]) -> tuple[State, list[object]]:
    state, sent = start(language="fr", now_ms=0), []
    for event in events:
        state, effects = step(state, event)
        sent += [each.message for each in effects if isinstance(each, Send)]
    return state, sent


def _touches(*actions: Action, from_ms: int = 3_000) -> list[AnyEvent]:
    return [Touched(now_ms=from_ms + 100 * place, action=action) for place, action in enumerate(actions)]


def _told(request_id: str = "visitor.1") -> list[AnyEvent]:
    last = len(SHOPS) - 1
    return [
        Told(now_ms=3_500, answer=ShopTold(request_id=request_id, shop=shop, left=last - place))
        for place, shop in enumerate(SHOPS)
    ]


def _page(state: State) -> ShopsPage:
    assert isinstance(state.journey, ShopsPage)
    return state.journey


OPEN = [*idle(), *_touches(Action.VISITOR_MENU, Action.CHOOSE_1)]


def test_a_visitor_asks_once_and_sees_all_that_is_told() -> None:
    state, sent = _play([*OPEN, *_told()])
    assert sent == [AskShops(request_id="visitor.1")]
    assert state.screen is Screen.VISITOR_SHOPS
    assert [shop.name for shop in _page(state).shops] == [shop.name for shop in SHOPS]
    assert _page(state).request_id == "", "nothing is waited for"


def test_one_that_was_told_to_somebody_else_is_not_taken() -> None:
    state, _ = _play([*OPEN, *_told("visitor.7")])
    assert _page(state).shops == ()


def test_a_pharmacy_its_services_and_back_step_by_step() -> None:
    opened, _ = _play([*OPEN, *_told(), *_touches(Action.OLDER, Action.CHOOSE_2, from_ms=4_000)])
    assert (opened.screen, _page(opened).shop.name) == (Screen.VISITOR_SHOP, SHOPS[5].name)
    own = [*OPEN, *_told(), *_touches(Action.CHOOSE_1, Action.SHOP_SERVICES, Action.OLDER, from_ms=4_000)]
    services, _ = _play(own)
    assert (_page(services).part, _page(services).part_number) == ("services", 1)
    backs = [Screen.VISITOR_SHOP, Screen.VISITOR_SHOPS, Screen.VISITOR_MENU, Screen.ATTRACT]
    state = services
    for place, screen in enumerate(backs):
        state, _ = step(state, Touched(now_ms=5_000 + place, action=Action.BACK))
        assert state.screen is screen
    assert state.journey is None


@pytest.mark.parametrize("action", [Action.CHOOSE_3, Action.CHOOSE_4, Action.CHOOSE_5])
def test_where_no_pharmacy_stands_nothing_is_opened(action: Action) -> None:
    state, _ = _play([*OPEN, *_told(), *_touches(Action.OLDER, action, from_ms=4_000)])
    assert state.screen is Screen.VISITOR_SHOPS


def test_a_terminal_that_knows_none_says_so_and_so_does_silence() -> None:
    none, _ = _play([*OPEN, Told(now_ms=3_500, answer=ShopTold(request_id="visitor.1"))])
    assert _page(none).is_unknown
    waiting, _ = _play(OPEN)
    deadline_ms = next_deadline_ms(waiting)
    assert deadline_ms is not None
    silent, _ = step(waiting, Ticked(now_ms=deadline_ms))
    assert _page(silent).is_unknown
    assert silent.screen is Screen.VISITOR_SHOPS


def test_a_visitor_is_forgotten_by_time_and_by_the_next_card() -> None:
    state, _ = _play([*OPEN, *_told()])
    deadline_ms = next_deadline_ms(state)
    assert deadline_ms is not None
    late, _ = step(state, Ticked(now_ms=deadline_ms))
    assert (late.screen, late.journey) == (Screen.ATTRACT, None)
    tapped, _ = step(state, CardSeen(now_ms=4_000, tap_id="tap-9"))
    assert (tapped.screen, tapped.journey) == (Screen.ASKING, None)


def test_a_visitor_needs_neither_reader_nor_line() -> None:
    lost = [*idle(), ReaderLinkChanged(now_ms=500, is_up=False)]
    state, _ = _play([*lost, *_touches(Action.VISITOR_MENU, Action.CHOOSE_1), *_told()])
    assert state.screen is Screen.VISITOR_SHOPS
    again, _ = step(state, ReaderLinkChanged(now_ms=4_000, is_up=False))
    assert again.screen is Screen.VISITOR_SHOPS, "a reader that comes and goes does not end the visit"
    cut = AgentChanged(now_ms=400, state=an_agent_state(link="down"))
    down, _ = _play([*idle(), cut, *_touches(Action.VISITOR_MENU, Action.CHOOSE_1), *_told()])
    assert down.screen is Screen.VISITOR_SHOPS


def test_a_member_sees_them_in_the_visit_and_comes_back_to_the_menu() -> None:
    opened = [*visit(a_member()), *_touches(*way_to(Action.SHOPS)), *_told("session-1.1")]
    state, sent = _play([*opened, *_touches(Action.CHOOSE_1, from_ms=4_000)])
    assert sent == [AskShops(request_id="session-1.1")]
    assert state.screen is Screen.SHOP
    assert state.session is not None
    back, _ = step(state, Touched(now_ms=5_000, action=Action.BACK))
    menu, _ = step(back, Touched(now_ms=5_100, action=Action.BACK))
    assert menu.screen is Screen.MENU


def test_the_scenes_list_their_shops_from_the_nearest_on_as_the_map_draws_them() -> None:
    far = [shop.east_m**2 + shop.north_m**2 for shop in SHOPS]
    assert far == sorted(far)
