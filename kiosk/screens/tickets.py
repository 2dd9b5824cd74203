"""The last tickets as totals, a page at a time."""

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
    is_short = len(page) < KIOSK_TICKETS_PER_PAGE
    card.height = min(card.height, least) if is_short else card.height
    canvas.panel(card)
    inner = card.inflate(-2 * m.pad, -2 * pad)
    title = Style(size=m.title, weight=700, colour=p.ink, line_percent=130)
    top = canvas.text(words.tr("Your last purchases"), title, inner) + (0 if m.is_small else m.gap // 3)
    height = (inner.bottom - top) // len(page)
    for index, ticket in enumerate(page):
        if index:
            canvas.hairline(inner.left, inner.right, top)
        _draw_row(canvas, model, ticket, pygame.Rect(inner.left, top, inner.width, height), WHY_ROWS[index])
        top += height
    if has_sum:
        _draw_sum(canvas, page, pygame.Rect(room.left, card.bottom + m.gap, room.width, sum_height - m.gap))


def _draw_row(canvas: Canvas, model: Model, ticket: Ticket, rect: pygame.Rect, action: Action) -> None:
    m, p, words = canvas.metrics, canvas.palette, canvas.words
    if is_explained(model.member, ticket):
        canvas.target(action, rect)
        if canvas.pressed is action:
            canvas.panel(rect.inflate(m.gap, -2 * m.line), fill=p.tint, radius=m.radius // 2)
        centre = (rect.right - m.note // 2, rect.centery)
        draw_icon(canvas.surface, "more", centre, m.note, p.muted, sprites=canvas.kit.sprites)
    rect = pygame.Rect(rect.left, rect.top, rect.width - 2 * m.note, rect.height)
    strong = Style(size=m.title * 96 // 100, weight=600, colour=p.ink, line_percent=120)
    quiet = Style(size=m.note, colour=p.muted, line_percent=124)
    gained = Style(
        size=strong.size, weight=600, colour=points_colour(canvas, ticket.points), line_percent=120
    )
    amount = Style(size=strong.size, weight=400, colour=p.ink, line_percent=120)
    points_width = max(m.title * 4, canvas.kit.fonts.width(words.signed(ticket.points), 600, strong.size))
    money_width = m.title * 8
    left = rect.width - points_width - money_width - m.gap
    heights = [style.size * style.line_percent // 100 for style in (strong, quiet)]
    top = rect.centery - sum(heights) // 2
    canvas.text(day_in_words(canvas, model, ticket), strong, pygame.Rect(rect.left, top, left, heights[0]))
    shop = pygame.Rect(rect.left, top + heights[0], left, heights[1])
    canvas.text(ticket.shop_name, quiet, shop, may_cut=True)
    money = pygame.Rect(rect.right - points_width - money_width, rect.top, money_width, rect.height)
    canvas.text(words.money(ticket.total_minor, model.currency), amount, money, align="right", is_middle=True)
    points = pygame.Rect(rect.right - points_width, rect.top, points_width, rect.height)
    canvas.text(words.signed(ticket.points), gained, points, align="right", is_middle=True)


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
