"""Warming up: the shapes of every screen are drawn once while nobody is there, so no first frame is slow.

What is slow in a first frame are its shapes (drawn large, scaled down, kept by colour and size), then its
texts. Shapes are few and are kept for good; texts are many: only those of the first pages are made ready.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import msgspec
import pygame

from kiosk.flow.mode import PLAIN, Mode
from kiosk.scenes import SCENES, Scene, play
from kiosk.screens.model import Model
from kiosk.screens.paint import paint
from kiosk.widgets.canvas import Kit
from wire.face import Theme
from wire.messages import Language

FIRST: Final = frozenset({"asking", "member", "attract", "refused_unknown_card"})
"""What most visits begin with: ready before the first customer."""
LOOKS: Final = (Mode(is_large=True), Mode(is_contrast=True), PLAIN)
"""What has shapes and sizes of its own."""


def warm_first(kit: Kit, language: Language) -> None:
    """Draw what the first customer will see."""
    surface = _surface(kit)
    for scene in SCENES:
        if scene.name in FIRST:
            _draw(surface, kit, scene, language, None)


def warm_all(kit: Kit, language: Language, theme: Theme | None) -> Iterator[str]:
    """Draw every scene in these colours, one a step: in each look, the first pages last: their texts stay."""
    surface = _surface(kit)
    first = [scene for scene in SCENES if scene.name in FIRST]
    for mode, scenes in (*((look, SCENES) for look in LOOKS), (PLAIN, first)):
        for scene in scenes:
            _draw(surface, kit, scene, language, theme, mode)
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
) -> None:
    model = play(scene, language, mode)
    agent = model.state.agent
    if agent is not None and theme is not None:
        agent = msgspec.structs.replace(agent, theme=theme)
    paint(surface, kit, replace(model, state=replace(model.state, agent=agent)))


def _surface(kit: Kit) -> pygame.Surface:
    return pygame.Surface((kit.metrics.width, kit.metrics.height))
