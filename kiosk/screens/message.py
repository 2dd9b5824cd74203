"""The layout of every screen that says one thing: headline and text left, a picture right."""

from collections.abc import Callable

import pygame

from kiosk.screens.model import Model
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
) -> None:
    """Headline, text and chip, together in the middle of the room left of the picture.

    bottom: where the room ends; without it the whole height is used. button: under the words.
    """
    m, p = canvas.metrics, canvas.palette
    top, end = m.header, bottom if bottom is not None else m.height - m.margin
    if m.is_portrait:
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
    blocks.append(canvas.block(text, body, width, lines=4, is_even=True))
    total = sum(block.height for block in blocks) + m.gap
    chip_height = chip_size(canvas, chip, max_width=width)[2] if chip else 0
    total += chip_height + m.gap * 3 // 2 if chip else 0
    total += m.bar + m.gap if button else 0
    place = pygame.Rect(left, top + max(0, end - top - total) // 2, width, total)
    below = _draw_column(canvas, model, blocks, place, chip, chip_tone)
    if button:
        _draw_under(canvas, button, pygame.Rect(left, below + m.gap, width, m.bar))


def _portrait(canvas: Canvas, top: int, end: int) -> tuple[tuple[int, int], int, int]:
    m = canvas.metrics
    radius = min(m.width * 28 // 100, (end - top) * 22 // 100)
    return (m.width // 2, top + radius + m.gap), radius, m.width - 2 * m.margin


def _draw_column(
    canvas: Canvas, model: Model, blocks: list[Block], place: pygame.Rect, chip: str | Spans, tone: Tone
) -> int:
    m = canvas.metrics
    top = place.top + (1000 - model.entering_per_mille) * m.gap // 2000
    top = canvas.put(blocks[0], place.left, top) + m.gap
    top = canvas.put(blocks[1], place.left, top)
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
