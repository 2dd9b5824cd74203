"""The screen goes dark when the shop is closed or nobody came for long; touch, card and opening wake it."""

from dataclasses import replace
from datetime import date

import msgspec
import pygame
import pytest

from kiosk.flow import Action, Screen, State, start, step
from kiosk.flow.events import AgentChanged, AnyEvent, CardSeen, Touched
from kiosk.flow.rest import RESTING, Rest, rest_of, shift_of
from kiosk.scenes.base import idle
from kiosk.scenes.demo import an_agent_state
from kiosk.screens.model import Model, next_change_ms
from kiosk.screens.paint import paint
from kiosk.widgets.canvas import Canvas
from loyalty.limits.kiosk import KIOSK_REST_AFTER_S, KIOSK_REST_CLOSED_AFTER_S, KIOSK_SHIFT_EVERY_S
from loyalty.programme.opening_hours import OpeningHours, WeekSpan
from tests.unit.kiosk.drawing import LARGE, SMALL, kit

SUNDAY, MONDAY = date(2026, 11, 22), date(2026, 11, 23)
HOURS = OpeningHours(week=(WeekSpan(0, 8 * 60, 18 * 60),))
LONG_MS = KIOSK_REST_AFTER_S * 1000
SOON_MS = KIOSK_REST_CLOSED_AFTER_S * 1000
NIGHT_MS = 14 * 3_600_000


def state_after(*events: AnyEvent, hours: OpeningHours | None = HOURS) -> State:
    state = start(language="fr", now_ms=0)
    said = msgspec.structs.replace(an_agent_state(), hours=hours)
    for event in (*idle(), AgentChanged(now_ms=0, state=said), *events):
        state, _ = step(state, event)
    return state


def rest_at(state: State, now_ms: int, day: date = SUNDAY, minute: int = 600) -> Rest:
    return rest_of(state, now_ms=now_ms, day=day, minute=minute)


def test_outside_the_hours_the_screen_goes_dark_a_minute_after_the_last_touch() -> None:
    state = state_after()
    assert rest_at(state, SOON_MS - 1) is Rest.AWAKE
    assert rest_at(state, SOON_MS) is Rest.CLOSED


def test_a_touch_wakes_the_closed_screen() -> None:
    state, _ = step(state_after(), Touched(now_ms=NIGHT_MS))
    assert rest_at(state, NIGHT_MS + 1) is Rest.AWAKE
    assert rest_at(state, NIGHT_MS + SOON_MS) is Rest.CLOSED


def test_a_card_wakes_it_too() -> None:
    state, _ = step(state_after(), CardSeen(now_ms=NIGHT_MS, tap_id="tap-1"))
    assert state.screen is Screen.ASKING
    assert rest_at(state, NIGHT_MS) is Rest.AWAKE


def test_the_opening_wakes_it_however_long_the_night_was() -> None:
    state = state_after()
    assert rest_at(state, NIGHT_MS, MONDAY, 8 * 60 - 1) is Rest.CLOSED
    assert rest_at(state, NIGHT_MS, MONDAY, 8 * 60) is Rest.AWAKE
    assert rest_at(state, NIGHT_MS, MONDAY, 8 * 60 + KIOSK_REST_AFTER_S // 60) is Rest.QUIET


def test_in_the_hours_or_without_any_it_goes_dark_after_long_idleness_only() -> None:
    for hours, day in ((HOURS, MONDAY), (None, SUNDAY)):
        state = state_after(hours=hours)
        assert rest_at(state, LONG_MS - 1, day) is Rest.AWAKE
        assert rest_at(state, LONG_MS, day) is Rest.QUIET


@pytest.mark.parametrize("screen", [screen for screen in Screen if screen not in RESTING])
def test_a_screen_that_needs_somebody_never_rests(screen: Screen) -> None:
    state = replace(state_after(), screen=screen)
    assert rest_at(state, NIGHT_MS) is Rest.AWAKE
    assert shift_of(state, now_ms=NIGHT_MS) == (0, 0)


def test_a_card_that_was_left_behind_keeps_it_bright() -> None:
    state = replace(state_after(), card_on_reader="tap-1")
    assert rest_at(state, NIGHT_MS) is Rest.AWAKE


def test_what_stands_for_hours_wanders_about_its_place() -> None:
    state = state_after()
    every_ms = KIOSK_SHIFT_EVERY_S * 1000
    places = [shift_of(state, now_ms=number * every_ms) for number in range(9)]
    assert len(set(places)) == 9
    assert places[0] == (0, 0) == shift_of(state, now_ms=9 * every_ms)
    assert sum(across for across, _ in places) == sum(down for _, down in places) == 0


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_labels_and_targets_wander_with_the_picture_and_stay_on_the_screen(size: tuple[int, int]) -> None:
    state = state_after(hours=None)
    still = drawn(state, 5_000, size)
    moved = drawn(state, 5_000 + KIOSK_SHIFT_EVERY_S * 1000, size)
    by = max(1, still.metrics.margin // 8)
    assert [label.rect.move(by, 0) for label in still.labels] == [label.rect for label in moved.labels]
    assert [target.action for target in still.targets] == [target.action for target in moved.targets]
    for number in range(9):
        canvas = drawn(state, number * KIOSK_SHIFT_EVERY_S * 1000, size)
        assert all(canvas.surface.get_rect().contains(label.rect) for label in canvas.labels)
        assert all(canvas.surface.get_rect().contains(target.rect) for target in canvas.targets)


def test_a_dark_screen_offers_nothing_to_touch_and_is_looked_at_seldom() -> None:
    canvas = drawn(state_after(), NIGHT_MS, SMALL)
    assert canvas.targets == []
    assert max(canvas.surface.get_at((0, 0))[:3]) < 20
    change_ms = next_change_ms(state_after(), NIGHT_MS)
    assert change_ms is not None
    assert change_ms >= NIGHT_MS + 10_000


def test_the_language_that_was_chosen_is_spoken_in_the_dark_too() -> None:
    state, _ = step(state_after(), Touched(now_ms=10, action=Action.SPEAK_ZH))
    assert "11月23日 08:00 开门" in {
        label.text for label in drawn(state, SOON_MS + 100, SMALL, saturday=True).labels
    }


def drawn(state: State, now_ms: int, size: tuple[int, int], *, saturday: bool = False) -> Canvas:
    today = date(2026, 11, 21) if saturday else SUNDAY
    model = Model(state=state, now_ms=now_ms, today=today)
    return paint(pygame.Surface(size), kit(size), model)
