"""Every journey of the list can be done in every mode: no journey is named here, a new one is in it.

What is done in a journey the scenes show: each touch that leads through one must find its target, in reach,
on the screen of that moment in that mode. A journey without a scene for each of its screens fails.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import pygame
import pytest

from kiosk.contact_sheet import MODES
from kiosk.flow import Action, Screen, State, next_deadline_ms, start, step
from kiosk.flow.access import PULLS
from kiosk.flow.deadlines import woken_ms
from kiosk.flow.events import Touched
from kiosk.flow.journeys import JOURNEYS
from kiosk.flow.journeys.base import Journey, is_answer_awaited
from kiosk.flow.mode import Mode
from kiosk.scenes import SCENES
from kiosk.scenes.demo import TODAY
from kiosk.screens.model import Model, motion_ends_ms
from kiosk.screens.paint import paint
from kiosk.speech.keypad import Keypad
from kiosk.speech.reading import Aloud, name_of
from kiosk.speech.simulated import SimulatedVoice
from kiosk.widgets.canvas import Canvas
from loyalty.limits.kiosk import KIOSK_SLOW_TIMES
from tests.unit.kiosk.drawing import LARGE, PORTRAIT, SMALL, kit

WAYS = MODES | {"slow": Mode(is_slow=True), "calm": Mode(is_calm=True), "ear": Mode(is_spoken=True)}

every_size = pytest.mark.parametrize("size", [SMALL, LARGE, PORTRAIT], ids=["small", "large", "portrait"])
with_screens = [number for number, journey in enumerate(JOURNEYS) if journey.touches]
every_journey = pytest.mark.parametrize("number", with_screens)


@dataclass(frozen=True, slots=True)
class Moment:
    """A screen, and the touch that leads on from it."""

    scene: str
    state: State
    action: Action


@cache
def walked() -> tuple[Moment, ...]:
    """Every touch of every scene, on each screen once."""
    moments: dict[tuple[Screen, Action], Moment] = {}
    for scene in SCENES:
        state = start(language="fr", now_ms=0)
        for event in scene.events("fr"):
            if isinstance(event, Touched) and event.action is not None:
                key = state.screen, event.action
                moments.setdefault(key, Moment(scene.name, state, event.action))
            state, _ = step(state, event)
    return tuple(moments.values())


@cache
def shown() -> frozenset[Screen]:
    """The screens that scenes end on."""
    ends = set()
    for scene in SCENES:
        state = start(language="fr", now_ms=0)
        for event in scene.events("fr"):
            state, _ = step(state, event)
        ends.add(state.screen)
    return frozenset(ends)


def drawn(state: State, size: tuple[int, int], pulled: int = 0) -> Canvas:
    kit(size).forget_growth()
    model = Model(state=replace(state, pulled=pulled), now_ms=state.touched_ms + 1_000, today=TODAY)
    return paint(pygame.Surface(size), kit(size), model)


def in_reach(state: State, size: tuple[int, int]) -> Iterator[Action]:
    """What can be touched, from the lower half where that was asked for."""
    low = size[1] // 2 if state.mode.is_low else 0
    for pulled in range(PULLS if state.mode.is_low else 1):
        yield from (each.action for each in drawn(state, size, pulled).targets if each.rect.centery >= low)


def moments_of(journey: Journey) -> list[Moment]:
    return [moment for moment in walked() if moment.action in journey.touches.get(moment.state.screen, {})]


@every_journey
def test_every_journey_is_walked_by_scenes_to_each_of_its_screens(number: int) -> None:
    journey = JOURNEYS[number]
    assert moments_of(journey), "a journey that no scene walks"
    assert set(journey.touches) <= shown()


@every_journey
@every_size
@pytest.mark.parametrize("way", WAYS)
def test_every_journey_can_be_done_in_every_mode(way: str, size: tuple[int, int], number: int) -> None:
    for moment in moments_of(JOURNEYS[number]):
        state = replace(moment.state, mode=moment.state.mode.joined(WAYS[way]))
        assert moment.action in set(in_reach(state, size)), (moment.scene, state.screen, moment.action)


@pytest.mark.parametrize("way", WAYS)
def test_the_ways_into_and_out_of_journeys_are_there_in_every_mode(way: str) -> None:
    own = {
        (screen, action)
        for journey in JOURNEYS
        for screen, some in journey.touches.items()
        for action in some
    }
    for moment in walked():
        if (moment.state.screen, moment.action) not in own:
            state = replace(moment.state, mode=moment.state.mode.joined(WAYS[way]))
            assert moment.action in set(in_reach(state, SMALL)), (moment.scene, state.screen, moment.action)


@every_journey
def test_every_journey_can_be_done_by_ear_and_keys_alone(number: int) -> None:
    """With headphones: the page is read out, keys lead to each target of the way, and it is told by name."""
    for moment in moments_of(JOURNEYS[number]):
        mode = moment.state.mode.joined(WAYS["ear"])
        state = replace(moment.state, mode=mode, has_headphones=True)
        canvas = drawn(state, SMALL)
        voice, keypad = SimulatedVoice(), Keypad()
        aloud = Aloud(voice)
        aloud.follow(canvas, state)
        assert voice.now, (moment.scene, state.screen)
        for _ in canvas.targets:
            keypad.press("next", canvas.targets)
            aloud.follow(canvas, state, keypad.focused)
            if keypad.focused is moment.action:
                break
        assert keypad.press("activate", canvas.targets) is moment.action, (moment.scene, moment.action)
        assert name_of(canvas, moment.action), (moment.scene, moment.action)
        assert voice.now == name_of(canvas, moment.action)


@every_journey
def test_whoever_asks_for_more_time_has_it_in_every_journey(number: int) -> None:
    for moment in moments_of(JOURNEYS[number]):
        state = moment.state
        since_ms = max(
            state.touched_ms, state.entered_ms
        )  # a page that goes by itself counts from its first frame
        plain_ms, slow_ms = (
            (next_deadline_ms(replace(state, mode=mode)) or 0) - since_ms
            for mode in (replace(state.mode, is_slow=False), replace(state.mode, is_slow=True))
        )
        is_of_machines = is_answer_awaited(state) or woken_ms(state) is not None
        assert slow_ms == plain_ms * (1 if is_of_machines else KIOSK_SLOW_TIMES), moment.scene


@every_journey
def test_nothing_moves_in_any_journey_for_whoever_asks_for_that(number: int) -> None:
    for moment in moments_of(JOURNEYS[number]):
        state = replace(moment.state, mode=moment.state.mode.joined(WAYS["calm"]))
        assert motion_ends_ms(state) == 0
        frames = [
            paint(
                pygame.Surface(SMALL),
                kit(SMALL),
                Model(state=state, now_ms=state.touched_ms + ms, today=TODAY),
            ).surface
            for ms in (1, 150)
        ]
        assert frames[0].get_buffer().raw == frames[1].get_buffer().raw, (moment.scene, state.screen)
