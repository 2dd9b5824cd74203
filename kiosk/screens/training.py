"""Over every screen: a till's staff practise, and nothing of it is booked."""

import pygame

from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas, Style
from wire.messages import ALL_TILLS


def draw_strip(canvas: Canvas, model: Model) -> None:
    """A strip along the upper edge and a frame, where no screen has anything; only while somebody does."""
    tills = model.agent.training if model.agent else ()
    if not tills:
        return
    m, p = canvas.metrics, canvas.palette
    strip = pygame.Rect(0, 0, m.width, m.header // 4)
    pygame.draw.rect(canvas.surface, p.soon, strip)
    words = canvas.words
    said = words.tr("Training at till {tills}: nothing is booked", tills=words.listed(tills))
    if tills == (ALL_TILLS,):
        said = words.tr("Training: nothing is booked")
    pygame.draw.rect(canvas.surface, p.soon, canvas.surface.get_rect(), max(3, m.gap // 4))
    style = Style(size=strip.height * 88 // 100, weight=600, colour=p.on_soon, line_percent=110)
    place = strip.inflate(-2 * m.margin, 0)
    canvas.text(said, style, place, align="centre", may_cut=True, is_middle=True)
