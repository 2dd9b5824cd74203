"""Buttons, chips and pills: what a finger meets, and small statements of state."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, Literal

import pygame

from kiosk.flow.state import Action
from kiosk.widgets.canvas import Block, Canvas, Style
from kiosk.widgets.icons import Icon, draw_icon
from kiosk.widgets.palette import Colour, mix
from kiosk.widgets.textflow import Spans, is_wide, parts_a_word

Kind = Literal["primary", "plain", "stop", "stop_primary"]
Tone = Literal["brand", "soon", "stop"]
_ICON_COSTS_AT_MOST: Final = 86
"""Words beside an icon keep so many percent of their size, else the icons go."""
_LEAST_UPRIGHT: Final = 60
"""Four buttons side by side are narrow on an upright screen, whose type is larger."""
_LEAST_SMALL: Final = 66
_WORD_CHARS: Final = 4
"""A label of no more characters is one word, in any language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """One action of the bottom bar."""

    action: Action
    label: str
    kind: Kind = "plain"
    icon: Icon | None = None
    is_enabled: bool = True


def draw_button(canvas: Canvas, button: Button, rect: pygame.Rect) -> None:
    """A large button that stands alone."""
    draw_buttons(canvas, ((button, rect),))


def draw_buttons(canvas: Canvas, placed: Sequence[tuple[Button, pygame.Rect]]) -> None:
    """Buttons beside each other, all in one size of type; all with their icons, or none of them."""
    m = canvas.metrics
    least = _LEAST_UPRIGHT if m.is_portrait else _LEAST_SMALL if m.is_small else 75
    style = Style(size=m.title, weight=600, colour=canvas.palette.ink, line_percent=118, least_percent=least)

    def common(*, has_icons: bool) -> tuple[Style, bool]:
        sized, is_whole = style, True
        for lines in (1, 2):
            texts = (
                (each.label, _room(canvas, each, rect, has_icon=has_icons))
                for each, rect in placed
                if _lines_of(each) == lines
            )
            sized, are_whole = canvas.common(texts, sized, lines=lines, is_even=True)
            is_whole = is_whole and are_whole
        return _unparted(canvas, placed, sized, has_icons=has_icons), is_whole

    (chosen, is_whole), has_icons = common(has_icons=True), True
    if not is_whole or chosen.size * 100 < style.size * _ICON_COSTS_AT_MOST:
        without, is_whole_without = common(has_icons=False)
        if without.size > chosen.size or is_whole_without > is_whole:  # words come first
            chosen, has_icons = without, False
    for button, rect in placed:
        _draw_button(canvas, button if has_icons else replace(button, icon=None), rect, chosen)


def _unparted(
    canvas: Canvas, placed: Sequence[tuple[Button, pygame.Rect]], style: Style, *, has_icons: bool
) -> Style:
    """The style so small that no line of a Chinese label ends within a word, where that can be had."""
    wide = [(each, _room(canvas, each, rect, has_icon=has_icons)) for each, rect in placed if _is_wide(each)]
    tried = replace(canvas, shortened=[])
    for size in range(style.size, style.size * style.least_percent // 100, -1) if wide else ():
        sized = replace(style, size=size)
        blocks = (tried.block(each.label, sized, room, lines=2, is_even=True) for each, room in wide)
        if not any(parts_a_word(block.lines) for block in blocks):
            return sized
    return style


def _is_wide(button: Button) -> bool:
    return _lines_of(button) > 1 and any(is_wide(char) for char in button.label)


def _lines_of(button: Button) -> int:
    """A word is never broken, nor what a no-break space joins, though Chinese may break anywhere else."""
    return 1 if len(button.label) <= _WORD_CHARS or "\u00a0" in button.label else 2


def _room(canvas: Canvas, button: Button, rect: pygame.Rect, *, has_icon: bool) -> int:
    """What is left for the words of a button."""
    m = canvas.metrics
    return rect.width - m.pad - (m.icon + m.icon // 2 if button.icon and has_icon else 0)


def _draw_button(canvas: Canvas, button: Button, rect: pygame.Rect, style: Style) -> None:
    """Pressed, it darkens at once."""
    p, m = canvas.palette, canvas.metrics
    fill, border, ink, mark = _colours(canvas, button)
    is_filled = button.kind in ("primary", "stop_primary")
    if button.is_enabled:
        canvas.target(button.action, rect)
        if canvas.pressed is button.action:
            fill = mix(fill, p.ink, 84 if is_filled else 93)
    else:
        fill, border, ink, mark = p.ground, p.hairline, p.muted, p.muted
    canvas.panel(rect, fill=fill, border=border, thickness=max(1, m.line * 2))
    gap = m.icon // 2
    icon_width = m.icon + gap if button.icon else 0
    room = _room(canvas, button, rect, has_icon=True)
    block = canvas.block(
        button.label, replace(style, colour=ink), room, lines=_lines_of(button), is_even=True
    )
    width = _ink_width(canvas, block)
    left = rect.left + (rect.width - icon_width - width) // 2
    if button.icon:
        centre = (left + m.icon // 2, rect.centery)
        draw_icon(canvas.surface, button.icon, centre, m.icon, mark, sprites=canvas.kit.sprites)
    narrow = Block(lines=block.lines, style=block.style, width=width, line_height=block.line_height)
    align: Literal["left", "centre"] = "left" if button.icon else "centre"
    canvas.put(narrow, left + icon_width, rect.centery - block.height // 2, align=align)


def _colours(canvas: Canvas, button: Button) -> tuple[Colour, Colour, Colour, Colour]:
    """Fill, border, ink and icon of a kind of button."""
    p = canvas.palette
    match button.kind:
        case "primary":
            return p.brand, p.brand, p.on_brand, p.on_brand
        case "stop_primary":
            return p.stop, p.stop, p.on_stop, p.on_stop
        case "stop":
            return p.card, p.stop_outline, p.stop_text, p.stop_text
        case "plain":
            return p.card, p.hairline, p.ink, p.brand_text


def _ink_width(canvas: Canvas, block: Block) -> int:
    measure = canvas.measure(block.style)
    return max((sum(measure(span) for span in line) for line in block.lines), default=0)


def draw_answer(canvas: Canvas, button: Button) -> None:
    """The one answer to a message: half the bar, below the words it answers."""
    m, bar = canvas.metrics, canvas.bar
    width = bar.width if m.is_portrait else (m.width - 2 * m.margin - m.gap) // 2
    draw_button(canvas, button, pygame.Rect(bar.left, bar.top, width, bar.height))


def draw_bar(canvas: Canvas, *buttons: Button) -> None:
    """The bottom bar: at most four actions, the primary one wider."""
    assert 1 <= len(buttons) <= 4
    m, bar = canvas.metrics, canvas.bar
    inner = bar.width - m.gap * (len(buttons) - 1)
    is_wider = len(buttons) > 2 and not m.is_small
    shares = [7 if is_wider and button.kind == "primary" else 6 for button in buttons]
    edges = [bar.left + inner * sum(shares[:index]) // sum(shares) for index in range(len(shares) + 1)]
    widths = [right - left for left, right in pairwise(edges)]
    rects = (
        pygame.Rect(left + index * m.gap, bar.top, width, bar.height)
        for index, (left, width) in enumerate(zip(edges, widths, strict=False))
    )
    draw_buttons(canvas, tuple(zip(buttons, rects, strict=True)))


def draw_square(
    canvas: Canvas, action: Action, icon: Icon, rect: pygame.Rect, *, name: str, is_on: bool = False
) -> None:
    """A square button of the screen itself, at the end of the bottom bar; `name` is what is spoken of it."""
    m, p = canvas.metrics, canvas.palette
    fill = p.tint if is_on else p.card
    if canvas.pressed is action:
        fill = mix(fill, p.ink, 93)
    canvas.panel(rect, fill=fill, border=p.brand_text if is_on else p.hairline, thickness=max(1, m.line * 2))
    draw_icon(canvas.surface, icon, rect.center, rect.height // 2, p.brand_text, sprites=canvas.kit.sprites)
    canvas.target(action, rect, name=name)


def chip_size(
    canvas: Canvas, text: str | Spans, *, max_width: int, may_cut: bool = False, lines: int = 2
) -> tuple[Block, int, int]:
    """The text of a chip, broken, and the chip's width and height."""
    m = canvas.metrics
    style = Style(size=m.note, weight=600, colour=canvas.palette.brand_text, line_percent=120)
    side = m.note * 9 // 10
    block = canvas.block(text, style, max_width - 2 * side, lines=lines, is_even=True, may_cut=may_cut)
    height = block.height + m.note * 9 // 10
    return block, _ink_width(canvas, block) + 2 * side, height


def draw_chip(
    canvas: Canvas,
    text: str | Spans,
    left: int,
    top: int,
    *,
    tone: Tone = "brand",
    max_width: int,
    action: Action | None = None,
    may_cut: bool = False,
    lines: int = 2,
) -> pygame.Rect:
    """A rounded statement such as "+37 today"; returns its rectangle. With an action it can be touched."""
    p = canvas.palette
    fill, ink = {
        "brand": (p.tint, p.brand_text),
        "soon": (p.soon_tint, p.soon_text),
        "stop": (p.stop_tint, p.stop_text),
    }[tone]
    block, width, height = chip_size(canvas, text, max_width=max_width, may_cut=may_cut, lines=lines)
    rect = pygame.Rect(left, top, width, height)
    if action is not None:
        canvas.target(action, _reach(canvas, rect))
        if canvas.pressed is action:
            fill = mix(fill, p.ink, 93)
    canvas.panel(rect, fill=fill, radius=min(height // 2, canvas.metrics.radius))
    coloured = Style(
        size=block.style.size,
        weight=600,
        colour=ink,
        strong_weight=600,
        line_percent=block.style.line_percent,
    )
    put = Block(lines=block.lines, style=coloured, width=block.width, line_height=block.line_height)
    canvas.put(put, left + canvas.metrics.note * 9 // 10, top + (height - block.height) // 2)
    return rect


def _reach(canvas: Canvas, rect: pygame.Rect) -> pygame.Rect:
    """Where a finger meets something smaller than a finger: as high as every target, below the header."""
    m = canvas.metrics
    height = max(m.touch, rect.height)
    return pygame.Rect(rect.left, max(m.header, rect.centery - height // 2), rect.width, height)
