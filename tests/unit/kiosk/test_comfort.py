"""How loud and bright: asked for step by step, never silent by accident or too dark to find the way back."""

from pathlib import Path

import pygame
import pytest

from kiosk.backlight import SysfsBacklight, dim
from kiosk.flow import Action, Screen, State, start, step
from kiosk.flow.effects import Send
from kiosk.flow.events import AnyEvent, Touched
from kiosk.flow.journeys.comfort import changed
from kiosk.scenes import SCENES
from loyalty.limits.kiosk import KIOSK_BRIGHTNESS_MIN
from tests.unit.kiosk.drawing import SMALL, drawn
from wire.comfort import USUAL, Comfort, SetComfort


def play(scene: str, *events: AnyEvent) -> tuple[State, list[object]]:
    state, sent = start(language="fr", now_ms=0), list[object]()
    for event in (*next(each for each in SCENES if each.name == scene).events("fr"), *events):
        state, effects = step(state, event)
        sent += [each.message for each in effects if isinstance(each, Send)]
    return state, sent


def touched(action: Action) -> Touched:
    return Touched(now_ms=4_000, action=action)


@pytest.mark.parametrize(
    ("action", "wished"),
    [
        (Action.QUIETER, Comfort(volume=50, brightness=80)),
        (Action.LOUDER, Comfort(volume=70, brightness=80)),
        (Action.DARKER, Comfort(volume=60, brightness=70)),
        (Action.BRIGHTER, Comfort(volume=60, brightness=90)),
    ],
)
def test_a_touch_asks_for_one_step_and_the_next_waits_for_its_answer(action: Action, wished: Comfort) -> None:
    state, sent = play("comfort", touched(action), touched(action), touched(Action.BACK))
    assert sent == [SetComfort(request_id="session-1.1", session_id="session-1", comfort=wished)]
    assert state.screen is Screen.COMFORT


def test_it_ends_where_it_ends() -> None:
    darkest = USUAL
    for _ in range(20):
        darkest = changed(darkest, Action.DARKER)
    assert darkest == Comfort(brightness=KIOSK_BRIGHTNESS_MIN)
    _, sent = play("comfort_most", touched(Action.LOUDER), touched(Action.BRIGHTER))
    assert sent == []
    offered = {target.action for target in drawn("comfort_least", "fr", SMALL).targets}
    assert not offered & {Action.QUIETER, Action.DARKER}
    assert offered >= {Action.LOUDER, Action.BRIGHTER}


def test_the_kernel_s_backlight_is_set_in_its_own_steps(tmp_path: Path) -> None:
    assert not SysfsBacklight(tmp_path / "none").set_percent(50)
    assert not SysfsBacklight(tmp_path).set_percent(50), "no device"
    device = tmp_path / "rpi_backlight"
    device.mkdir()
    (device / "max_brightness").write_text("31\n")
    (device / "brightness").write_text("31\n")
    assert SysfsBacklight(tmp_path).set_percent(50)
    assert (device / "brightness").read_text() == "15"
    (device / "max_brightness").write_text("many")
    assert not SysfsBacklight(tmp_path).set_percent(50)


def test_without_a_light_the_picture_is_dimmed() -> None:
    surface = pygame.Surface((2, 2))
    surface.fill((200, 100, 0))
    dim(surface, 50)
    assert surface.get_at((0, 0))[:3] == (100, 50, 0)
