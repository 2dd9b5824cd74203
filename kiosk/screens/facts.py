"""A fact for staff: what it is of, how it is in a word and an icon, what was found, and what to do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import pygame

from kiosk.locales.words import Words
from kiosk.widgets.canvas import Block, Canvas, Style
from kiosk.widgets.icons import Icon, draw_icon
from kiosk.widgets.palette import Colour, Palette
from kiosk.widgets.textflow import Span
from wire.looking_after import Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """`state` says the condition in a word of its own where there is a better one; `do`: what to do."""

    name: str
    said: str
    condition: Condition = "well"
    state: str = ""
    do: str = ""


_PERCENTS: Final = (130, 124, 118, 112, 106, 100)
"""Of the type that the screen has, the largest first: large type that grows little is larger all the same."""

_ICONS: dict[Condition, Icon] = {"well": "check", "soon": "notice", "broken": "block", "absent": "minus"}


def state_word(words: Words, condition: Condition) -> str:
    """The condition in words: nobody has to tell colours apart."""
    tr = words.tr
    match condition:
        case "well":
            return tr("Works")
        case "soon":
            return tr("Look at it")
        case "broken":
            return tr("Does not work")
        case "absent":
            return tr("Not there")


def draw_facts(canvas: Canvas, facts: Sequence[Fact], room: pygame.Rect, *, per_page: int) -> None:
    """In two columns, upright in one; each as large as on a full page."""
    m, gap = canvas.metrics, canvas.metrics.gap // 2
    columns = 1 if m.is_portrait else 2
    lines = -(-per_page // columns)
    width = (room.width - gap * (columns - 1)) // columns
    height = min((room.height - gap * (lines - 1)) // lines, m.bar * 5 // 2)
    percent = _percent(canvas, facts, width, height)
    for at, fact in enumerate(facts):
        left = room.left + at % columns * (width + gap)
        top = room.top + at // columns * (height + gap)
        _draw(canvas, fact, pygame.Rect(left, top, width, height), percent)


def _percent(canvas: Canvas, facts: Sequence[Fact], width: int, height: int) -> int:
    """How large all of them can be."""
    tried = replace(canvas, shortened=[])
    room = height - canvas.metrics.pad
    for percent in _PERCENTS[:-1]:
        across = _words_width(canvas, width, percent)
        each = [_blocks(tried, fact, across, percent) for fact in facts]
        if all(are_whole and sum(block.height for block in blocks) <= room for blocks, are_whole in each):
            return percent
    return _PERCENTS[-1]


def _badge_size(canvas: Canvas, percent: int) -> int:
    return canvas.metrics.icon * 3 // 2 * percent // 100


def _words_width(canvas: Canvas, width: int, percent: int) -> int:
    """What the badge leaves; at the end a little more than the words need to stay clear of the edge."""
    m = canvas.metrics
    return width - _badge_size(canvas, percent) - 3 * (m.pad // 2) - m.gap // 3


_COLOURS: dict[Condition, Callable[[Palette], tuple[Colour, Colour]]] = {
    "well": lambda p: (p.tint, p.brand_text),
    "soon": lambda p: (p.soon_tint, p.soon_text),
    "broken": lambda p: (p.stop_tint, p.stop_text),
    "absent": lambda p: (p.ground, p.muted),
}


def _blocks(canvas: Canvas, fact: Fact, width: int, percent: int) -> tuple[list[Block], bool]:
    """What it says, and whether none of it had to shrink."""
    m, p = canvas.metrics, canvas.palette
    ink = _COLOURS[fact.condition](p)[1]
    state = fact.state or state_word(canvas.words, fact.condition)
    name = Style(size=m.note * percent // 100, colour=p.muted, strong=ink, line_percent=122)
    said = Style(size=m.title * percent // 100, weight=600, colour=p.ink, line_percent=116)
    do = Style(size=m.note * percent // 100, colour=p.ink, line_percent=122)
    blocks = [
        canvas.block((Span(f"{fact.name} · "), Span(state, is_strong=True)), name, width),
        canvas.block(fact.said, said, width, lines=2, may_cut=True),
    ]
    if fact.do:
        blocks.append(canvas.block(fact.do, do, width, lines=3))
    wanted = (name.size, said.size, do.size)
    return blocks, all(block.style.size == size for block, size in zip(blocks, wanted, strict=False))


def _draw(canvas: Canvas, fact: Fact, rect: pygame.Rect, percent: int) -> None:
    m = canvas.metrics
    canvas.panel(rect)
    fill, ink = _COLOURS[fact.condition](canvas.palette)
    size = _badge_size(canvas, percent)
    badge = pygame.Rect(rect.left + m.pad // 2, rect.centery - size // 2, size, size)
    canvas.panel(badge, fill=fill, radius=size // 2)
    icon = _ICONS[fact.condition]
    draw_icon(canvas.surface, icon, badge.center, size * 6 // 10, ink, sprites=canvas.kit.sprites)
    blocks, _ = _blocks(canvas, fact, _words_width(canvas, rect.width, percent), percent)
    top = rect.top + max(m.pad // 3, (rect.height - sum(each.height for each in blocks)) // 2)
    for block in blocks:
        top = canvas.put(block, badge.right + m.pad // 2, top)
