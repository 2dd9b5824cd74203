"""Whatever can be touched looks different under a finger, on every screen."""

import pygame
import pytest

from kiosk.flow import Action
from kiosk.flow.state import PIN_PADS
from kiosk.scenes import SCENES, Scene, play
from kiosk.screens.paint import paint
from kiosk.widgets.canvas import Canvas
from tests.unit.kiosk.drawing import LARGE, SMALL, kit

SEEN = [scene for scene in SCENES if play(scene, "fr").state.screen not in PIN_PADS]
"""All but the keys of a PIN, which look alike so that no viewer reads it: its dots answer the touch."""


def picture(scene: Scene, size: tuple[int, int], pressed: Action | None) -> tuple[Canvas, bytes]:
    model, surface = play(scene, "fr"), pygame.Surface(size)
    canvas = paint(surface, kit(size), model, pressed=pressed)
    return canvas, pygame.image.tobytes(surface, "RGB")


@pytest.mark.parametrize("size", [SMALL, LARGE])
@pytest.mark.parametrize("scene", SEEN, ids=lambda scene: scene.name)
def test_a_touched_target_looks_touched(scene: Scene, size: tuple[int, int]) -> None:
    canvas, plain = picture(scene, size, None)
    unseen = [target.action for target in canvas.targets if picture(scene, size, target.action)[1] == plain]
    assert unseen == []
