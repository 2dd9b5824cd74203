"""Drawing in tests: kits are kept, because fonts and shapes are the same for every test."""

from functools import cache

from kiosk.contact_sheet import draw_scene, kit_of
from kiosk.flow.effects import Send
from kiosk.scenes import SCENES
from kiosk.widgets.canvas import Canvas, Kit
from wire.messages import Language, Message

SMALL, LARGE, PORTRAIT = (800, 480), (1280, 800), (800, 1280)


@cache
def kit(size: tuple[int, int]) -> Kit:
    return kit_of(size)


def drawn(name: str, language: Language, size: tuple[int, int]) -> Canvas:
    scene = next(scene for scene in SCENES if scene.name == name)
    return draw_scene(kit(size), scene, language)


def is_sent(effect: object, kind: type[Message]) -> bool:
    """Whether an effect sends the agent a message of this kind."""
    return isinstance(effect, Send) and isinstance(effect.message, kind)
