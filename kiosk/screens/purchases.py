"""One purchase as totals: day and shop left, amount and points right. No product ever comes here."""

import pygame

from kiosk.locales.days import local_day
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.palette import Colour
from wire.messages import Ticket


def day_in_words(canvas: Canvas, model: Model, ticket: Ticket) -> str:
    """Today, yesterday, 12 November."""
    name = model.agent.time_zone if model.agent else "UTC"
    return canvas.words.day(local_day(ticket.occurred_ms, name), today=model.today)


def is_of_today(model: Model, ticket: Ticket) -> bool:
    """Whether a ticket is of the shop's day."""
    name = model.agent.time_zone if model.agent else "UTC"
    return local_day(ticket.occurred_ms, name) == model.today


def points_colour(canvas: Canvas, points: int) -> Colour:
    """Gained points in the brand's colour, taken ones and none in grey."""
    return canvas.palette.brand_text if points > 0 else canvas.palette.muted


def _styles(canvas: Canvas) -> tuple[Style, Style]:
    m, p = canvas.metrics, canvas.palette
    return (
        Style(size=m.note * 11 // 10, weight=600, colour=p.ink, line_percent=120),
        Style(size=m.note, colour=p.muted, line_percent=124),
    )


def purchase_height(canvas: Canvas) -> int:
    """Height of one row of two lines."""
    upper, lower = _styles(canvas)
    heights = sum(style.size * style.line_percent // 100 for style in (upper, lower))
    return heights + canvas.metrics.gap * (6 if canvas.metrics.is_small else 9) // 10


def draw_purchase(canvas: Canvas, model: Model, ticket: Ticket, rect: pygame.Rect) -> None:
    """The row of the member's screen: two lines on each side."""
    words = canvas.words
    upper, lower = _styles(canvas)
    points = Style(
        size=upper.size,
        weight=600,
        colour=points_colour(canvas, ticket.points),
        line_percent=upper.line_percent,
    )
    amount = words.money(ticket.total_minor, model.currency)
    right = max(
        canvas.kit.fonts.width(amount, 400, lower.size),
        canvas.kit.fonts.width(words.signed(ticket.points), 600, upper.size),
    )
    left_width = rect.width - right - canvas.metrics.gap
    heights = [style.size * style.line_percent // 100 for style in (upper, lower)]
    top = rect.top + (rect.height - sum(heights)) // 2
    left = pygame.Rect(rect.left, top, left_width, heights[0])
    figures = pygame.Rect(rect.right - right, top, right, heights[0])
    canvas.text(day_in_words(canvas, model, ticket), upper, left)
    canvas.text(words.signed(ticket.points), points, figures, align="right")
    canvas.text(ticket.shop_name, lower, left.move(0, heights[0]), may_cut=True)
    canvas.text(amount, lower, figures.move(0, heights[0]), align="right")
