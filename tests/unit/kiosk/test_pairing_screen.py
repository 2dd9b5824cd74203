"""The screen of a terminal without a token: what it shows, what a card does there, how its code is read."""

import pygame
import pytest
import segno

from kiosk.flow import Action, Screen, State, start, step
from kiosk.flow.effects import PlaySound, Sound
from kiosk.flow.events import (
    AgentChanged,
    AgentLinkChanged,
    AnyEvent,
    CardSeen,
    ReaderLinkChanged,
    Ticked,
    Touched,
)
from kiosk.scenes import SCENES, play
from kiosk.scenes.demo import an_agent_state
from tests.unit.kiosk.drawing import LARGE, PORTRAIT, SMALL, drawn

UNPAIRED = next(scene for scene in SCENES if scene.name == "pairing").events("fr")
READER = ReaderLinkChanged(now_ms=100, is_up=True)


def run(*events: AnyEvent) -> tuple[State, tuple[object, ...]]:
    state, effects = start(language="fr", now_ms=0), tuple[object, ...]()
    for event in events:
        state, effects = step(state, event)
    return state, effects


def test_the_code_is_shown_without_waiting_for_a_reader() -> None:
    assert run(*UNPAIRED)[0].screen is Screen.PAIRING
    lost = ReaderLinkChanged(now_ms=200, is_up=False)
    assert run(READER, *UNPAIRED, lost)[0].screen is Screen.PAIRING


def test_a_card_means_nothing_yet() -> None:
    state, effects = run(*UNPAIRED, CardSeen(now_ms=500, tap_id="tap-1"))
    assert (state.screen, effects) == (Screen.PAIRING, (PlaySound(Sound.REFUSAL),))


def test_once_it_has_its_token_the_screen_goes_on_by_itself_and_forgets_the_code() -> None:
    gone = AgentLinkChanged(now_ms=1000, is_up=False)
    state, _ = run(READER, *UNPAIRED, gone)
    assert (state.screen, state.agent) == (Screen.STARTING, None)
    back = (AgentLinkChanged(now_ms=1100, is_up=True), AgentChanged(now_ms=1200, state=an_agent_state()))
    assert run(READER, *UNPAIRED, gone, *back)[0].screen is Screen.ATTRACT


def test_an_agent_that_does_not_come_back_is_told_after_a_while() -> None:
    gone = AgentLinkChanged(now_ms=1000, is_up=False)
    assert run(READER, *UNPAIRED, gone, Ticked(now_ms=60_000))[0].screen is Screen.AGENT_LOST


def test_whoever_installs_it_may_choose_their_language() -> None:
    assert run(*UNPAIRED, Touched(now_ms=500, action=Action.SPEAK_ZH))[0].language == "zh"


@pytest.mark.parametrize("size", [SMALL, LARGE, PORTRAIT], ids=["small", "large", "portrait"])
def test_the_qr_code_on_the_screen_is_the_one_of_this_terminal(size: tuple[int, int]) -> None:
    """Read back from the picture: every module at its middle, in whole pixels, with its quiet border."""
    pairing = play(next(scene for scene in SCENES if scene.name == "pairing"), "fr").agent
    assert pairing is not None
    assert pairing.pairing is not None
    # Any of the eight masks makes it the same content.
    codes = [
        [
            list(map(bool, line))
            for line in segno.make_qr(pairing.pairing.qr, error="m", boost_error=False, mask=mask).matrix
        ]
        for mask in range(8)
    ]
    modules = len(codes[0])
    surface = drawn("pairing", "fr", size).surface
    panel, left, top, module = find_code(surface, modules)
    read = [
        [
            is_dark(surface, (left + x * module + module // 2, top + y * module + module // 2))
            for x in range(modules)
        ]
        for y in range(modules)
    ]
    is_read = read in codes  # told in a word: pytest takes minutes to show where such lists differ
    assert is_read
    assert module >= 4, "a camera at arm's length"
    assert min(left - panel.left, top - panel.top) >= 4 * module
    assert pairing.pairing.code.replace("-", "") in pairing.pairing.qr


def is_dark(surface: pygame.Surface, at: tuple[int, int]) -> bool:
    return sum(tuple(surface.get_at(at))[:3]) < 3 * 100


def find_code(surface: pygame.Surface, modules: int) -> tuple[pygame.Rect, int, int, int]:
    """The white panel, the left upper corner of the code in it, and the size of a module."""
    mask = pygame.mask.from_threshold(surface, (255, 255, 255), (2, 2, 2, 255))
    panel = max(mask.get_bounding_rects(), key=lambda rect: rect.width * rect.height)
    dark = pygame.mask.from_threshold(surface.subsurface(panel), (15, 36, 28), (40, 40, 40, 255))
    boxes = [rect for rect in dark.get_bounding_rects() if rect.width > 2]
    code = boxes[0].unionall(boxes[1:])
    assert code.width == code.height
    assert code.width % modules == 0
    return panel, panel.left + code.left, panel.top + code.top, code.width // modules
