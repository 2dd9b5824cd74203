"""Points become a voucher after two questions, once however often tried; it is shown as others are (P-11)."""

import msgspec
import pytest

from kiosk.flow import Action, Screen, State, next_deadline_ms, step
from kiosk.flow.effects import PlaySound, Send, Sound
from kiosk.flow.events import AnyEvent, CardGone, Ticked, Told, Touched
from kiosk.flow.journeys import MENU
from kiosk.flow.journeys.converting import ConvertPage
from kiosk.flow.journeys.my_vouchers import VouchersPage
from kiosk.scenes import converting as moments
from kiosk.scenes.base import touch, visit
from kiosk.scenes.demo import a_member
from tests.unit.kiosk.test_flow import run
from wire.conversions import AskConversions, ConvertedTold, ConvertPoints
from wire.messages import EnterPin, PinTold
from wire.my_value import AskMyValue

WISH = ConvertPoints(
    request_id="session-1.2",
    session_id="session-1",
    act_id="session-1.conv.2",
    points=1200,
    worth_minor=1200,
)


def after(*events: AnyEvent) -> State:
    state, _ = run(*moments.asked_twice("fr"), *events)
    return state


def run_on(state: State, *events: AnyEvent) -> tuple[State, list[object]]:
    effects: list[object] = []
    for event in events:
        state, more = step(state, event)
        effects = list(more)
    return state, effects


def touched(*actions: Action, now_ms: int = 3_000) -> list[AnyEvent]:
    return [Touched(now_ms=now_ms, action=action) for action in actions]


def test_what_points_come_to_is_asked_before_anything_can_be_chosen() -> None:
    state, effects = run(*moments.opened("fr")[:-1])
    assert effects == [Send(AskConversions(request_id="session-1.1", session_id="session-1"))]
    state, _ = run_on(state, *touched(Action.CHOOSE_1))
    assert state.screen is Screen.CONVERT


def test_nothing_is_sent_before_the_second_yes_and_then_once() -> None:
    state = after()
    assert state.screen is Screen.CONVERT_CONFIRM
    state, effects = run_on(state, *touched(Action.AGREE))
    assert effects == [Send(WISH)]
    state, effects = run_on(state, *touched(Action.AGREE, Action.BACK))
    assert (state.screen, effects) == (Screen.CONVERT_CONFIRM, [PlaySound(Sound.TOUCH)])


def test_the_voucher_is_on_the_screen_as_any_other_and_back_leads_to_all_of_them() -> None:
    state, effects = run_on(after(), *touched(Action.AGREE), Told(now_ms=3_500, answer=moments.MADE))
    assert (state.screen, effects) == (Screen.MY_VOUCHER, [PlaySound(Sound.SUCCESS)])
    page = state.journey
    assert isinstance(page, VouchersPage)
    assert page.shown is not None
    assert (page.made_of, page.left, page.shown.payload) == (1200, 48, moments.MADE.payload)
    state, effects = run_on(state, *touched(Action.BACK, now_ms=4_000))
    assert state.screen is Screen.MY_VOUCHERS
    assert effects == [Send(AskMyValue(request_id="session-1.3", session_id="session-1"))]


@pytest.mark.parametrize("is_silent", [True, False])
def test_a_voucher_of_which_nothing_is_known_is_tried_again_as_the_same(is_silent: bool) -> None:
    state, _ = run_on(after(), *touched(Action.AGREE))
    lost: AnyEvent = Told(
        now_ms=3_500, answer=ConvertedTold(request_id="session-1.2", trouble="central_unreachable")
    )
    if is_silent:
        deadline_ms = next_deadline_ms(state)
        assert deadline_ms is not None
        lost = Ticked(now_ms=deadline_ms)
    state, effects = run_on(state, lost)
    assert effects == [PlaySound(Sound.REFUSAL)]
    _, effects = run_on(state, *touched(Action.AGREE, now_ms=20_000))
    assert effects == [Send(msgspec.structs.replace(WISH, request_id="session-1.3"))]
    state, effects = run_on(state, *touched(Action.BACK, now_ms=20_000))
    assert effects == [Send(AskConversions(request_id="session-1.3", session_id="session-1"))]


def test_where_it_takes_the_pin_it_is_asked_for_and_the_same_voucher_goes_on() -> None:
    wanted = Told(now_ms=3_500, answer=ConvertedTold(request_id="session-1.2", trouble="needs_pin"))
    state, effects = run_on(after(), *touched(Action.AGREE), wanted)
    assert (state.screen, effects) == (Screen.PIN, [])
    given_up, _ = run_on(state, *touched(Action.BACK))
    assert given_up.screen is Screen.CONVERT_CONFIRM
    given_up, _ = run_on(given_up, *touched(Action.BACK))
    assert given_up.screen is Screen.CONVERT, "nothing was made: another amount can be chosen"
    digits = (Action.DIGIT_2, Action.DIGIT_4, Action.DIGIT_8, Action.DIGIT_6)
    state, effects = run_on(state, *touched(*digits, Action.SEND_PIN, now_ms=4_000))
    assert effects == [Send(EnterPin(request_id="session-1.3", session_id="session-1", pin="2486"))]
    wrong, _ = run_on(state, Told(now_ms=4_500, answer=PinTold(request_id="session-1.3", outcome="wrong")))
    assert wrong.screen is Screen.PIN
    right = Told(now_ms=4_500, answer=PinTold(request_id="session-1.3", outcome="right"))
    state, effects = run_on(state, right)
    assert state.screen is Screen.CONVERT_CONFIRM
    again = msgspec.structs.replace(WISH, request_id="session-1.4")
    assert effects == [Send(again), PlaySound(Sound.SUCCESS)]
    made = msgspec.structs.replace(moments.MADE, request_id="session-1.4")
    state, _ = run_on(state, Told(now_ms=5_000, answer=made))
    assert state.screen is Screen.MY_VOUCHER


def test_another_amount_is_another_voucher_and_a_card_that_goes_ends_it() -> None:
    state, _ = run_on(after(), *touched(Action.BACK, Action.CHOOSE_1))
    page = state.journey
    assert isinstance(page, ConvertPage)
    assert page.choice is not None
    assert (page.choice.points, page.act_id) == (100, "")
    state, _ = run_on(state, CardGone(now_ms=4_000, tap_id="tap-1"))
    assert (state.screen, state.journey) == (Screen.GOODBYE, None)


def test_a_card_that_cannot_prove_itself_is_offered_no_conversion() -> None:
    state, _ = run(*visit(a_member()), *touch(Action.MENU))
    assert Action.CONVERT not in {tile.action for tile in MENU.offered(state)}
