"""Choosing a language during a visit: each in its own name."""

import pygame

from kiosk.flow.state import Action
from kiosk.locales.words import OWN_NAMES
from kiosk.screens.frame import SPEAK_ACTIONS, draw_member_header, languages_of
from kiosk.screens.message import content_rect
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.controls import Button, draw_bar
from kiosk.widgets.icons import draw_icon
from kiosk.widgets.palette import mix


def draw(canvas: Canvas, model: Model) -> None:
    """A title, and a large button per language, two to a row."""
    m, p, words = canvas.metrics, canvas.palette, canvas.words
    draw_member_header(canvas, model, has_languages=False)
    room = content_rect(canvas)
    style = Style(size=m.title * 11 // 10, weight=700, colour=p.ink)
    top = canvas.text(words.tr("Which language do you prefer?"), style, room) + m.gap * 3 // 5
    offered = languages_of(model)
    columns = 1 if m.is_portrait else 2 if len(offered) <= 4 else 3
    rows = -(-len(offered) // columns)
    height = min((room.bottom - top - m.gap * (rows - 1)) // rows, m.bar * 2)
    width = (room.width - m.gap * (columns - 1)) // columns
    for index, one in enumerate(offered):
        row, column = divmod(index, columns)
        rect = pygame.Rect(room.left + column * (width + m.gap), top + row * (height + m.gap), width, height)
        action, is_spoken = SPEAK_ACTIONS[one], one == words.language
        fill = p.tint if is_spoken else p.card
        if canvas.pressed is action:
            fill = mix(fill, p.ink, 93)
        border = p.brand_text if is_spoken else p.hairline
        canvas.panel(rect, fill=fill, border=border, thickness=2 * m.line)
        name = Style(size=m.title * 13 // 10, weight=600, colour=p.brand_text if is_spoken else p.ink)
        canvas.text(OWN_NAMES[one], name, rect, align="centre", is_middle=True)
        if is_spoken:
            at = (rect.right - m.pad - m.icon // 2, rect.centery)
            draw_icon(canvas.surface, "check", at, m.icon, p.brand_text, sprites=canvas.kit.sprites)
        canvas.target(action, rect)
    draw_bar(canvas, Button(action=Action.BACK, label=words.tr("Back"), kind="primary", icon="left"))
