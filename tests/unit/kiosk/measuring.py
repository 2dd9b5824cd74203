"""What must hold of a screen that is drawn, in whatever language, size and mode."""

from collections import Counter

import pygame

from kiosk.flow.mode import Mode
from kiosk.flow.table import TOUCHES
from kiosk.widgets.canvas import Canvas, Label
from kiosk.widgets.fit import faults
from kiosk.widgets.palette import CONTRAST_MIN, Colour, contrast
from tests.unit.kiosk.drawing import drawn, model_of
from wire.messages import Language

_PILL_WIDTH = 52
"""Languages stand beside each other in a row of pills, narrower than other targets, but as high."""


def check(name: str, language: Language, size: tuple[int, int], mode: Mode, *, is_looked_at: bool) -> None:
    """Nothing cut, crossing or too small to touch; looked at: every text legible on what it stands on."""
    canvas = drawn(name, language, size, mode, is_rehearsal=not is_looked_at)
    assert list(faults(canvas)) == [], language
    _large_enough_to_touch(canvas, name, language)
    if is_looked_at:
        for label in canvas.labels:
            ground = ground_beneath(canvas, label)
            assert contrast(label.colour, ground) >= CONTRAST_MIN, (language, label.text, ground)


def _large_enough_to_touch(canvas: Canvas, name: str, language: Language) -> None:
    touches = TOUCHES[model_of(name, language).state.screen]
    for target in canvas.targets:
        least = canvas.metrics.key if target.is_key else canvas.metrics.touch
        width = _PILL_WIDTH if target.action.value.startswith("speak_") else least
        assert target.rect.height >= least, (language, target)
        assert target.rect.width >= width, (language, target)
        assert target.action in touches, target


def ground_beneath(canvas: Canvas, label: Label) -> Colour:
    """The commonest colour around a label's ink: what it is read against."""
    box = label.rect.inflate(8, 8).clip(canvas.surface.get_rect())
    strips = (
        pygame.Rect(box.left, box.top, box.width, 1),
        pygame.Rect(box.left, box.bottom - 1, box.width, 1),
        pygame.Rect(box.left, box.top, 1, box.height),
        pygame.Rect(box.right - 1, box.top, 1, box.height),
    )
    pixels = b"".join(pygame.image.tobytes(canvas.surface.subsurface(strip), "RGB") for strip in strips)
    counts = Counter(pixels[at : at + 3] for at in range(0, len(pixels), 3))
    red, green, blue = counts.most_common(1)[0][0]
    return red, green, blue
