"""One pharmacy: open until when and its week; what it does; what happens there."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

import pygame

from kiosk.flow.journeys.base import page_of
from kiosk.flow.journeys.shops import LINES_PER_PAGE, ShopsPage
from kiosk.flow.state import Action
from kiosk.screens.message import content_rect
from kiosk.screens.model import Model
from kiosk.screens.shop_words import in_language, standing_words, weekday_at_start
from kiosk.screens.shops import draw_header
from kiosk.screens.turning import pages_of, turning
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.controls import Button, draw_bar, draw_chip
from kiosk.widgets.fontbook import Weight
from kiosk.widgets.icons import Icon, draw_icon
from loyalty.programme.opening_hours import other_day, spans_on, write_spans
from wire.shop_pages import ShopEvent, ShopPage

_DAYS: Final = 7


def draw(canvas: Canvas, model: Model) -> None:
    """The part that is looked at."""
    page = page_of(model.state, ShopsPage)
    draw_header(canvas, model)
    room = content_rect(canvas).move(0, (1000 - model.entering_per_mille) * canvas.metrics.gap // 1000)
    if page.part == "hours":
        _draw_hours(canvas, model, page.shop, room)
    else:
        _draw_lines(canvas, model, page, room)
    _draw_actions(canvas, page)


def _draw_actions(canvas: Canvas, page: ShopsPage) -> None:
    """In large type three at most: of four, long words leave none larger than plain. The list can finish."""
    tr = canvas.words.tr
    buttons = [Button(action=Action.BACK, label=tr("Back"), icon="left")]
    if page.part == "hours":
        if page.shop.services:
            buttons.append(Button(action=Action.SHOP_SERVICES, label=tr("Our services"), icon="spark"))
        if page.shop.events:
            buttons.append(Button(action=Action.SHOP_EVENTS, label=tr("Coming up"), icon="clock"))
    pages = pages_of(page.lines(), LINES_PER_PAGE)
    buttons += turning(canvas.words, number=page.part_number, pages=pages)
    if len(buttons) < (3 if canvas.is_grown else 4):
        buttons.append(Button(action=Action.FINISH, label=tr("Finish"), icon="check"))
    draw_bar(canvas, *buttons)


def _draw_hours(canvas: Canvas, model: Model, shop: ShopPage, room: pygame.Rect) -> None:
    """Who, where and now on the left; the coming seven days on the right."""
    m = canvas.metrics
    if m.is_portrait:
        half = room.height * 40 // 100
        left = pygame.Rect(room.left, room.top, room.width, half)
        right = pygame.Rect(room.left, room.top + half + m.gap, room.width, room.height - half - m.gap)
    else:
        width = room.width * (60 if canvas.is_grown else 54) // 100
        left = pygame.Rect(room.left, room.top, room.width - width - 2 * m.gap, room.height)
        right = pygame.Rect(room.right - width, room.top, width, room.height)
    _draw_facts(canvas, model, shop, left)
    if shop.hours is not None:
        _draw_week(canvas, model, shop, right)


def _draw_facts(canvas: Canvas, model: Model, shop: ShopPage, rect: pygame.Rect) -> None:
    m, p = canvas.metrics, canvas.palette
    headline = Style(size=m.headline * 8 // 10, weight=700, colour=p.ink, line_percent=114)
    quiet = Style(size=m.body, colour=p.muted, line_percent=136)
    name = canvas.block(shop.name, headline, rect.width, lines=2, may_cut=True, is_even=True)
    place = ", ".join(part for part in (shop.street, f"{shop.postcode} {shop.city}".strip()) if part)
    lines = [
        canvas.block(text, quiet, rect.width, lines=2, may_cut=True) for text in (place, shop.phone) if text
    ]
    said, is_open = standing_words(canvas.words, model, shop)
    chip = m.note * 22 // 10
    total = name.height + sum(line.height for line in lines) + m.gap + chip
    top = rect.top + max(0, rect.height - total) // 2
    top = canvas.put(name, rect.left, top) + m.gap // 3
    for line in lines:
        top = canvas.put(line, rect.left, top)
    draw_chip(
        canvas,
        said,
        rect.left,
        top + m.gap * 2 // 3,
        tone="brand" if is_open else "soon",
        max_width=rect.width,
    )


class _Day(NamedTuple):
    """A day of the week that comes: `why` it is not as usual, in the shop's words."""

    name: str
    said: str
    is_open: bool
    is_other: bool
    why: str


def _week(canvas: Canvas, model: Model, shop: ShopPage) -> list[_Day]:
    words, hours = canvas.words, shop.hours
    assert hours is not None
    week = []
    for offset in range(_DAYS):
        day = model.today + timedelta(days=offset)
        is_other = other_day(hours, day) is not None
        why = in_language(canvas, shop.reasons.get(day.isoformat(), {})) if is_other else ""
        spans = write_spans(spans_on(hours, day))
        said = spans or words.tr("closed")
        name = weekday_at_start(words, day) if offset else words.tr("Today")
        week.append(_Day(name, words.labelled(why, said) if why else said, bool(spans), is_other, why))
    return week


def _draw_week(canvas: Canvas, model: Model, shop: ShopPage, rect: pygame.Rect) -> None:
    """A day a row, all equally large; only what the shop says of a day may be smaller, or cut."""
    m, p = canvas.metrics, canvas.palette
    canvas.panel(rect)
    inner = rect.inflate(-2 * m.pad * (8 if m.is_small else 10) // 10, -m.pad)
    height = min(inner.height // _DAYS, m.bar)
    top = inner.centery - height * _DAYS // 2
    week = _week(canvas, model, shop)
    size, share = _columns(canvas, week, inner.width)
    for offset, day in enumerate(week):
        is_today = offset == 0
        weight: Weight = 700 if is_today else 600 if day.is_other else 400
        colour = p.soon_text if day.is_other else p.ink if day.is_open else p.muted
        row = pygame.Rect(inner.left, top + offset * height, inner.width, height)
        left = Style(size=size, weight=700 if is_today else 400, colour=p.ink, line_percent=110)
        right = Style(size=size, weight=weight, colour=colour, line_percent=110)
        canvas.text(day.name, left, pygame.Rect(row.left, row.top, share, height), is_middle=True)
        rest = pygame.Rect(row.left + share, row.top, row.width - share, height)
        canvas.text(day.said, right, rest, align="right", is_middle=True, may_cut=bool(day.why))
        if offset:
            canvas.hairline(inner.left, inner.right, row.top)


def _columns(canvas: Canvas, week: Sequence[_Day], width: int) -> tuple[int, int]:
    """The size of a week's letters, the largest at which days and hours stand beside each other, and how wide
    the days are then.
    """
    m, fonts = canvas.metrics, canvas.kit.fonts
    for size in range(m.body, m.body // 2, -1):
        names = max(fonts.width(day.name, 700, size) for day in week) + m.gap
        hours = max((fonts.width(day.said, 700, size) for day in week if not day.why), default=0)
        if names + hours <= width:
            break
    return size, names


def _draw_lines(canvas: Canvas, model: Model, page: ShopsPage, room: pygame.Rect) -> None:
    """A few services or events, each a card."""
    m, p, words = canvas.metrics, canvas.palette, canvas.words
    title = words.tr("Our services") if page.part == "services" else words.tr("Coming up")
    style = Style(size=m.headline * 7 // 10, weight=700, colour=p.ink, line_percent=116)
    top = canvas.text(f"{title} · {page.shop.name}", style, room, may_cut=True) + m.gap // 2
    first = page.part_number * LINES_PER_PAGE
    gap = m.gap // 2
    height = min((room.bottom - top - gap * (LINES_PER_PAGE - 1)) // LINES_PER_PAGE, m.bar * 17 // 10)
    entries: list[tuple[Icon, str, str]] = (
        [
            ("spark", in_language(canvas, each.names), in_language(canvas, each.notes))
            for each in page.shop.services
        ]
        if page.part == "services"
        else [
            ("clock", in_language(canvas, each.names), _when(canvas, model, each))
            for each in page.shop.events
        ]
    )
    for index, (icon, name, note) in enumerate(entries[first : first + LINES_PER_PAGE]):
        rect = pygame.Rect(room.left, top + index * (height + gap), room.width, height)
        _draw_line(canvas, icon, name, note, rect)


def _draw_line(canvas: Canvas, icon: Icon, name: str, note: str, rect: pygame.Rect) -> None:
    m, p = canvas.metrics, canvas.palette
    canvas.panel(rect, radius=m.radius * 7 // 10)
    size = m.bar * 50 // 100
    badge = pygame.Rect(rect.left + m.pad * 6 // 10, rect.centery - size // 2, size, size)
    canvas.panel(badge, fill=p.tint, radius=size // 3)
    draw_icon(canvas.surface, icon, badge.center, m.icon * 9 // 10, p.brand_text, sprites=canvas.kit.sprites)
    left = badge.right + m.pad * 6 // 10
    width = rect.right - m.pad // 2 - left
    strong = Style(size=m.title, weight=600, colour=p.ink, line_percent=120)
    quiet = Style(size=m.note, colour=p.muted, line_percent=126)
    blocks = [canvas.block(name, strong, width, may_cut=True)]
    if note:
        blocks.append(canvas.block(note, quiet, width, lines=2, may_cut=True))
    top = rect.centery - sum(block.height for block in blocks) // 2
    for block in blocks:
        top = canvas.put(block, left, top)


def _when(canvas: Canvas, model: Model, event: ShopEvent) -> str:
    """The day, or from when to when; the hours; what else there is to say."""
    words, today = canvas.words, model.today
    first, last = date.fromisoformat(event.from_day), date.fromisoformat(event.to_day)
    day = words.day_of_year(first, today=today)
    if first == today == last:
        day = words.tr("Today")
    elif last > first:
        until = words.day_of_year(last, today=today)
        day = words.tr("until {day}", day=until) if first <= today else f"{day} – {until}"
    return " · ".join(part for part in (day, event.hours, in_language(canvas, event.notes)) if part)
