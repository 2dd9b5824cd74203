"""Drawing in tests: kits are kept, because fonts and shapes are the same for every test."""

from functools import cache

import pygame

from kiosk.contact_sheet import kit_of
from kiosk.flow.effects import Send
from kiosk.flow.mode import PLAIN, Mode
from kiosk.scenes import SCENES, play
from kiosk.screens.model import Model
from kiosk.screens.paint import paint
from kiosk.widgets.canvas import Canvas, Kit
from wire.messages import Language, Message

SMALL, LARGE, PORTRAIT = (800, 480), (1280, 800), (800, 1280)


@cache
def kit(size: tuple[int, int]) -> Kit:
    return kit_of(size)


@cache
def model_of(name: str, language: Language, mode: Mode = PLAIN, pulled: int = 0) -> Model:
    return play(next(scene for scene in SCENES if scene.name == name), language, mode, pulled)


def drawn(
    name: str,
    language: Language,
    size: tuple[int, int],
    mode: Mode = PLAIN,
    pulled: int = 0,
    *,
    is_rehearsal: bool = False,
) -> Canvas:
    """is_rehearsal: where only places are looked at, for that is five times as quick."""
    surface = pygame.Surface(size)
    kit(size).forget_growth()  # what was drawn before does not matter
    return paint(surface, kit(size), model_of(name, language, mode, pulled), is_rehearsal=is_rehearsal)


def is_sent(effect: object, kind: type[Message]) -> bool:
    """Whether an effect sends the agent a message of this kind."""
    return isinstance(effect, Send) and isinstance(effect.message, kind)
