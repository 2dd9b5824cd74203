"""Every page whose question central did not answer offers to ask again, once central is there."""

import msgspec
import pytest

from kiosk.contact_sheet import MODES
from kiosk.flow import Action, State, next_deadline_ms, step
from kiosk.flow.effects import Send
from kiosk.flow.events import AgentChanged, AnyEvent, CardGone, Ticked, Told, Touched
from kiosk.flow.journeys.base import may_ask_again
from kiosk.scenes import SCENES, Scene
from kiosk.scenes import promotions as moments
from tests.unit.kiosk.drawing import LARGE, PORTRAIT, SMALL, drawn
from tests.unit.kiosk.test_flow import run
from wire.promotions import AskPromotions

AWAY = (
    "why_central_away",
    "my_details_away",
    "promotions_central_away",
    "donate_central_away",
    "my_points_central_away",
    "my_voucher_central_away",
    "convert_central_away",
    "pharmacist_away",
    "carers_away",
    "join_cut",
)
"""Scenes of pages that only read."""


def scene_of(name: str) -> Scene:
    return next(scene for scene in SCENES if scene.name == name)


def with_link(state: State, link: str, now_ms: int) -> AnyEvent:
    assert state.agent is not None
    told = msgspec.structs.replace(
        state.agent,
        revision=state.agent.revision + 1,
        session=state.session,
        link="up" if link == "up" else "down",
    )
    return AgentChanged(now_ms=now_ms, state=told)


@pytest.mark.parametrize("name", AWAY)
def test_the_same_question_is_asked_again_on_the_page_as_it_was(name: str) -> None:
    events = scene_of(name).events("fr")
    asked = [
        (before, effect.message)
        for number in range(1, len(events) + 1)
        for before, effects in [run(*events[:number])]
        for effect in effects
        if isinstance(effect, Send) and hasattr(effect.message, "request_id")
    ]
    waiting, first = asked[-1]
    state, _ = run(*events)
    assert may_ask_again(state)
    state, effects = step(state, Touched(now_ms=9_000, action=Action.TRY_AGAIN))
    again = next(effect.message for effect in effects if isinstance(effect, Send))
    assert again.request_id != first.request_id  # type: ignore[union-attr]
    assert msgspec.structs.replace(again, request_id="") == msgspec.structs.replace(first, request_id="")
    assert (state.screen, type(state.journey)) == (waiting.screen, type(waiting.journey))
    assert not may_ask_again(state)
    untouched, effects = step(state, Touched(now_ms=9_100, action=Action.TRY_AGAIN))
    assert not any(isinstance(effect, Send) for effect in effects)
    assert untouched.journey == state.journey


@pytest.mark.parametrize("name", AWAY)
@pytest.mark.parametrize("size", [SMALL, LARGE, PORTRAIT])
@pytest.mark.parametrize("mode", ["plain", "large"])
def test_the_button_is_drawn_where_it_may_be_touched(name: str, size: tuple[int, int], mode: str) -> None:
    canvas = drawn(name, "de", size, MODES[mode], is_rehearsal=True)
    places = [target.rect for target in canvas.targets if target.action is Action.TRY_AGAIN]
    assert len(places) == 1
    assert not any(
        place.colliderect(target.rect)
        for place in places
        for target in canvas.targets
        if target.action is not Action.TRY_AGAIN
    )


def test_nothing_is_offered_while_the_line_is_down_and_it_is_once_the_line_is_back() -> None:
    state, _ = run(*scene_of("promotions_line_down").events("fr"))
    assert not may_ask_again(state)
    refused, effects = step(state, Touched(now_ms=9_000, action=Action.TRY_AGAIN))
    assert refused.journey == state.journey
    assert not any(isinstance(effect, Send) for effect in effects)
    state, _ = step(state, with_link(state, "up", 9_100))
    assert may_ask_again(state)


def test_without_an_answer_in_time_it_is_offered_too_and_an_answer_takes_it_away() -> None:
    state, _ = run(*moments.opened("fr")[:-1])
    deadline_ms = next_deadline_ms(state)
    assert deadline_ms is not None
    state, _ = step(state, Ticked(now_ms=deadline_ms))
    assert may_ask_again(state)
    state, effects = step(state, Touched(now_ms=deadline_ms + 100, action=Action.TRY_AGAIN))
    asked = next(effect.message for effect in effects if isinstance(effect, Send))
    assert isinstance(asked, AskPromotions)
    answer = msgspec.structs.replace(moments.OFFERS, request_id=asked.request_id)
    state, _ = step(state, Told(now_ms=deadline_ms + 200, answer=answer))
    assert state.journey is not None
    assert (state.journey.unread, may_ask_again(state)) == (None, False)


def test_with_the_card_the_question_goes_too() -> None:
    state, _ = run(*scene_of("promotions_central_away").events("fr"))
    state, _ = step(state, CardGone(now_ms=9_000, tap_id="tap-1"))
    assert state.journey is None
    assert not may_ask_again(state)
