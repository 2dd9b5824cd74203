"""Beside the balance: what is new, and the last purchases; what is not there takes no room."""

import pygame

from kiosk.flow.journeys.asking_why import latest_first
from kiosk.screens.attract import in_words
from kiosk.screens.model import Model
from kiosk.screens.purchases import draw_purchase, purchase_height
from kiosk.screens.quiet import draw_quiet
from kiosk.widgets.canvas import Canvas, Style
from wire.face import Notice


def draw_side(canvas: Canvas, model: Model, rect: pygame.Rect) -> None:
    """Two cards on a large screen, one divided card on a small one; what is not there takes no room."""
    m, member = canvas.metrics, model.member
    notices = model.notices
    has_purchases = member.may_see_tickets
    tr = canvas.words.tr
    if not notices and not has_purchases:
        draw_quiet(canvas, rect, "spark", tr("Nothing new today. Your pharmacy’s news will appear here."))
        return
    if not notices and not member.tickets:
        draw_quiet(canvas, rect, "receipt", tr("Your purchases will appear here, as totals."))
        return
    pad = m.pad if not m.is_small else m.pad * 4 // 5
    title = _title_height(canvas) + m.gap // 3
    row = purchase_height(canvas)
    split = 2 * pad + m.gap if not m.is_small else m.gap
    if not has_purchases:
        _draw_news_and_hint(canvas, notices, rect, pad=pad, is_carer=member.is_carer)
        return
    if not notices:
        canvas.panel(rect)
        inner = rect.inflate(-2 * pad, -2 * pad)
        _draw_purchases(canvas, model, inner, limit=max(1, (inner.height - title) // row))
        return
    room = rect.height - 2 * pad - 2 * title - split
    kept = _fit_notices(canvas, notices, rect.width - 2 * pad, room - row)
    news = _news_height(canvas, kept, rect.width - 2 * pad)
    limit = max(1, min(3, (room - news) // row))
    upper = pygame.Rect(rect.left, rect.top, rect.width, 2 * pad + title + news)
    if m.is_small:
        canvas.panel(rect)
        _draw_news(canvas, kept, upper.inflate(-2 * pad, -2 * pad))
        line = upper.bottom - pad + m.gap // 2
        canvas.hairline(rect.left + pad, rect.right - pad, line)
        lower = pygame.Rect(
            rect.left + pad, line + m.gap // 2, rect.width - 2 * pad, rect.bottom - line - m.gap
        )
        _draw_purchases(canvas, model, lower, limit=limit)
        return
    wanted = min(limit, max(1, len(model.member.tickets)))
    lower_height = 2 * pad + title + wanted * row
    upper.height = rect.height - m.gap - lower_height
    canvas.panel(upper)
    _draw_news(canvas, kept, upper.inflate(-2 * pad, -2 * pad))
    lower = pygame.Rect(rect.left, upper.bottom + m.gap, rect.width, lower_height)
    canvas.panel(lower)
    _draw_purchases(canvas, model, lower.inflate(-2 * pad, -2 * pad), limit=limit)


def _draw_news_and_hint(
    canvas: Canvas, notices: tuple[Notice, ...], rect: pygame.Rect, *, pad: int, is_carer: bool
) -> None:
    """Who is known by a number only, or acts for somebody: the news, and what the card shows or would."""
    m = canvas.metrics
    title, width = _title_height(canvas) + m.gap // 3, rect.width - 2 * pad
    hint = m.bar * 9 // 10 + 2 * pad + m.body * 3
    kept = _fit_notices(canvas, notices, width, rect.height - hint - m.gap - 2 * pad - title)
    upper = pygame.Rect(rect.left, rect.top, rect.width, 2 * pad + title + _news_height(canvas, kept, width))
    canvas.panel(upper)
    _draw_news(canvas, kept, upper.inflate(-2 * pad, -2 * pad))
    lower = pygame.Rect(rect.left, upper.bottom + m.gap, rect.width, rect.bottom - upper.bottom - m.gap)
    tr = canvas.words.tr
    exact = tr("A contactless card shows the exact balance.")
    draw_quiet(
        canvas, lower, "card", tr("Their purchases are not shown with this card.") if is_carer else exact
    )


def _title_style(canvas: Canvas) -> Style:
    m = canvas.metrics
    return Style(size=m.title, weight=600, colour=canvas.palette.ink, line_percent=120)


def _title_height(canvas: Canvas) -> int:
    style = _title_style(canvas)
    return style.size * style.line_percent // 100


def _notice_styles(canvas: Canvas) -> tuple[Style, Style]:
    m, p = canvas.metrics, canvas.palette
    return (
        Style(size=m.note * 11 // 10, weight=600, colour=p.ink, line_percent=124),
        Style(size=m.note, colour=p.muted, line_percent=130),
    )


def _notice_height(canvas: Canvas, notice: Notice, width: int) -> int:
    upper, lower = _notice_styles(canvas)
    title, text = in_words(canvas, notice)
    blocks = (
        canvas.block(title, upper, width, lines=2, may_cut=True),
        canvas.block(text, lower, width, lines=2, may_cut=True),
    )
    return sum(block.height for block in blocks) + 2 * _notice_pad(canvas)


def _notice_pad(canvas: Canvas) -> int:
    m = canvas.metrics
    return m.gap * 35 // 100 if m.is_small else m.gap * 6 // 10


def _news_height(canvas: Canvas, notices: tuple[Notice, ...], width: int) -> int:
    return sum(_notice_height(canvas, notice, width) for notice in notices)


def _fit_notices(canvas: Canvas, notices: tuple[Notice, ...], width: int, room: int) -> tuple[Notice, ...]:
    """As many notices as leave room; the first is always shown."""
    kept = notices[:1]
    for notice in notices[1:]:
        if _news_height(canvas, (*kept, notice), width) <= room:
            kept = (*kept, notice)
    return kept


def _draw_news(canvas: Canvas, notices: tuple[Notice, ...], rect: pygame.Rect) -> None:
    m = canvas.metrics
    upper, lower = _notice_styles(canvas)
    top = canvas.text(canvas.words.tr("What is new"), _title_style(canvas), rect) + m.gap // 3
    for index, notice in enumerate(notices):
        if index:
            canvas.hairline(rect.left, rect.right, top)
        title, text = in_words(canvas, notice)
        place = pygame.Rect(rect.left, top + _notice_pad(canvas), rect.width, rect.height)
        place.top = canvas.text(title, upper, place, lines=2, may_cut=True)
        top = canvas.text(text, lower, place, lines=2, may_cut=True) + _notice_pad(canvas)


def _draw_purchases(canvas: Canvas, model: Model, rect: pygame.Rect, *, limit: int) -> None:
    m, p, tr = canvas.metrics, canvas.palette, canvas.words.tr
    top = canvas.text(tr("Last purchases"), _title_style(canvas), rect) + m.gap // 3
    purchases = latest_first(model.member)[:limit]
    if not purchases:
        style = Style(size=m.note, colour=p.muted, line_percent=140)
        canvas.text(tr("No purchase yet."), style, pygame.Rect(rect.left, top, rect.width, m.bar), lines=2)
        return
    row = purchase_height(canvas)
    for index, ticket in enumerate(purchases):
        if index:
            canvas.hairline(rect.left, rect.right, top)
        draw_purchase(canvas, model, ticket, pygame.Rect(rect.left, top, rect.width, row))
        top += row
