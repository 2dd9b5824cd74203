"""Points are paid forward after two questions, once however often tried; what is given is given (issue 8)."""

import msgspec
import pytest

from kiosk.flow import Action, Screen, State, next_deadline_ms, step
from kiosk.flow.effects import PlaySound, Send, Sound
from kiosk.flow.events import AnyEvent, CardGone, Ticked, Told, Touched
from kiosk.flow.journeys import MENU
from kiosk.flow.journeys.forwarding import ForwardPage
from kiosk.scenes import converting as moments
from kiosk.scenes.base import touch, visit
from kiosk.scenes.demo import a_member
from tests.unit.kiosk.test_flow import run
from wire.conversions import AskConversions, ForwardedTold, PayForward

GIFT = PayForward(
    request_id="session-1.2",
    session_id="session-1",
    act_id="session-1.fwd.2",
    points=600,
    worth_minor=600,
)
DONE = ForwardedTold(request_id="session-1.2", points=600, balance=648, worth_minor=600)


def asked() -> State:
    state, _ = run(*moments.giving_asked_twice("fr"))
    return state


def run_on(state: State, *events: AnyEvent) -> tuple[State, list[object]]:
    effects: list[object] = []
    for event in events:
        state, more = step(state, event)
        effects = list(more)
    return state, effects


def touched(*actions: Action, now_ms: int = 3_000) -> list[AnyEvent]:
    return [Touched(now_ms=now_ms, action=action) for action in actions]


def test_nothing_is_given_before_the_second_yes_and_then_once() -> None:
    state = asked()
    assert state.screen is Screen.FORWARD_CONFIRM
    state, effects = run_on(state, *touched(Action.AGREE))
    assert effects == [Send(GIFT)]
    state, effects = run_on(state, *touched(Action.AGREE, Action.BACK))
    assert (state.screen, effects) == (Screen.FORWARD_CONFIRM, [PlaySound(Sound.TOUCH)])
    state, effects = run_on(state, Told(now_ms=3_500, answer=DONE))
    assert isinstance(state.journey, ForwardPage)
    assert (state.journey.is_done, effects) == (True, [PlaySound(Sound.SUCCESS)])
    state, effects = run_on(state, *touched(Action.AGREE))
    assert effects == [PlaySound(Sound.TOUCH)], "given is given"
    state, _ = run_on(state, *touched(Action.BACK))
    assert state.screen is Screen.MENU


@pytest.mark.parametrize("is_silent", [True, False])
def test_a_gift_of_which_nothing_is_known_is_tried_again_as_the_same(is_silent: bool) -> None:
    state, _ = run_on(asked(), *touched(Action.AGREE))
    lost: AnyEvent = Told(
        now_ms=3_500, answer=ForwardedTold(request_id="session-1.2", trouble="central_unreachable")
    )
    if is_silent:
        deadline_ms = next_deadline_ms(state)
        assert deadline_ms is not None
        lost = Ticked(now_ms=deadline_ms)
    state, effects = run_on(state, lost)
    assert effects == [PlaySound(Sound.REFUSAL)]
    _, effects = run_on(state, *touched(Action.AGREE, now_ms=20_000))
    assert effects == [Send(msgspec.structs.replace(GIFT, request_id="session-1.3"))]
    _, effects = run_on(state, *touched(Action.BACK, now_ms=20_000))
    assert effects == [Send(AskConversions(request_id="session-1.3", session_id="session-1"))]


def test_a_card_that_goes_ends_it_and_one_that_proves_too_little_is_not_offered_it() -> None:
    state, _ = run_on(asked(), CardGone(now_ms=4_000, tap_id="tap-1"))
    assert (state.screen, state.journey) == (Screen.GOODBYE, None)
    for member in (a_member(), msgspec.structs.replace(a_member(), may_donate=True)):
        state, _ = run(*visit(member), *touch(Action.MENU))
        assert Action.FORWARD not in {tile.action for tile in MENU.offered(state)}
