"""A card with a title and rows: two lines left, a figure right; a row that can be touched says so."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import pygame

from kiosk.flow.state import Action
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.icons import draw_icon


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row. `upper`, `figure` are ours; `lower` may be a text from outside."""

    upper: str
    figure: str = ""
    lower: str = ""
    action: Action | None = None
    is_soon: bool = False
    """It ends soon: the line that says when, else the figure, says so by its colour too."""
    may_cut: bool = False
    """The upper line comes from outside, too."""


def draw_rows(
    canvas: Canvas, rect: pygame.Rect, title: str, rows: Sequence[Row], *, per_page: int, foot: str = ""
) -> None:
    """The rows of a page below their title, each as high as on a full page."""
    m, p = canvas.metrics, canvas.palette
    pad = m.pad if not m.is_small else m.pad * 7 // 10
    heading = Style(size=m.title, weight=700, colour=p.ink, line_percent=130)
    block = canvas.block(title, heading, rect.width - 2 * m.pad, lines=2)
    note = Style(size=m.note, colour=p.muted, line_percent=124)
    below = canvas.block(foot, note, rect.width - 2 * m.pad, lines=2, is_even=True) if foot else None
    foot_height = below.height + m.gap // 2 if below else 0
    room = rect.height - 2 * pad - block.height - m.gap // 3 - foot_height
    height = min(room // max(1, per_page), m.bar * (19 if m.is_portrait else 14) // 10)
    height = max(height, m.touch) if any(row.action for row in rows) else height
    used = 2 * pad + block.height + m.gap // 3 + foot_height + height * len(rows)
    top = rect.top
    if m.is_portrait and any(row.action for row in rows):
        top = max(rect.top, rect.bottom - used)  # what is touched stands low, in reach
    card = pygame.Rect(rect.left, top, rect.width, min(rect.height, used))
    canvas.panel(card)
    inner = card.inflate(-2 * m.pad, -2 * pad)
    top = canvas.put(block, inner.left, inner.top) + m.gap // 3
    styles = _styles(canvas, rows, inner.width, height)
    for at, row in enumerate(rows):
        if at:
            canvas.hairline(inner.left, inner.right, top)
        _draw_row(canvas, row, pygame.Rect(inner.left, top, inner.width, height), styles)
        top += height
    if below:
        canvas.put(below, inner.left, inner.bottom - below.height)


def _figure(canvas: Canvas, row: Row) -> tuple[Style, int]:
    """How the figure of a row looks, and how wide it is."""
    m, p = canvas.metrics, canvas.palette
    ink = p.soon_text if row.is_soon and not row.lower else p.brand_text
    style = Style(size=m.title * (14 if row.action else 11) // 10, weight=700, colour=ink, line_percent=120)
    return style, canvas.kit.fonts.width(row.figure, style.weight, style.size) if row.figure else 0


def _words_width(canvas: Canvas, row: Row, width: int) -> int:
    """What is left of a row for its words, beside its figure and the mark that it can be touched."""
    m = canvas.metrics
    figure = _figure(canvas, row)[1]
    return width - (2 * m.note if row.action is not None else 0) - (figure + m.gap if figure else 0)


class _Styles(NamedTuple):
    """How the upper and the lower lines of all rows look; `lines`: of an upper one, at most."""

    upper: Style
    lower: Style
    lines: int


def _styles(canvas: Canvas, rows: Sequence[Row], width: int, height: int) -> _Styles:
    """As large as the longest of them allows, on as many lines as a row holds."""
    m, p = canvas.metrics, canvas.palette
    upper = Style(size=m.title * 96 // 100, weight=600, colour=p.ink, line_percent=120)
    lower = Style(size=m.note, colour=p.muted, line_percent=124)
    placed = [(row, _words_width(canvas, row, width)) for row in rows]
    holds_three = height * 100 >= 2 * upper.size * upper.line_percent + lower.size * lower.line_percent
    lines = 2 if holds_three or not any(row.lower for row in rows) else 1
    upper, _ = canvas.common(((row.upper, room) for row, room in placed), upper, lines=lines)
    lower, _ = canvas.common(((row.lower, room) for row, room in placed if row.lower), lower)
    return _Styles(upper, lower, lines)


def _draw_row(canvas: Canvas, row: Row, rect: pygame.Rect, styles: _Styles) -> None:
    m, p = canvas.metrics, canvas.palette
    if row.action is not None:
        canvas.target(row.action, rect)
        if canvas.pressed is row.action:
            canvas.panel(rect.inflate(m.gap, -2 * m.line), fill=p.tint, radius=m.radius // 2)
        centre = (rect.right - m.note // 2, rect.centery)
        draw_icon(canvas.surface, "more", centre, m.note, p.muted, sprites=canvas.kit.sprites)
        rect = pygame.Rect(rect.left, rect.top, rect.width - 2 * m.note, rect.height)
    upper, lower, lines = styles
    if row.is_soon:
        lower = replace(lower, weight=600, colour=p.soon_text)
    figure, width = _figure(canvas, row)
    if width:
        canvas.text(row.figure, figure, rect, align="right", is_middle=True)
    left = rect.width - width - (m.gap if width else 0)
    first = canvas.block(row.upper, upper, left, lines=lines if row.lower else 2, may_cut=row.may_cut)
    second = canvas.block(row.lower, lower, left, may_cut=True) if row.lower else None
    top = rect.centery - (first.height + (second.height if second else 0)) // 2
    top = canvas.put(first, rect.left, top)
    if second:
        canvas.put(second, rect.left, top)
