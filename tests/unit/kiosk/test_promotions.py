"""Today's offers on the kiosk: asked anew each time, turned by pages, nothing that is over (C-30, P-18)."""

from datetime import timedelta

import msgspec
import pytest

from kiosk.flow import Action, Screen, State, next_deadline_ms, step
from kiosk.flow.effects import Send
from kiosk.flow.events import AnyEvent, CardGone, Ticked, Told, Touched
from kiosk.flow.journeys.promotions import PromotionsPage
from kiosk.scenes import promotions as moments
from kiosk.scenes.demo import TODAY
from kiosk.screens.promotions import is_over
from tests.unit.kiosk.test_flow import run
from wire.messages import PinTold
from wire.promotions import AskPromotions


def run_on(state: State, *events: AnyEvent) -> State:
    for event in events:
        state, _ = step(state, event)
    return state


def page_of(state: State) -> PromotionsPage:
    assert isinstance(state.journey, PromotionsPage)
    return state.journey


def test_they_are_asked_for_when_the_tile_is_touched_and_turned_by_pages() -> None:
    state, effects = run(*moments.opened("fr")[:-1])
    assert effects == [Send(AskPromotions(request_id="session-1.1", session_id="session-1"))]
    state, _ = run(*moments.opened("fr"))
    assert len(page_of(state).rows) == 3 < len(page_of(state).promotions)
    state = run_on(state, *[Touched(now_ms=3_000, action=Action.OLDER)] * 3)
    assert [each.because for each in page_of(state).rows] == [()]
    state = run_on(state, Touched(now_ms=3_100, action=Action.NEWER), CardGone(now_ms=4_000, tap_id="tap-1"))
    assert (state.screen, state.journey) == (Screen.GOODBYE, None)


def test_an_answer_about_a_pin_is_none_to_this_question_and_leaves_it_as_it_stands() -> None:
    state, _ = run(*moments.opened("fr")[:-1])
    after, effects = step(
        state, Told(now_ms=2_500, answer=PinTold(request_id="session-1.1", outcome="right"))
    )
    assert (after, tuple(effects)) == (state, ())


def test_without_an_answer_the_page_says_that_the_line_is_down() -> None:
    state, _ = run(*moments.opened("fr")[:-1])
    deadline_ms = next_deadline_ms(state)
    assert deadline_ms is not None
    told = page_of(run_on(state, Ticked(now_ms=deadline_ms))).told
    assert told is not None
    assert told.trouble == "central_unreachable"


@pytest.mark.parametrize(("away", "is_shown"), [(-1, False), (0, True), (1, True)])
def test_an_offer_is_shown_on_its_last_day_and_not_after_it(away: int, is_shown: bool) -> None:
    offer = msgspec.structs.replace(
        moments.OFFERS.promotions[0], last_day=(TODAY + timedelta(days=away)).isoformat()
    )
    assert is_over(TODAY, offer) is not is_shown
