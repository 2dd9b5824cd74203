"""Warming up: the shapes of every screen are drawn once while nobody is there, so no first frame is slow.

What is slow in a first frame are its shapes (drawn large, scaled down, kept by colour and size), then its
texts. Shapes are few and are kept for good; texts are many: only those of the first pages are made ready. Of
the others the widths of their words are, which large type asks for at one size after the other.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import msgspec
import pygame

from kiosk.flow.mode import PLAIN, Mode
from kiosk.locales.words import LANGUAGES
from kiosk.scenes import SCENES, Scene, play
from kiosk.screens.model import Model
from kiosk.screens.paint import paint
from kiosk.widgets.canvas import Kit
from wire.face import Theme
from wire.messages import Language

FIRST: Final = frozenset({"asking", "member", "attract", "refused_unknown_card"})
"""What most visits begin with: ready before the first customer."""
LARGE: Final = Mode(is_large=True)
LOOKS: Final = (LARGE, Mode(is_contrast=True), PLAIN)
"""What has shapes and sizes of its own."""


def warm_first(kit: Kit, language: Language) -> None:
    """Draw what the first customer will see."""
    surface = _surface(kit)
    for scene in SCENES:
        if scene.name in FIRST:
            _draw(surface, kit, scene, language, None)


def warm_all(kit: Kit, language: Language, theme: Theme | None) -> Iterator[str]:
    """Draw every scene in these colours, one a step: in each look, the first pages last: their texts stay.

    In the other languages large type is only measured: how wide its words are is most of a first frame.
    """
    surface = _surface(kit)
    first = [scene for scene in SCENES if scene.name in FIRST]
    for look in LOOKS:
        for scene in SCENES:
            _draw(surface, kit, scene, language, theme, look)
            yield scene.name
    for other in LANGUAGES:
        for scene in SCENES if other != language else ():
            _draw(surface, kit, scene, other, theme, LARGE, is_rehearsal=True)
            yield scene.name
    for scene in first:
        _draw(surface, kit, scene, language, theme)
        yield scene.name


def warm_behind(kit: Kit, model: Model) -> None:
    """Draw the page behind the panel of modes in the mode that was chosen: it comes back at a touch."""
    paint(_surface(kit), kit, replace(model, state=replace(model.state, screen=model.state.behind)))


def _draw(
    surface: pygame.Surface,
    kit: Kit,
    scene: Scene,
    language: Language,
    theme: Theme | None,
    mode: Mode = PLAIN,
    *,
    is_rehearsal: bool = False,
) -> None:
    model = play(scene, language, mode)
    agent = model.state.agent
    if agent is not None and theme is not None:
        agent = msgspec.structs.replace(agent, theme=theme)
    paint(surface, kit, replace(model, state=replace(model.state, agent=agent)), is_rehearsal=is_rehearsal)


def _surface(kit: Kit) -> pygame.Surface:
    return pygame.Surface((kit.metrics.width, kit.metrics.height))
