"""Why these points? The total and its rules first, then line by line; articles after a PIN alone (R-23)."""

import pygame

from kiosk.flow.journeys.asking_why import WhyPage, may_ask
from kiosk.flow.journeys.reporting import may_report
from kiosk.flow.state import Action
from kiosk.locales.days import local_day
from kiosk.screens.frame import draw_brand
from kiosk.screens.message import content_rect
from kiosk.screens.model import Model
from kiosk.screens.my_value import draw_sorry
from kiosk.screens.quiet import draw_quiet
from kiosk.screens.turning import pages_of, turning
from kiosk.screens.why_lines import draw_lines, lines_height, rule_words
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.controls import Button, chip_size, draw_bar, draw_chip
from kiosk.widgets.icons import Icon, draw_icon
from loyalty.limits.kiosk import KIOSK_WHY_LINES_PER_PAGE
from wire.why import Why, WhyRule

_BUTTONS_MAX = 4
_RULES_SHOWN = 4
"""Rules beside the total; what is more, or has no room, is told together in the last."""
_RULES_BEFORE_FOOT = 3
"""With less room than for so many the foot gives way."""


def draw(canvas: Canvas, model: Model) -> None:
    """The total left, the lines right; the total is there before the answer is."""
    m, words, tr = canvas.metrics, canvas.words, canvas.words.tr
    page = model.state.journey
    assert isinstance(page, WhyPage), "the screen of a question without one"
    _draw_header(canvas, model, page)
    room = content_rect(canvas)
    room = room.move(0, (1000 - model.entering_per_mille) * m.gap // 1000)
    is_alone = m.is_small and canvas.mode.is_large  # beside each other nothing could grow
    total, rest = (None, room) if is_alone else _divided(canvas, room)
    answer = page.answer
    lines = len(answer.lines) if answer is not None else 0
    height = lines_height(canvas, lines, rest.height) if lines else rest.height
    below = pygame.Rect(rest.left, rest.top + height + m.gap, rest.width, rest.height - height - m.gap)
    has_card = below.height >= m.bar * 15 // 10
    if total is not None:
        _draw_total(canvas, model, page, total, has_foot=not has_card)
    if answer is None:
        draw_quiet(canvas, rest, "hourglass", tr("One moment, we are looking it up…"))
    elif answer.trouble or not answer.is_known:
        icon: Icon = "no_link" if answer.trouble == "central_unreachable" else "question"
        draw_sorry(canvas, model, rest, icon, _why_not(canvas, answer))
    elif not lines:
        draw_quiet(canvas, rest, "question", tr("No rule gave points here"))
    else:
        place = pygame.Rect(rest.left, rest.top, rest.width, height if has_card else rest.height)
        title = tr("Line by line")
        if is_alone:
            title = f"{words.number(_points(page))} {_paid(canvas, model, page)}"
        draw_lines(canvas, answer, page.number, place, room=rest.height, title=title)
        if has_card:
            _draw_privacy(canvas, page, below)
    _draw_actions(canvas, page, may_ask=may_ask(model.state), may_report=may_report(model.state))


def _divided(canvas: Canvas, room: pygame.Rect) -> tuple[pygame.Rect, pygame.Rect]:
    """The room of the total and that of the lines: side by side, on an upright screen one above the other."""
    m = canvas.metrics
    if m.is_portrait:
        height = room.height * 40 // 100
        total = pygame.Rect(room.left, room.top, room.width, height)
        return total, pygame.Rect(room.left, total.bottom + m.gap, room.width, room.height - height - m.gap)
    width = room.width * (38 if m.is_small else 36) // 100
    total = pygame.Rect(room.left, room.top, width, room.height)
    lines = pygame.Rect(total.right + m.gap, room.top, room.width - width - m.gap, room.height)
    return canvas.sided(total), canvas.sided(lines)


def _has_names(page: WhyPage) -> bool:
    return page.answer is not None and any(line.name for line in page.answer.lines)


def _draw_actions(canvas: Canvas, page: WhyPage, *, may_ask: bool, may_report: bool) -> None:
    tr, count = canvas.words.tr, len(page.answer.lines) if page.answer else 0
    buttons = [Button(action=Action.BACK, label=tr("Back"), icon="left")]
    pages = pages_of(count, KIOSK_WHY_LINES_PER_PAGE)
    buttons += turning(canvas.words, number=page.number, pages=pages)
    if may_ask and count and not _has_names(page):
        buttons.append(Button(action=Action.SHOW_NAMES, label=tr("What I bought"), icon="eye"))
    if may_report and len(buttons) < _BUTTONS_MAX:
        buttons.append(Button(action=Action.REPORT, label=tr("Not right?"), icon="question"))
    if len(buttons) < _BUTTONS_MAX:  # taking the card finishes too
        buttons.append(Button(action=Action.FINISH, label=tr("Finish"), icon="check"))
    draw_bar(canvas, *buttons)


def _draw_header(canvas: Canvas, model: Model, page: WhyPage) -> None:
    m, words, ticket = canvas.metrics, canvas.words, page.ticket
    zone = model.agent.time_zone if model.agent else "UTC"
    day = words.day_of_year(local_day(ticket.occurred_ms, zone), today=model.today)
    said = words.tr("Purchase of {day}, {shop}", day=day, shop=ticket.shop_name)
    widest = (m.width - 2 * m.margin) // 2
    lines = 2
    block, width, height = chip_size(canvas, said, max_width=widest, may_cut=True)
    if height > m.header - m.gap * 2 // 3:
        lines = 1
        block, width, height = chip_size(canvas, said, max_width=widest, may_cut=True, lines=lines)
    if block.is_cut and ticket.shop_name:  # a day that is whole says more than its beginning with the shop
        said = day
        _, width, height = chip_size(canvas, said, max_width=widest, may_cut=True, lines=lines)
    left = m.width - m.margin - width
    place = canvas.sided(pygame.Rect(left, (m.header - height) // 2, width, height))
    draw_chip(canvas, said, place.left, place.top, max_width=widest, may_cut=True, lines=lines)
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
            return tr("This purchase cannot be explained here. Please ask at the counter.")
        case "":
            return tr("For this purchase no explanation was kept. Please ask at the counter.")


# The total --------------------------------------------------------------------------------------------------


def _draw_privacy(canvas: Canvas, page: WhyPage, rect: pygame.Rect) -> None:
    """Few lines leave room: a card of its own says where there is more to read."""
    m, p = canvas.metrics, canvas.palette
    canvas.panel(rect)
    size = m.bar * 8 // 10
    badge = pygame.Rect(rect.left + m.pad, rect.centery - size // 2, size, size)
    canvas.panel(badge, fill=p.tint, radius=size // 2)
    draw_icon(canvas.surface, "receipt", badge.center, size // 2, p.brand_text, sprites=canvas.kit.sprites)
    left = badge.right + m.gap
    style = Style(size=m.body, colour=p.muted, line_percent=132)
    place = pygame.Rect(left, rect.top, rect.right - m.pad - left, rect.height)
    canvas.text(_privacy(canvas, page), style, place, lines=3, is_middle=True, is_even=True)


def _privacy(canvas: Canvas, page: WhyPage) -> str:
    if _has_names(page):
        return canvas.words.tr("Articles are shown because you typed your PIN.")
    return canvas.words.tr("Articles stay private; your receipt says more.")


def _draw_total(canvas: Canvas, model: Model, page: WhyPage, rect: pygame.Rect, *, has_foot: bool) -> None:
    """The points, what was paid, the rules that gave them; at the foot, that articles stay private."""
    m, p, words = canvas.metrics, canvas.palette, canvas.words
    canvas.panel(rect)
    inner = rect.inflate(-2 * m.pad, -2 * (m.pad if not m.is_small else m.pad * 7 // 10))
    points = _points(page)
    figure = Style(size=m.number, weight=700, colour=p.ink, line_percent=100, least_percent=40)
    top = canvas.text(words.number(points), figure, inner)
    said = _paid(canvas, model, page)
    body = Style(size=m.body, weight=400, colour=p.ink, line_percent=124)
    top = canvas.text(said, body, pygame.Rect(inner.left, top, inner.width, inner.height), lines=2)
    gap = m.gap // 2 if m.is_small else m.gap
    below = inner.bottom
    all_rules = page.answer.rules if page.answer else ()
    if has_foot:
        private = Style(size=m.note, colour=p.muted, line_percent=122)
        foot = canvas.block(_privacy(canvas, page), private, inner.width, lines=3, is_even=True)
        least = min(len(all_rules), _RULES_BEFORE_FOOT) * _least_row(canvas)
        if below - foot.height - 2 * gap - top >= least:  # rather the rules than a sentence about the page
            canvas.put(foot, inner.left, inner.bottom - foot.height)
            below -= foot.height + gap
    if all_rules:
        top += gap
        rules = _told(all_rules, most=max(1, min(_RULES_SHOWN, (below - top) // _least_row(canvas))))
        _draw_rules(canvas, rules, pygame.Rect(inner.left, top, inner.width, below - top))


def _points(page: WhyPage) -> int:
    return page.answer.points if page.answer and page.answer.is_known else page.ticket.points


def _paid(canvas: Canvas, model: Model, page: WhyPage) -> str:
    """What the points are for, to be read after their number."""
    words = canvas.words
    paid = words.money(page.ticket.total_minor, model.currency)
    return words.trn("point for {amount}", "points for {amount}", _points(page), amount=paid)


def _least_row(canvas: Canvas) -> int:
    """Lower than this rules would stand on each other."""
    return canvas.metrics.note * 16 // 10


def _told(rules: tuple[WhyRule, ...], *, most: int) -> tuple[WhyRule, ...]:
    if len(rules) <= most:
        return rules
    rest = sum(rule.points for rule in rules[most - 1 :])
    return (*rules[: most - 1], WhyRule(code="rest", points=rest))


def _draw_rules(canvas: Canvas, rules: tuple[WhyRule, ...], rect: pygame.Rect) -> None:
    m, p, words = canvas.metrics, canvas.palette, canvas.words
    height = min(rect.height // len(rules), m.note * 32 // 10)
    name = Style(size=m.note, colour=p.ink, line_percent=116)
    figure = Style(size=m.note * 11 // 10, weight=600, colour=p.brand_text)
    told = [(rule_words(canvas, rule), words.signed(rule.points)) for rule in rules]
    widths = [canvas.kit.fonts.width(said, figure.weight, figure.size) for _, said in told]
    lefts = [rect.width - width - m.gap for width in widths]
    lines = 2 if height >= 2 * name.size * name.line_percent // 100 else 1
    texts = [(text, left) for (text, _), left in zip(told, lefts, strict=True)]
    name, _ = canvas.common(texts, name, lines=lines)
    top = rect.top
    for (text, said), left in zip(told, lefts, strict=True):
        canvas.hairline(rect.left, rect.right, top)
        place = pygame.Rect(rect.left, top, rect.width, height)
        canvas.text(said, figure, place, align="right", is_middle=True)
        place.width = left
        canvas.text(text, name, place, lines=lines, may_cut=not canvas.is_grown, is_middle=True)
        top += height
