"""A QR code on a card of its own."""

from functools import lru_cache
from typing import Final

import pygame
import segno

from kiosk.widgets.canvas import Canvas
from kiosk.widgets.palette import luminance

_MASK: Final = 3
"""One of the eight, each as good to a reader: trying all of them takes longer than the frame has."""
QUIET_MODULES: Final = 4
"""The light border a QR code needs (ISO/IEC 18004)."""


def draw_qr(canvas: Canvas, content: str, room: pygame.Rect) -> None:
    """Whole pixels for each module: a camera reads no blurred edges. Dark on light in every mode: many
    readers do not know a code whose colours are turned round.
    """
    p = canvas.palette
    dark, light = sorted((p.ink, p.card), key=luminance)
    modules = _modules(content)
    across = len(modules) + 2 * QUIET_MODULES
    size = max(1, (room.width - 2 * canvas.metrics.line) // across)  # the border is none of the quiet zone
    canvas.panel(room, fill=light, border=canvas.palette.hairline)
    left = room.centerx - size * len(modules) // 2
    top = room.centery - size * len(modules) // 2
    for y, line in enumerate(modules):
        for x, is_dark in enumerate(line):
            if is_dark:
                canvas.surface.fill(dark, pygame.Rect(left + x * size, top + y * size, size, size))


@lru_cache(maxsize=4)
def _modules(content: str) -> tuple[tuple[bool, ...], ...]:
    code = segno.make_qr(content, error="m", boost_error=False, mask=_MASK)
    return tuple(tuple(bool(module) for module in line) for line in code.matrix)
