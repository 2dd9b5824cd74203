"""The last tickets as totals, a page at a time."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import pygame

from kiosk.flow.journeys.asking_why import is_explained, latest_first
from kiosk.flow.state import WHY_ROWS, Action
from kiosk.screens.frame import draw_member_header
from kiosk.screens.message import content_rect
from kiosk.screens.model import Model
from kiosk.screens.purchases import day_in_words, points_colour
from kiosk.screens.quiet import draw_quiet
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.controls import Button, draw_bar
from kiosk.widgets.icons import draw_icon
from loyalty.limits.kiosk import KIOSK_TICKETS_PER_PAGE
from wire.messages import Ticket


def draw(canvas: Canvas, model: Model) -> None:
    """Rows of day, shop, amount and points; their sum below where there is room."""
    m = canvas.metrics
    draw_member_header(canvas, model)
    room = content_rect(canvas)
    tickets = latest_first(model.member)
    first = model.state.page * KIOSK_TICKETS_PER_PAGE
    page = tickets[first : first + KIOSK_TICKETS_PER_PAGE]
    room = room.move(0, (1000 - model.entering_per_mille) * m.gap // 1000)
    if not page:
        draw_quiet(canvas, room, "receipt", canvas.words.tr("No purchase yet."))
    else:
        _draw_list(canvas, model, page, room, is_all=len(page) == len(tickets))
    _draw_actions(canvas, model, has_more=first + KIOSK_TICKETS_PER_PAGE < len(tickets))


def _draw_actions(canvas: Canvas, model: Model, *, has_more: bool) -> None:
    tr = canvas.words.tr
    buttons = [Button(action=Action.BACK, label=tr("Back"), icon="left")]
    if model.state.page > 0:
        buttons.append(Button(action=Action.NEWER, label=tr("Newer"), icon="newer"))
    if has_more:
        buttons.append(Button(action=Action.OLDER, label=tr("Older"), icon="older"))
    buttons.append(Button(action=Action.FINISH, label=tr("Finish"), icon="check"))
    draw_bar(canvas, *buttons)


def _draw_list(
    canvas: Canvas, model: Model, page: tuple[Ticket, ...], room: pygame.Rect, *, is_all: bool
) -> None:
    m, p, words = canvas.metrics, canvas.palette, canvas.words
    has_sum = is_all and len(page) <= KIOSK_TICKETS_PER_PAGE - 1
    sum_height = (m.bar * 11 // 10 + m.gap) if has_sum else 0
    pad = m.pad if not m.is_small else m.pad * 7 // 10
    card = pygame.Rect(room.left, room.top, room.width, room.height - sum_height)
    least = 2 * pad + m.title * 2 + len(page) * m.bar * 13 // 10
    if m.is_portrait:  # no higher than other lists, and low, in reach
        card.height = min(card.height, 2 * pad + m.title * 2 + len(page) * m.bar * 19 // 10)
        card.bottom = room.bottom - sum_height
    elif len(page) < KIOSK_TICKETS_PER_PAGE:
        card.height = min(card.height, least)
    canvas.panel(card)
    inner = card.inflate(-2 * m.pad, -2 * pad)
    title = Style(size=m.title, weight=700, colour=p.ink, line_percent=130)
    top = canvas.text(words.tr("Your last purchases"), title, inner) + (0 if m.is_small else m.gap // 3)
    height = (inner.bottom - top) // len(page)
    look = _look(canvas, model, page, inner.width, height)
    for index, ticket in enumerate(page):
        if index:
            canvas.hairline(inner.left, inner.right, top)
        rect = pygame.Rect(inner.left, top, inner.width, height)
        _draw_row(canvas, model, ticket, rect, WHY_ROWS[index], look)
        top += height
    if has_sum:
        _draw_sum(canvas, page, pygame.Rect(room.left, card.bottom + m.gap, room.width, sum_height - m.gap))


class _Look(NamedTuple):
    """How the rows of a page look, all alike; widths in pixels. `lines`: of a shop's name."""

    day: Style
    shop: Style
    lines: int
    figure: Style
    left: int
    money: int
    points: int


def _look(canvas: Canvas, model: Model, page: Sequence[Ticket], width: int, height: int) -> _Look:
    """Columns as wide as their widest figure, the rest for day and shop: as large as their longest allow."""
    m, p, words, fonts = canvas.metrics, canvas.palette, canvas.words, canvas.kit.fonts
    strong = Style(size=m.title * 96 // 100, weight=600, colour=p.ink, line_percent=120)
    quiet = Style(size=m.note, colour=p.muted, line_percent=124)
    apart = m.gap * 2 if m.is_portrait else m.title * 2
    points = max(fonts.width(words.signed(each.points), 600, strong.size) for each in page) + apart
    money = max(fonts.width(_money(canvas, model, each), 400, strong.size) for each in page) + m.gap
    left = width - _mark_width(canvas) - points - money
    day, _ = canvas.common([(day_in_words(canvas, model, each), left) for each in page], strong)
    lines = 2 if height >= (day.size + 3 * quiet.size) * 13 // 10 else 1
    quiet = replace(quiet, size=min(quiet.size, day.size * 9 // 10))
    shop, _ = canvas.common([(each.shop_name, left) for each in page], quiet, lines=lines)
    return _Look(day, shop, lines, strong, left, money, points)


def _money(canvas: Canvas, model: Model, ticket: Ticket) -> str:
    return canvas.words.money(ticket.total_minor, model.currency)


def _mark_width(canvas: Canvas) -> int:
    """What a row keeps at its right end for the mark that says it opens."""
    return 2 * canvas.metrics.note


def _draw_row(
    canvas: Canvas, model: Model, ticket: Ticket, rect: pygame.Rect, action: Action, look: _Look
) -> None:
    m, p = canvas.metrics, canvas.palette
    if is_explained(model.member, ticket):
        canvas.target(action, rect)
        if canvas.pressed is action:
            canvas.panel(rect.inflate(m.gap, -2 * m.line), fill=p.tint, radius=m.radius // 2)
        centre = (rect.right - m.note // 2, rect.centery)
        draw_icon(canvas.surface, "more", centre, m.note, p.muted, sprites=canvas.kit.sprites)
    rect = pygame.Rect(rect.left, rect.top, rect.width - _mark_width(canvas), rect.height)
    day = canvas.block(day_in_words(canvas, model, ticket), look.day, look.left)
    shop = canvas.block(ticket.shop_name, look.shop, look.left, lines=look.lines, may_cut=True)
    top = canvas.put(day, rect.left, rect.centery - (day.height + shop.height) // 2)
    canvas.put(shop, rect.left, top)
    plain = replace(look.figure, weight=400)
    money = pygame.Rect(rect.right - look.points - look.money, rect.top, look.money, rect.height)
    canvas.text(_money(canvas, model, ticket), plain, money, align="right", is_middle=True)
    gained = replace(look.figure, colour=points_colour(canvas, ticket.points))
    points = pygame.Rect(rect.right - look.points, rect.top, look.points, rect.height)
    canvas.text(canvas.words.signed(ticket.points), gained, points, align="right", is_middle=True)


def _draw_sum(canvas: Canvas, page: tuple[Ticket, ...], rect: pygame.Rect) -> None:
    m, p, words = canvas.metrics, canvas.palette, canvas.words
    canvas.panel(rect)
    inner = rect.inflate(-2 * m.pad, 0)
    total = sum(ticket.points for ticket in page)
    label = Style(size=m.title, weight=600, colour=p.ink)
    figure = Style(size=m.title * 17 // 10, weight=700, colour=p.ink)
    said = words.trn("{points} point", "{points} points", total, points=words.number(total))
    half = inner.width // 2
    canvas.text(
        words.tr("Together"), label, pygame.Rect(inner.left, inner.top, half, inner.height), is_middle=True
    )
    right = pygame.Rect(inner.left + half, inner.top, inner.width - half, inner.height)
    canvas.text(said, figure, right, align="right", is_middle=True)
