"""Warming up: the shapes of every screen are drawn once while nobody is there, so no first frame is slow.

What is slow in a first frame are its shapes (drawn large, scaled down, kept by colour and size), then its
texts. Shapes are few and are kept for good; texts are many: only those of the first pages are made ready.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import msgspec
import pygame

from kiosk.scenes import SCENES, Scene, play
from kiosk.screens.paint import paint
from kiosk.widgets.canvas import Kit
from wire.messages import Language, Theme

FIRST: Final = frozenset({"asking", "member", "attract", "refused_unknown_card"})
"""What most visits begin with: ready before the first customer."""


def warm_first(kit: Kit, language: Language) -> None:
    """Draw what the first customer will see."""
    surface = _surface(kit)
    for scene in SCENES:
        if scene.name in FIRST:
            _draw(surface, kit, scene, language, None)


def warm_all(kit: Kit, language: Language, theme: Theme | None) -> Iterator[str]:
    """Draw every scene in these colours, one a step, the first pages last: their texts stay."""
    surface = _surface(kit)
    for scene in sorted(SCENES, key=lambda scene: scene.name in FIRST):
        _draw(surface, kit, scene, language, theme)
        yield scene.name


def _draw(surface: pygame.Surface, kit: Kit, scene: Scene, language: Language, theme: Theme | None) -> None:
    model = play(scene, language)
    if theme is not None and model.agent is not None:
        agent = msgspec.structs.replace(model.agent, theme=theme)
        model = replace(model, state=replace(model.state, agent=agent))
    paint(surface, kit, model)


def _surface(kit: Kit) -> pygame.Surface:
    return pygame.Surface((kit.metrics.width, kit.metrics.height))
