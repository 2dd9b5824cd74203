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
    heading = Style(size=m.title, weight=700, colour=colour, line_percent=124)
    top = canvas.text(title, heading, room, lines=2)
    if text:
        note = Style(size=m.note, colour=p.muted, line_percent=126)
        place = pygame.Rect(room.left, top, room.width, room.height)
        top = canvas.text(text, note, place, lines=4)
    top += m.gap // 2
    columns = 1 if m.is_portrait else 2
    rows = -(-len(entries) // columns)
    gap = m.gap // 2
    width = (room.width - gap * (columns - 1)) // columns
    height = min((room.bottom - top - gap * (rows - 1)) // rows, m.bar * 3 // 2)
    for index, entry in enumerate(entries):
        row, column = divmod(index, columns)
        rect = pygame.Rect(room.left + column * (width + gap), top + row * (height + gap), width, height)
        _draw_entry(canvas, entry, rect)


def _draw_entry(canvas: Canvas, entry: Entry, rect: pygame.Rect) -> None:
    m, p = canvas.metrics, canvas.palette
    if entry.action is not None:
        canvas.target(entry.action, rect)
    fill = p.tint if entry.action is not None and canvas.pressed is entry.action else p.card
    canvas.panel(
        rect, fill=fill, border=p.brand_text if entry.is_on else p.hairline, thickness=max(1, m.line * 2)
    )
    size = min(m.bar * 50 // 100, rect.height - m.gap)
    badge = pygame.Rect(rect.left + m.pad * 6 // 10, rect.centery - size // 2, size, size)
    canvas.panel(badge, fill=p.tint, radius=size // 3)
    draw_icon(
        canvas.surface, entry.icon, badge.center, size * 6 // 10, p.brand_text, sprites=canvas.kit.sprites
    )
    left, right = badge.right + m.pad * 6 // 10, rect.right - m.pad * 7 // 10
    if entry.is_on:
        centre = (right - m.icon // 2, rect.centery)
        draw_icon(canvas.surface, "check", centre, m.icon, p.brand_text, sprites=canvas.kit.sprites)
        right -= m.icon + m.gap // 2
    upper = Style(size=m.title, weight=600, colour=p.ink, line_percent=116)
    lower = Style(size=m.note, colour=p.muted, line_percent=120)
    first = canvas.block(
        entry.upper, upper, right - left, lines=1 if entry.lower else 2, may_cut=entry.may_cut
    )
    second = canvas.block(entry.lower, lower, right - left, may_cut=True) if entry.lower else None
    top = rect.centery - (first.height + (second.height if second else 0)) // 2
    top = canvas.put(first, left, top)
    if second:
        canvas.put(second, left, top)
