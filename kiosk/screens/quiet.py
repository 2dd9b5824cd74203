"""A card with nothing to list: a picture, and one sentence that says what is, or what to do."""

from typing import Final

import pygame

from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.icons import Icon, draw_icon

_LINE: Final = 24
"""A line of the sentence is so many times as wide as its type is high: more would be a long way to read."""


def draw_quiet(canvas: Canvas, rect: pygame.Rect, icon: Icon, said: str) -> None:
    """In the middle of the card; it is all that there is, so it is as large as it may be."""
    m, p = canvas.metrics, canvas.palette
    canvas.panel(rect)
    style = Style(size=m.title * 128 // 100, colour=p.ink, line_percent=136)
    width = min(rect.width - 2 * m.pad, style.size * _LINE)
    text = canvas.block(said, style, width, lines=5, is_even=True)
    gap = m.gap if m.is_small else m.gap * 3 // 2
    free = rect.height - text.height - gap - m.pad
    size = min(m.bar * 15 // 10, rect.height * 34 // 100, rect.width // 3, max(m.icon * 3 // 2, free))
    top = rect.centery - (size + gap + text.height) // 2
    badge = pygame.Rect(rect.centerx - size // 2, top, size, size)
    canvas.panel(badge, fill=p.tint, radius=size // 2)
    draw_icon(canvas.surface, icon, badge.center, size // 2, p.brand_text, sprites=canvas.kit.sprites)
    canvas.put(text, rect.centerx - width // 2, badge.bottom + gap, align="centre")
