"""Why these points? The rules that gave them, what earned none, and the total; never an article (R-23)."""

import pygame

from kiosk.flow.state import Action, Asked
from kiosk.locales.days import local_day
from kiosk.screens.frame import draw_brand
from kiosk.screens.message import content_rect
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.controls import Button, chip_size, draw_bar, draw_chip
from kiosk.widgets.icons import Icon, draw_icon
from wire.messages import Why, WhyRow


def draw(canvas: Canvas, model: Model) -> None:
    """Title and ticket above, the reasons, the total below; the total is there before the answer is."""
    m, tr = canvas.metrics, canvas.words.tr
    asked = model.state.asked
    assert asked is not None, "the screen of a question without one"
    _draw_header(canvas, model, asked)
    room = content_rect(canvas)
    room = room.move(0, (1000 - model.entering_per_mille) * m.gap // 1000)
    total = pygame.Rect(room.left, 0, room.width, m.bar if m.is_small else m.bar * 11 // 10)
    card = pygame.Rect(room.left, room.top, room.width, room.height - total.height - m.gap)
    if asked.answer is None:
        _draw_quiet(canvas, card, "hourglass", tr("One moment, we are looking it up…"))
    elif asked.answer.trouble or not asked.answer.is_known:
        icon: Icon = "no_link" if asked.answer.trouble == "central_unreachable" else "question"
        _draw_quiet(canvas, card, icon, _why_not(canvas, asked.answer))
    else:
        card.height = _draw_rows(canvas, asked.answer, card)
    total.top = card.bottom + m.gap
    _draw_total(canvas, model, asked, total)
    draw_bar(
        canvas,
        Button(action=Action.BACK, label=tr("Back"), kind="primary", icon="left"),
        Button(action=Action.FINISH, label=tr("Finish"), icon="check"),
    )


def _draw_header(canvas: Canvas, model: Model, asked: Asked) -> None:
    m, words, ticket = canvas.metrics, canvas.words, asked.ticket
    zone = model.agent.time_zone if model.agent else "UTC"
    day = words.day_of_year(local_day(ticket.occurred_ms, zone), today=model.today)
    said = words.tr("Purchase of {day}, {shop}", day=day, shop=ticket.shop_name)
    widest = (m.width - 2 * m.margin) // 2
    _, width, height = chip_size(canvas, said, max_width=widest, may_cut=True)
    left = m.width - m.margin - width
    draw_chip(canvas, said, left, (m.header - height) // 2, max_width=widest, may_cut=True)
    title = words.trn(
        "Why {points} point?", "Why {points} points?", ticket.points, points=words.number(ticket.points)
    )
    draw_brand(canvas, model, right=left - m.gap, title=title)


def _why_not(canvas: Canvas, answer: Why) -> str:
    tr = canvas.words.tr
    match answer.trouble:
        case "central_unreachable":
            return tr("The connection is down just now. Try again in a moment, or ask at the counter.")
        case "not_told_here":
            return tr("This purchase cannot be explained here. Please ask in the pharmacy where you made it.")
        case "":
            return tr("For this purchase no explanation was kept. Please ask at the counter.")


def _draw_quiet(canvas: Canvas, rect: pygame.Rect, icon: Icon, said: str) -> None:
    m, p = canvas.metrics, canvas.palette
    canvas.panel(rect)
    style = Style(size=m.body, colour=p.muted, line_percent=140)
    text = canvas.block(said, style, rect.width - 2 * m.pad, lines=3, is_even=True)
    size = m.bar * 8 // 10
    top = rect.centery - (size + m.gap + text.height) // 2
    badge = pygame.Rect(rect.centerx - size // 2, top, size, size)
    canvas.panel(badge, fill=p.tint, radius=size // 2)
    draw_icon(canvas.surface, icon, badge.center, size // 2, p.brand_text, sprites=canvas.kit.sprites)
    canvas.put(text, rect.left + m.pad, badge.bottom + m.gap, align="centre")


# Reasons ----------------------------------------------------------------------------------------------------


def _draw_rows(canvas: Canvas, answer: Why, room: pygame.Rect) -> int:
    """The rows, as high as they need; returns the height of their card."""
    m = canvas.metrics
    rows = answer.rows or (WhyRow(about="nothing"),)
    pad = m.pad // 2
    height = min((room.height - 2 * pad) // len(rows), m.bar * 13 // 10)
    card = pygame.Rect(room.left, room.top, room.width, height * len(rows) + 2 * pad)
    canvas.panel(card)
    top = card.top + pad
    for index, row in enumerate(rows):
        place = pygame.Rect(card.left + m.pad, top, card.width - 2 * m.pad, height)
        if index:
            canvas.hairline(place.left, place.right, top)
        _draw_row(canvas, row, place)
        top += height
    return card.height


def _draw_row(canvas: Canvas, row: WhyRow, rect: pygame.Rect) -> None:
    m, p, words = canvas.metrics, canvas.palette, canvas.words
    ink = p.ink if row.points else p.muted
    strong = Style(size=m.title, weight=400, colour=ink, line_percent=118)
    quiet = Style(size=m.note, colour=p.muted, line_percent=122)
    figure = Style(size=m.title * 11 // 10, weight=600, colour=ink)
    said = words.signed(row.points)
    right = canvas.kit.fonts.width(said, figure.weight, figure.size)
    left = rect.width - right - 2 * m.gap
    title, note = _row_words(canvas, row)
    blocks = (
        canvas.block(title, strong, left, may_cut=row.about == "rule"),
        canvas.block(note, quiet, left, lines=2, may_cut=bool(row.citation)),
    )
    top = rect.centery - sum(block.height for block in blocks) // 2
    for block in blocks:
        top = canvas.put(block, rect.left, top)
    canvas.text(said, figure, rect, align="right", is_middle=True)


def _row_words(canvas: Canvas, row: WhyRow) -> tuple[str, str]:
    """What the row is about, and why it gave what it gave."""
    words = canvas.words
    match row.about:
        case "rule":
            return row.names.get(words.language, row.name), words.tr("rule of the programme, as on that day")
        case "rest":
            return words.tr("Other rules of the programme"), words.tr("together, as on that day")
        case "nothing" if not row.lines:
            return words.tr("No rule gave points here"), words.tr("by the rules as on that day")
    count = words.number(row.lines)
    return words.trn("{count} article", "{count} articles", row.lines, count=count), _why_nothing(canvas, row)


def _why_nothing(canvas: Canvas, row: WhyRow) -> str:
    tr = canvas.words.tr
    match row.code:
        case "denied_by_law":
            return tr("no points: the law does not allow it ({law})", law=row.citation)
        case "unsourced" | "no_country_pack":
            return tr("no points: nothing we know of says that the law allows it")
        case "unknown_article":
            return tr("no points: we do not know yet what kind of article it is")
        case "limit_reached":
            return tr("no points: the offer was used up")
        case "restricted":
            return tr("no points: left out of the programme")
    return tr("no points by the rules of the programme")


# The total --------------------------------------------------------------------------------------------------


def _draw_total(canvas: Canvas, model: Model, asked: Asked, rect: pygame.Rect) -> None:
    m, p, words, ticket = canvas.metrics, canvas.palette, canvas.words, asked.ticket
    canvas.panel(rect)
    inner = rect.inflate(-2 * m.pad, 0)
    points = asked.answer.points if asked.answer and asked.answer.is_known else ticket.points
    figure = Style(size=m.title * 2, weight=700, colour=p.ink)
    said = words.trn("{points} point", "{points} points", points, points=words.number(points))
    right = canvas.kit.fonts.width(said, figure.weight, figure.size)
    left = pygame.Rect(inner.left, inner.top, inner.width - right - m.gap, inner.height)
    title = canvas.block(words.tr("Together"), Style(size=m.title, weight=600, colour=p.ink), left.width)
    paid = words.money(ticket.total_minor, model.currency)
    quiet = Style(size=m.note, colour=p.muted, line_percent=122)
    note = canvas.block(
        words.tr("{amount} paid; the articles themselves stay private", amount=paid),
        quiet,
        left.width,
        lines=2,
    )
    top = inner.centery - (title.height + note.height) // 2
    canvas.put(note, left.left, canvas.put(title, left.left, top))
    canvas.text(said, figure, inner, align="right", is_middle=True)
