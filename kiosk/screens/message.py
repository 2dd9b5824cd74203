"""The layout of every screen that says one thing: headline and text left, a picture right."""

from collections.abc import Callable

import pygame

from kiosk.screens.model import Model
from kiosk.screens.poster import Panel
from kiosk.widgets.canvas import Block, Canvas, Style
from kiosk.widgets.controls import Button, Tone, chip_size, draw_button, draw_chip
from kiosk.widgets.textflow import Spans

Picture = Callable[[tuple[int, int], int], None]
"""Draws itself around a centre, within a radius."""


def draw_message(
    canvas: Canvas,
    model: Model,
    *,
    title: str,
    text: str | Spans,
    picture: Picture,
    chip: str | Spans = "",
    chip_tone: Tone = "brand",
    bottom: int | None = None,
    button: Button | None = None,
    panel: Panel | None = None,
) -> None:
    """Headline, text and chip, together in the middle of the room left of the picture.

    bottom: where the room ends; without it the whole height is used. button: under the words.
    panel: stands in the place of the picture.
    """
    m, p = canvas.metrics, canvas.palette
    top, end = m.header, bottom if bottom is not None else m.height - m.margin
    if panel is not None:
        top, left, width = _beside(canvas, panel, top, end)
    elif m.is_portrait:
        centre, radius, width = _portrait(canvas, top, end)
        picture(centre, radius)
        top = centre[1] + radius + m.gap
        left = m.margin
    else:
        radius = min((end - top) * 43 // 100, m.width * 17 // 100)
        centre = (m.width - m.margin - radius - m.gap * 2, (top + end) // 2)
        width = centre[0] - radius - m.margin - 2 * m.gap
        left = canvas.sided(pygame.Rect(m.margin, top, width, 0)).left
        picture(canvas.sided(pygame.Rect(*centre, 0, 0)).topleft, radius)
    headline = Style(size=m.headline, weight=700, colour=p.ink, line_percent=112)
    body = Style(size=m.body, colour=p.muted, strong=p.ink, line_percent=150)
    blocks = [canvas.block(title, headline, width, lines=3, is_even=True)]
    if text:
        blocks.append(canvas.block(text, body, width, lines=4, is_even=True))
    total = sum(block.height for block in blocks) + m.gap * (len(blocks) - 1)
    chip_height = chip_size(canvas, chip, max_width=width)[2] if chip else 0
    total += chip_height + m.gap * 3 // 2 if chip else 0
    to_button = m.gap if text else m.gap * 3 // 2
    total += m.bar + to_button if button else 0
    place = pygame.Rect(left, top + max(0, end - top - total) // 2, width, total)
    below = _draw_column(canvas, model, blocks, place, chip, chip_tone)
    if button:
        _draw_under(canvas, button, pygame.Rect(left, below + to_button, width, m.bar))


def _beside(canvas: Canvas, panel: Panel, top: int, end: int) -> tuple[int, int, int]:
    """Draw the panel: above the words where the screen is upright, else beside them; the words' room."""
    m = canvas.metrics
    if m.is_portrait:
        panel.draw(pygame.Rect((m.width - panel.width) // 2, top, panel.width, panel.height))
        return top + panel.height + m.gap, m.margin, m.width - 2 * m.margin
    place = pygame.Rect(m.width - m.margin - panel.width, top, panel.width, panel.height)
    place.top += (end - top - panel.height) // 2
    panel.draw(canvas.sided(place))
    width = place.left - m.margin - 2 * m.gap
    return top, canvas.sided(pygame.Rect(m.margin, top, width, 0)).left, width


def _portrait(canvas: Canvas, top: int, end: int) -> tuple[tuple[int, int], int, int]:
    m = canvas.metrics
    radius = min(m.width * 28 // 100, (end - top) * 22 // 100)
    return (m.width // 2, top + radius + m.gap), radius, m.width - 2 * m.margin


def _draw_column(
    canvas: Canvas, model: Model, blocks: list[Block], place: pygame.Rect, chip: str | Spans, tone: Tone
) -> int:
    m = canvas.metrics
    top = place.top + (1000 - model.entering_per_mille) * m.gap // 2000
    top = canvas.put(blocks[0], place.left, top)
    for block in blocks[1:]:
        top = canvas.put(block, place.left, top + m.gap)
    if chip:
        chip_at = top + m.gap * 3 // 2
        top = draw_chip(canvas, chip, place.left, chip_at, tone=tone, max_width=place.width).bottom
    return top


def _draw_under(canvas: Canvas, button: Button, room: pygame.Rect) -> None:
    m = canvas.metrics
    wide = canvas.kit.fonts.width(button.label, 600, m.title) + 2 * m.pad + 2 * m.icon
    draw_button(canvas, button, pygame.Rect(room.left, room.top, min(room.width, wide), room.height))


def content_rect(canvas: Canvas) -> pygame.Rect:
    """The room between header and bottom bar."""
    m = canvas.metrics
    bottom = m.bar_top - (m.gap if m.is_small else m.gap * 7 // 5)
    return pygame.Rect(m.margin, m.header, m.width - 2 * m.margin, bottom - m.header)
