"""A card with nothing to list: a picture, and one sentence that says what is, or what to do."""

from typing import Final

import pygame

from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.controls import Button, draw_button
from kiosk.widgets.icons import Icon, draw_icon

_LINE: Final = 24
"""A line of the sentence is so many times as wide as its type is high: more would be a long way to read."""


def draw_quiet(
    canvas: Canvas, rect: pygame.Rect, icon: Icon, said: str, *, button: Button | None = None
) -> None:
    """In the middle of the card; it is all that there is, so it is as large as it may be.

    button: under the sentence; the picture gives way where there is no room for all three.
    """
    m, p = canvas.metrics, canvas.palette
    canvas.panel(rect)
    style = Style(size=m.title * 128 // 100, colour=p.ink, line_percent=136)
    width = min(rect.width - 2 * m.pad, style.size * _LINE)
    text = canvas.block(said, style, width, lines=5, is_even=True)
    gap = m.gap if m.is_small else m.gap * 3 // 2
    under = gap + m.bar if button else 0
    free = rect.height - text.height - under - gap - m.pad
    most = m.bar * (22 if m.is_portrait else 15) // 10
    size = min(most, rect.height * 34 // 100, rect.width // 3, max(m.icon * 3 // 2, free))
    if button and size > free:
        size, gap_above = 0, 0
    else:
        gap_above = gap
    top = rect.centery - (size + gap_above + text.height + under) // 2
    if size:
        badge = pygame.Rect(rect.centerx - size // 2, top, size, size)
        canvas.panel(badge, fill=p.tint, radius=size // 2)
        draw_icon(canvas.surface, icon, badge.center, size // 2, p.brand_text, sprites=canvas.kit.sprites)
    below = canvas.put(text, rect.centerx - width // 2, top + size + gap_above, align="centre")
    if button:
        wide = canvas.kit.fonts.width(button.label, 600, m.title) + 2 * m.pad + 2 * m.icon
        place = pygame.Rect(0, below + gap, min(rect.width - 2 * m.pad, wide), m.bar)
        place.centerx = rect.centerx
        draw_button(canvas, button, place)
