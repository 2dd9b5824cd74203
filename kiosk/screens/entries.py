"""Tiles in one column or two: a picture, what it is, how it stands; touched to change it."""

from collections.abc import Sequence
from dataclasses import dataclass

import pygame

from kiosk.flow.state import Action
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.controls import Tone
from kiosk.widgets.icons import Icon, draw_icon


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One tile. `lower` may be a text from outside. `is_on`: chosen, said by a check and by `lower`."""

    icon: Icon
    upper: str
    lower: str = ""
    action: Action | None = None
    is_on: bool = False
    may_cut: bool = False
    """The upper line comes from outside, too."""


def draw_entries(
    canvas: Canvas,
    room: pygame.Rect,
    title: str,
    entries: Sequence[Entry],
    *,
    tone: Tone | None = None,
    text: str = "",
) -> None:
    """The title (coloured where it says what is wrong), a sentence, and the tiles in reading order."""
    m, p = canvas.metrics, canvas.palette
    colour = {None: p.ink, "brand": p.brand_text, "soon": p.soon_text, "stop": p.stop_text}[tone]
    columns = 1 if m.is_portrait else 2
    rows = -(-len(entries) // columns)
    gap = m.gap // 2
    width = (room.width - gap * (columns - 1)) // columns
    # Few tiles leave room: title and text are larger, tiles higher; upright they stand low, in reach.
    is_roomy = not canvas.is_grown and rows <= (4 if m.is_portrait else 2)
    size = m.title * 5 // 4 if is_roomy else m.title
    heading = Style(size=size, weight=700, colour=colour, line_percent=124)
    note = Style(size=m.body if is_roomy else m.note, colour=p.muted, line_percent=126)
    first = canvas.block(title, heading, room.width, lines=2)
    second = canvas.block(text, note, room.width, lines=4) if text else None
    said = first.height + (second.height if second else 0) + m.gap // 2
    height = min((room.height - said - gap * (rows - 1)) // rows, m.bar * (9 if is_roomy else 7) // 5)
    free = room.height - said - rows * (height + gap) + gap
    top = room.top + (free if m.is_portrait else 0)
    top = canvas.put(first, room.left, top)
    if second:
        top = canvas.put(second, room.left, top)
    top += m.gap // 2
    rects = [
        pygame.Rect(
            room.left + at % columns * (width + gap), top + at // columns * (height + gap), width, height
        )
        for at in range(len(entries))
    ]
    look = _look_of(canvas, entries, rects)
    for entry, rect in zip(entries, rects, strict=True):
        _draw_entry(canvas, entry, rect, look)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """How all tiles of a page look."""

    upper: Style
    lower: Style
    has_badges: bool


def _look_of(canvas: Canvas, entries: Sequence[Entry], rects: Sequence[pygame.Rect]) -> _Look:
    """As large as the longest line allows; pictures that are all the same leave their room to large type."""
    m, p = canvas.metrics, canvas.palette
    upper = Style(size=m.title, weight=600, colour=p.ink, line_percent=116)
    lower = Style(size=m.note, colour=p.muted, line_percent=120)
    has_badges = not canvas.is_grown or len({entry.icon for entry in entries}) > 1
    placed = [
        (entry, _words(canvas, entry, rect, has_badge=has_badges).width)
        for entry, rect in zip(entries, rects, strict=True)
    ]
    lines = _upper_lines(canvas, entries, rects, upper, lower)
    upper, _ = canvas.common(((entry.upper, width) for entry, width in placed), upper, lines=lines)
    lower, _ = canvas.common(((entry.lower, width) for entry, width in placed if entry.lower), lower)
    return _Look(upper=upper, lower=lower, has_badges=has_badges)


def _upper_lines(
    canvas: Canvas, entries: Sequence[Entry], rects: Sequence[pygame.Rect], upper: Style, lower: Style
) -> int:
    """Two, where the tiles are high enough for them; large type takes them, as large as that allows."""
    if canvas.is_grown:
        return 2
    below = lower.size * lower.line_percent // 100 if any(entry.lower for entry in entries) else 0
    room = min((rect.height for rect in rects), default=0) - canvas.metrics.gap // 2 - below
    return 2 if not below or room * 100 >= 2 * upper.size * upper.line_percent else 1


def _badge(canvas: Canvas, rect: pygame.Rect) -> pygame.Rect:
    m = canvas.metrics
    size = min(m.bar * 50 // 100, rect.height - m.gap)
    return pygame.Rect(rect.left + m.pad * 6 // 10, rect.centery - size // 2, size, size)


def _words(canvas: Canvas, entry: Entry, rect: pygame.Rect, *, has_badge: bool) -> pygame.Rect:
    """Where the words of a tile stand: right of its picture, left of its check."""
    m = canvas.metrics
    left = (_badge(canvas, rect).right if has_badge else rect.left) + m.pad * 6 // 10
    right = rect.right - m.pad * 7 // 10
    if entry.is_on:
        right -= m.icon + m.gap // 2
    return pygame.Rect(left, rect.top, right - left, rect.height)


def _draw_entry(canvas: Canvas, entry: Entry, rect: pygame.Rect, look: _Look) -> None:
    m, p = canvas.metrics, canvas.palette
    if entry.action is not None:
        canvas.target(entry.action, rect)
    fill = p.tint if entry.action is not None and canvas.pressed is entry.action else p.card
    canvas.panel(
        rect, fill=fill, border=p.brand_text if entry.is_on else p.hairline, thickness=max(1, m.line * 2)
    )
    if look.has_badges:
        _draw_badge(canvas, entry.icon, _badge(canvas, rect))
    if entry.is_on:
        centre = (rect.right - m.pad * 7 // 10 - m.icon // 2, rect.centery)
        draw_icon(canvas.surface, "check", centre, m.icon, p.brand_text, sprites=canvas.kit.sprites)
    words = _words(canvas, entry, rect, has_badge=look.has_badges)
    lines = _upper_lines(canvas, [entry], [rect], look.upper, look.lower)
    first = canvas.block(entry.upper, look.upper, words.width, lines=lines, may_cut=entry.may_cut)
    second = canvas.block(entry.lower, look.lower, words.width, may_cut=True) if entry.lower else None
    top = rect.centery - (first.height + (second.height if second else 0)) // 2
    top = canvas.put(first, words.left, top)
    if second:
        canvas.put(second, words.left, top)


def _draw_badge(canvas: Canvas, icon: Icon, badge: pygame.Rect) -> None:
    colour, sprites = canvas.palette.brand_text, canvas.kit.sprites
    canvas.panel(badge, fill=canvas.palette.tint, radius=badge.height // 3)
    draw_icon(canvas.surface, icon, badge.center, badge.height * 6 // 10, colour, sprites=sprites)
