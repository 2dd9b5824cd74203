"""The layout of every screen that says one thing: headline and text left, a picture right."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import pygame

from kiosk.screens.model import Model
from kiosk.screens.poster import Panel
from kiosk.widgets.canvas import Block, Canvas, Style
from kiosk.widgets.controls import Button, Tone, chip_size, draw_button, draw_chip
from kiosk.widgets.metrics import Metrics
from kiosk.widgets.textflow import Spans

Picture = Callable[[tuple[int, int], int], None]
"""Draws itself around a centre, within a radius."""


_BESIDE_PICTURE: Final = 132
"""Large type that would have to be smaller than this beside a picture takes the picture's room."""
_SCALES: Final[tuple[tuple[int, int], ...]] = ((100, 124), (100, 112), (100, 100), (88, 100), (76, 100))
"""Percent of headline and text that are tried, the largest first: few words have a screen to themselves."""
_GROWN_SCALES: Final[tuple[tuple[int, int], ...]] = ((100, 100), (97, 100), (92, 100), (88, 100), (76, 100))
"""Large type: a text keeps its size, its lines come closer first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """What is said, broken to a width, with the height it takes; `is_full_size`: nothing had to shrink."""

    blocks: list[Block]
    height: int
    is_full_size: bool
    gap: int


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
    says_more: bool = False,
) -> None:
    """Headline, text and chip, together in the middle of the room left of the picture.

    bottom: where the room ends; without it the whole height is used. button: under the words.
    panel: stands in the place of the picture. says_more: the picture tells what the words do not; any
    other leaves its room to large type that needs it.
    """
    m = canvas.metrics
    top, end = m.header, bottom if bottom is not None else m.height - m.margin

    def words_in(canvas: Canvas, width: int, height: int) -> _Words:
        said = _Said(title=title, text=text, chip=chip, has_button=button is not None)
        return _largest(canvas, said, width, height)

    if panel is not None:
        top, left, width = _beside(canvas, panel, top, end)
    elif says_more or _has_room_for_picture(canvas, top, end, words_in):
        centre, radius, room = _with_picture(canvas, top, end)
        picture(centre, radius)
        top, left, width = room.top, room.left, room.width
    else:
        left, width = m.margin, m.width - 2 * m.margin
    words = words_in(canvas, width, end - top)
    to_button = _to_button(canvas, text)
    place = pygame.Rect(left, top + max(0, end - top - words.height) // 2, width, words.height)
    below = _draw_column(canvas, model, words, place, chip, chip_tone)
    if button:
        _draw_under(canvas, button, pygame.Rect(left, below + to_button, width, m.bar))


def _has_room_for_picture(
    canvas: Canvas, top: int, end: int, words_in: Callable[[Canvas, int, int], _Words]
) -> bool:
    """Whether words can be large beside a picture; without large type they always can."""
    if not canvas.is_grown:
        return True
    metrics = Metrics.of((canvas.metrics.width, canvas.metrics.height), _BESIDE_PICTURE)
    tried = replace(canvas, metrics=metrics, shortened=[], is_rough=False)
    *_, room = _with_picture(tried, top, end)
    words = words_in(tried, room.width, end - room.top)
    return words.is_full_size and words.height <= end - room.top


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What stands in the column of words."""

    title: str
    text: str | Spans
    chip: str | Spans
    has_button: bool


def _largest(canvas: Canvas, said: _Said, width: int, height: int) -> _Words:
    """The words as large as they stand there whole; large type grows with the whole screen."""
    scales = _GROWN_SCALES if canvas.is_grown else _SCALES
    # What grew may take of the space above the bar; whether it is too near is seen when all is drawn.
    height += canvas.metrics.gap * 2 // 3 if canvas.is_grown else 0
    roomy: tuple[int, int] | None = None
    for headline_percent, text_percent in scales[:-1]:
        tried = replace(canvas, shortened=[])
        words = _words(tried, said, width, headline_percent, text_percent)
        if words.height > height:
            continue
        if words.is_full_size:
            return words
        if roomy is None and text_percent == 100:  # a long text shrinks: a smaller headline gives it nothing
            roomy = headline_percent, text_percent
    return _words(canvas, said, width, *(roomy or scales[-1]))


def _words(canvas: Canvas, said: _Said, width: int, headline_percent: int, text_percent: int) -> _Words:
    m, p = canvas.metrics, canvas.palette
    size = m.headline * headline_percent // 100
    headline = Style(size=size, weight=700, colour=p.ink, line_percent=112)
    body = Style(
        size=m.body * text_percent // 100,
        colour=p.muted,
        strong=p.ink,
        line_percent=150 if headline_percent == 100 else 132,
    )
    blocks = [canvas.block(said.title, headline, width, lines=3, is_even=True)]
    is_full_size = blocks[0].style.size == headline.size
    gap = m.gap * headline_percent // 100
    if said.text:
        blocks.append(canvas.block(said.text, body, width, lines=4, is_even=True))
        is_full_size = is_full_size and blocks[1].style.size == body.size
    height = sum(block.height for block in blocks) + gap * (len(blocks) - 1)
    if said.chip:
        chip, _, chip_height = chip_size(canvas, said.chip, max_width=width)
        is_full_size = is_full_size and chip.style.size == m.note
        height += chip_height + gap * 3 // 2
    height += m.bar + _to_button(canvas, said.text) if said.has_button else 0
    return _Words(blocks=blocks, height=height, is_full_size=is_full_size, gap=gap)


def _to_button(canvas: Canvas, text: str | Spans) -> int:
    return canvas.metrics.gap if text else canvas.metrics.gap * 3 // 2


def _with_picture(canvas: Canvas, top: int, end: int) -> tuple[tuple[int, int], int, pygame.Rect]:
    """The picture's centre and radius, and where the words begin, and how wide they may be, beside it."""
    m = canvas.metrics
    if m.is_portrait:
        centre, radius, width = _portrait(canvas, top, end)
        return centre, radius, pygame.Rect(m.margin, centre[1] + radius + m.gap, width, 0)
    radius = min((end - top) * 43 // 100, m.width * 17 // 100)
    centre = (m.width - m.margin - radius - m.gap * 2, (top + end) // 2)
    width = centre[0] - radius - m.margin - 2 * m.gap
    room = canvas.sided(pygame.Rect(m.margin, top, width, 0))
    return canvas.sided(pygame.Rect(*centre, 0, 0)).topleft, radius, room


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
    canvas: Canvas, model: Model, words: _Words, place: pygame.Rect, chip: str | Spans, tone: Tone
) -> int:
    top = place.top + (1000 - model.entering_per_mille) * canvas.metrics.gap // 2000
    top = canvas.put(words.blocks[0], place.left, top)
    for block in words.blocks[1:]:
        top = canvas.put(block, place.left, top + words.gap)
    if chip:
        chip_at = top + words.gap * 3 // 2
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
