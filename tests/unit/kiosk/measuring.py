"""What must hold of a screen that is drawn, in whatever language, size and mode."""

from collections import Counter
from collections.abc import Iterator

import pygame

from kiosk.flow.table import TOUCHES
from kiosk.widgets.canvas import Canvas, Label
from kiosk.widgets.fit import faults
from kiosk.widgets.palette import CONTRAST_MIN, Colour, contrast
from tests.unit.kiosk.drawing import model_of
from wire.messages import Language

_PILL_WIDTH = 52
"""Languages stand beside each other in a row of pills, narrower than other targets, but as high."""


def wrong_with(canvas: Canvas, name: str, language: Language, *, is_looked_at: bool) -> Iterator[str]:
    """What is cut, crossing or too small to touch; looked at: texts that are pale on what they stand on."""
    yield from faults(canvas)
    touches = TOUCHES[model_of(name, language).state.screen]
    for target in canvas.targets:
        least = canvas.metrics.key if target.is_key else canvas.metrics.touch
        width = _PILL_WIDTH if target.action.value.startswith("speak_") else least
        if target.rect.height < least or target.rect.width < width:
            yield f"too small to touch: {target}"
        if target.action not in touches:
            yield f"touched in vain: {target}"
    for label in canvas.labels if is_looked_at else ():
        ground = ground_beneath(canvas, label)
        if contrast(label.colour, ground) < CONTRAST_MIN:
            yield f"pale: {label.text} on {ground}"


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
