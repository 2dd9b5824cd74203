"""Choosing a language during a visit: each in its own name."""

import pygame

from kiosk.flow.state import Action
from kiosk.locales.words import OWN_NAMES
from kiosk.screens.frame import SPEAK_ACTIONS, draw_member_header, languages_of
from kiosk.screens.message import content_rect
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.controls import Button, draw_answer
from kiosk.widgets.icons import draw_icon
from kiosk.widgets.palette import mix
from wire.messages import Language


def draw(canvas: Canvas, model: Model) -> None:
    """A title, and a large button per language, side by side."""
    m, p, words = canvas.metrics, canvas.palette, canvas.words
    draw_member_header(canvas, model, has_languages=False)
    room = content_rect(canvas)
    offered = languages_of(model)
    columns = 1 if m.is_portrait else len(offered)
    rows = -(-len(offered) // columns)
    height = m.bar * 7 // 4 if rows == 1 else m.bar
    width = (room.width - m.gap * (columns - 1)) // columns
    style = Style(size=m.headline * 8 // 10, weight=700, colour=p.ink, line_percent=120)
    title = canvas.block(words.tr("Which language do you prefer?"), style, room.width, lines=2)
    total = title.height + 2 * m.gap + rows * height + (rows - 1) * m.gap
    top = canvas.put(title, room.left, room.top + (room.height - total) // 2) + 2 * m.gap
    for index, one in enumerate(offered):
        row, column = divmod(index, columns)
        left = room.left + column * (width + m.gap)
        _draw_tile(canvas, one, pygame.Rect(left, top + row * (height + m.gap), width, height))
    draw_answer(canvas, Button(action=Action.BACK, label=words.tr("Back"), icon="left"))


def _draw_tile(canvas: Canvas, language: Language, rect: pygame.Rect) -> None:
    m, p = canvas.metrics, canvas.palette
    action, is_spoken = SPEAK_ACTIONS[language], language == canvas.words.language
    fill = p.tint if is_spoken else p.card
    if canvas.pressed is action:
        fill = mix(fill, p.ink, 93)
    border = p.brand_text if is_spoken else p.hairline
    canvas.panel(rect, fill=fill, border=border, thickness=2 * m.line)
    colour = p.brand_text if is_spoken else p.ink
    name = Style(size=m.title * 12 // 10, weight=600, colour=colour)
    canvas.text(OWN_NAMES[language], name, rect, align="centre", is_middle=True)
    if is_spoken:
        at = (rect.centerx, rect.bottom - m.icon) if not m.is_portrait else (rect.right - m.pad, rect.centery)
        draw_icon(canvas.surface, "check", at, m.icon * 8 // 10, p.brand_text, sprites=canvas.kit.sprites)
    canvas.target(action, rect)
