"""The keyboard and its field, drawn by us: keys of 44 pixels at least, in the lower half, for either hand."""

from typing import Final

import pygame

from kiosk.flow.keyboard import PADS, Key, Kind, Typing, TypingPage, currency_of, rows_of
from kiosk.flow.state import VISITOR_SCREENS, Action
from kiosk.screens.frame import draw_brand, draw_visitor_header
from kiosk.screens.message import content_rect
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.controls import Button, Tone, chip_size, draw_bar, draw_chip
from kiosk.widgets.icons import Icon, draw_icon

_ROWS: Final = 4
_UNITS: Final = 20
"""Halves of a letter's key in the widest row."""
_ICONS: Final[dict[Action, Icon]] = {Action.KEY_SHIFT: "shift", Action.ERASE: "erase"}


def draw_typing(
    canvas: Canvas, model: Model, *, title: str, hint: str, done: Button, tone: Tone | None = None
) -> None:
    """A page with one field: title above, hint, field, keys; back and what finishes it below.

    tone: of a hint that says something is wrong.
    """
    page, m = model.state.journey, canvas.metrics
    assert isinstance(page, TypingPage), "a page with a field"
    if model.state.screen in VISITOR_SCREENS:
        draw_visitor_header(canvas, model, title=title)
    else:
        draw_brand(canvas, model, right=m.width - m.margin, title=title)
    room = content_rect(canvas)
    is_dead = bool(page.request_id)
    keys = _keys_rect(canvas, room, page.typing.kind)
    above = pygame.Rect(room.left, room.top, room.width, keys.top - m.gap * 6 // 10 - room.top)
    if page.typing.kind in PADS and not m.is_portrait:
        above = pygame.Rect(room.left, room.top, room.width - keys.width - 2 * m.gap, room.height)
        above, keys = canvas.sided(above), canvas.sided(keys)
    _draw_above(canvas, page.typing, above, hint=hint, tone=tone)
    _draw_keys(canvas, page.typing, model, keys, is_dead=is_dead)
    back = Button(action=Action.BACK, label=canvas.words.tr("Back"), icon="left")
    draw_bar(canvas, back, done)


def _keys_rect(canvas: Canvas, room: pygame.Rect, kind: Kind) -> pygame.Rect:
    """Where the keys stand: along the bar; those of a telephone beside the field where there is room."""
    m = canvas.metrics
    gap = _gap(canvas)
    if kind in PADS and not m.is_portrait:
        width = room.width * 46 // 100
        return pygame.Rect(room.right - width, room.top, width, room.height)
    share = 45 if m.is_portrait else 70
    height = min(room.height * share // 100, _ROWS * m.bar + (_ROWS - 1) * gap)
    return pygame.Rect(room.left, room.bottom - height, room.width, height)


def _gap(canvas: Canvas) -> int:
    return max(4, canvas.metrics.gap * 35 // 100)


def _draw_above(canvas: Canvas, typing: Typing, rect: pygame.Rect, *, hint: str, tone: Tone | None) -> None:
    """The hint, and the field under it, above the keys."""
    m, p = canvas.metrics, canvas.palette
    gap = m.gap // 2
    style = Style(size=m.body if m.is_portrait else m.note, colour=p.muted, line_percent=128)
    if tone is None:
        room = max(1, rect.height - gap - m.title * 2)  # the field stays high enough for its line
        block = canvas.block(hint, style, rect.width, lines=3, room=room)
        height = block.height
    else:
        height = chip_size(canvas, hint, max_width=rect.width)[2]
    lines = 2 if typing.kind == "text" and rect.height - height > m.bar * 14 // 10 else 1
    field = min(rect.height - height - gap, m.title * (17 + 14 * lines) // 10)
    is_beside = rect.height > 3 * (height + field)
    top = rect.top + (rect.height - height - gap - field) // (2 if is_beside else 1)
    if tone is None:
        canvas.put(block, rect.left, top)
    else:
        draw_chip(canvas, hint, rect.left, top, tone=tone, max_width=rect.width)
    place = pygame.Rect(rect.left, top + height + gap, rect.width, field)
    _draw_field(canvas, typing, place, lines=lines)


def _draw_field(canvas: Canvas, typing: Typing, rect: pygame.Rect, *, lines: int) -> None:
    """What was typed: its end, where all has no room; and how much more has room."""
    m, p = canvas.metrics, canvas.palette
    canvas.panel(rect, fill=p.card, border=p.brand_text, thickness=max(2, m.line * 2), radius=m.radius // 2)
    inner = rect.inflate(-m.pad * 12 // 10, 0)
    if typing.kind == "text":
        left = canvas.words.number(typing.most - len(typing.typed))
        colour = p.soon_text if typing.is_full else p.muted
        note = Style(size=m.note, weight=600, colour=colour)
        width = canvas.kit.fonts.width("000", 600, m.note)
        canvas.text(left, note, inner, align="right", is_middle=True)
        inner = pygame.Rect(inner.left, inner.top, inner.width - width - m.gap, inner.height)
    size = m.title * 12 // 10 if lines == 1 else m.title
    style = Style(size=size, weight=600, colour=p.ink, line_percent=124, least_percent=100)
    shown = _end_that_fits(canvas, typing.typed, style, inner.width - m.line * 4, lines)
    end = inner.left
    if shown:
        block = canvas.block(shown, style, inner.width, lines=lines, may_cut=True)
        top = inner.top + (inner.height - block.height) // 2
        canvas.put(block, inner.left, top)
        last = canvas.labels[-1].rect
        end, middle = last.right + m.line * 3, last.centery
    else:
        middle = inner.centery
    pygame.draw.line(
        canvas.surface, p.brand_text, (end, middle - size // 2), (end, middle + size // 2), 2 * m.line
    )


def _end_that_fits(canvas: Canvas, typed: str, style: Style, width: int, lines: int) -> str:
    """The longest end of a text that fits."""
    if not typed.strip() or canvas.is_whole(typed, style, width, lines=lines):
        return typed.strip()
    low, high = 1, len(typed) - 1  # characters left out: at `high` it fits
    while low < high:
        middle = (low + high) // 2
        if canvas.is_whole("…" + typed[middle:], style, width, lines=lines):
            high = middle
        else:
            low = middle + 1
    return "…" + typed[low:]


def _draw_keys(canvas: Canvas, typing: Typing, model: Model, rect: pygame.Rect, *, is_dead: bool) -> None:
    gap = _gap(canvas)
    rows = rows_of(typing, canvas.words.language, currency_of(model.state))
    height = (rect.height - (_ROWS - 1) * gap) // _ROWS
    units = 6 if typing.kind in PADS else _UNITS
    top = rect.bottom - len(rows) * height - (len(rows) - 1) * gap
    for row in rows:
        used = sum(key.width for key in row)
        edge = rect.left + rect.width * (units - used) // (2 * units)
        at = 0
        for key in row:
            left = edge + rect.width * at // units + gap // 2
            right = edge + rect.width * (at + key.width) // units - (gap - gap // 2)
            place = pygame.Rect(left, top, right - left, height)
            _draw_key(canvas, typing, key, place, is_dead=is_dead)
            at += key.width
        top += height + gap


def _draw_key(canvas: Canvas, typing: Typing, key: Key, rect: pygame.Rect, *, is_dead: bool) -> None:
    m, p = canvas.metrics, canvas.palette
    is_dead = is_dead or (bool(key.char) and typing.is_full)
    is_dead = is_dead or (key.action in (Action.ERASE, Action.KEY_SPACE) and not typing.typed)
    is_on = key.action is Action.KEY_SHIFT and typing.is_upper
    is_pressed = canvas.pressed is key.action
    fill = p.card if key.char else p.tint
    if is_dead:
        fill = p.ground
    elif is_on or is_pressed:
        fill = p.brand_pressed if is_on and is_pressed else p.brand
    ink = p.muted if is_dead else p.on_brand if is_on or is_pressed else p.ink
    canvas.panel(rect, fill=fill, border=p.hairline, radius=m.radius // 2, thickness=max(1, m.line))
    icon: Icon | None = _ICONS.get(key.action)
    names = {Action.KEY_SHIFT: canvas.words.tr("Capital letters"), Action.ERASE: canvas.words.tr("Erase")}
    if not is_dead:
        canvas.target(key.action, rect, name=names.get(key.action, ""), is_key=True)
    if key.char and key.action is not Action.KEY_SPACE:
        style = Style(size=min(m.title * 12 // 10, rect.height * 6 // 10), weight=600, colour=ink)
        canvas.text(key.char, style, rect, align="centre", is_middle=True, is_key=True)
        return
    if icon:
        draw_icon(canvas.surface, icon, rect.center, m.icon, ink, sprites=canvas.kit.sprites)
        return
    said = {
        Action.KEY_LETTERS: "abc",
        Action.KEY_FIGURES: "123",
        Action.KEY_ACCENTS: "éüç",
        Action.KEY_SPACE: canvas.words.tr("Space"),
    }[key.action]
    style = Style(size=m.title, weight=600, colour=ink)
    inner = rect.inflate(-m.gap // 2, 0)
    canvas.text(said, style, inner, align="centre", is_middle=True, is_key=True)
