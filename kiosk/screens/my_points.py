"""My points: the balance and the tier left, all that expires right, month by month."""

from dataclasses import replace
from datetime import date

import pygame

from kiosk.flow.journeys.my_points import PointsPage
from kiosk.flow.state import Action
from kiosk.locales.words import Words
from kiosk.screens.frame import draw_member_header
from kiosk.screens.message import content_rect
from kiosk.screens.model import Model
from kiosk.screens.my_value import draw_sorry, trouble_words, two_cards
from kiosk.screens.quiet import draw_quiet
from kiosk.screens.rows import Row, draw_rows
from kiosk.screens.turning import pages_of, turning
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.controls import Button, chip_size, draw_bar, draw_chip
from kiosk.widgets.shapes import fraction_bar
from kiosk.widgets.textflow import Spans
from loyalty.limits.my_value import KIOSK_ENDINGS_PER_PAGE, POINTS_END_SOON_DAYS
from wire.my_value import MyValueTold, Names, PointsEnding, TierStanding


def draw(canvas: Canvas, model: Model) -> None:
    """The number first; it is known before the rest is told."""
    m, tr = canvas.metrics, canvas.words.tr
    page = model.state.journey
    assert isinstance(page, PointsPage), "the screen of points without its page"
    draw_member_header(canvas, model, has_languages=page.told is not None)
    room = content_rect(canvas).move(0, (1000 - model.entering_per_mille) * m.gap // 1000)
    balance, rest = two_cards(canvas, room)
    _draw_balance(canvas, model, page.told, balance)
    if page.told is None:
        draw_quiet(canvas, rest, "hourglass", tr("One moment, we are looking it up…"))
    elif page.told.trouble:
        draw_sorry(canvas, model, rest, *trouble_words(canvas, page.told.trouble))
    else:
        _draw_endings(canvas, model, page, rest)
    _draw_actions(canvas, page)


def _draw_actions(canvas: Canvas, page: PointsPage) -> None:
    tr = canvas.words.tr
    buttons = [Button(action=Action.BACK, label=tr("Back"), icon="left")]
    pages = pages_of(page.rows, KIOSK_ENDINGS_PER_PAGE)
    buttons += turning(canvas.words, number=page.number, pages=pages)
    buttons.append(Button(action=Action.FINISH, label=tr("Finish"), icon="check"))
    draw_bar(canvas, *buttons)


def _draw_endings(canvas: Canvas, model: Model, page: PointsPage, rect: pygame.Rect) -> None:
    tr, told = canvas.words.tr, page.told
    assert told is not None
    rows = [_ending(canvas, model, each) for each in told.endings]
    if told.lasting:
        figure = canvas.words.number(told.lasting)
        rows.append(Row(upper=tr("Never expire"), figure=figure))
    if not rows:
        draw_quiet(canvas, rect, "clock", tr("Nothing expires."))
        return
    first = page.number * KIOSK_ENDINGS_PER_PAGE
    shown = rows[first : first + KIOSK_ENDINGS_PER_PAGE]
    draw_rows(canvas, rect, tr("How long your points last"), shown, per_page=KIOSK_ENDINGS_PER_PAGE)


def _ending(canvas: Canvas, model: Model, ending: PointsEnding) -> Row:
    """A day where all of the month's points share it, else the month."""
    words = canvas.words
    first, last = date.fromisoformat(ending.first_day), date.fromisoformat(ending.last_day)
    if first == last:
        upper = words.tr("until {day}", day=words.day_of_year(last, today=model.today))
        lower = ""
    else:
        upper = words.month(last)
        lower = words.tr("the first expire on {day}", day=words.day_of_year(first, today=model.today))
    is_soon = (first - model.today).days < POINTS_END_SOON_DAYS
    return Row(upper=upper, lower=lower, figure=words.number(ending.points), is_soon=is_soon)


# The balance and the tier -----------------------------------------------------------------------------------


def _draw_balance(canvas: Canvas, model: Model, told: MyValueTold | None, rect: pygame.Rect) -> None:
    m, p, words = canvas.metrics, canvas.palette, canvas.words
    canvas.panel(rect)
    pad = m.pad if not m.is_small else m.pad * 7 // 10
    inner = rect.inflate(-2 * m.pad, -2 * pad)
    is_told = told is not None and not told.trouble
    points = told.points if told is not None and is_told else (model.member.points or 0)
    label = Style(size=m.body, weight=600, colour=p.muted, line_percent=120)
    number = Style(size=m.number, weight=700, colour=p.ink, line_percent=100, least_percent=40)
    top = canvas.text(words.tr("Your points"), label, inner)
    top = canvas.text(words.number(points), number, pygame.Rect(inner.left, top, inner.width, number.size))
    if told is None or not is_told:
        return
    if told.pending:
        said = words.trn(
            "{points} point more is on its way",
            "{points} points more are on their way",
            told.pending,
            points=words.number(told.pending),
        )
        height = chip_size(canvas, said, max_width=inner.width)[2]
        draw_chip(canvas, said, inner.left, top + m.gap // 2, max_width=inner.width)
        top += height + m.gap // 2
    if told.tier is not None:
        below = pygame.Rect(inner.left, top, inner.width, inner.bottom - top)
        _draw_tier(canvas, model, told.tier, below)


def _draw_tier(canvas: Canvas, model: Model, tier: TierStanding, rect: pygame.Rect) -> None:
    """At the foot: the tier, the bar, what is missing to the next."""
    m, p, words = canvas.metrics, canvas.palette, canvas.words
    name = Style(size=m.title, weight=600, colour=p.ink, line_percent=124)
    note = Style(
        size=m.note if m.is_small else m.note * 11 // 10,
        colour=p.muted,
        strong=p.ink,
        strong_weight=700,
        line_percent=126,
    )
    held = (
        words.tr("Your tier: {tier}", tier=_named(words, tier.tier, tier.names))
        if tier.tier
        else words.tr("No tier yet")
    )
    name = _in_one_line(canvas, held, name, rect.width)
    first = canvas.block(held, name, rect.width, lines=2, may_cut=True)
    second = canvas.block(_way(canvas, model, tier), note, rect.width, lines=2, is_even=True)
    bar_height = m.note * 8 // 10 if tier.next_tier else 0
    gap = m.gap // 2
    total = first.height + second.height + (bar_height + 2 * gap if bar_height else gap)
    top = canvas.put(first, rect.left, max(rect.top, rect.bottom - total))
    if bar_height:
        bar = pygame.Rect(rect.left, top + gap, rect.width, bar_height)
        done = max(0, tier.counted) * 1000 // max(1, tier.next_at)
        fraction_bar(canvas.surface, bar, done, fill=p.brand, ground=p.tint, sprites=canvas.kit.sprites)
        top = bar.bottom
    canvas.put(second, rect.left, top + gap)


def _in_one_line(canvas: Canvas, text: str, style: Style, width: int) -> Style:
    """A little smaller, if that keeps it on one line; else as it is."""
    for percent in (100, 94, 88):
        sized = replace(style, size=style.size * percent // 100)
        if canvas.kit.fonts.width(text, sized.weight, sized.size) <= width:
            return sized
    return style


def _way(canvas: Canvas, model: Model, tier: TierStanding) -> Spans | str:
    words = canvas.words
    if not tier.next_tier:
        return words.tr("There is no higher one: thank you for your loyalty.")
    name = _named(words, tier.next_tier, tier.next_names)
    match tier.count:
        case "spent":
            missing = words.money(tier.missing, model.currency)
            return words.rich("Purchases of {amount} more, and you reach {tier}", amount=missing, tier=name)
        case "points":
            return words.richn(
                "{points} more point, and you reach {tier}",
                "{points} more points, and you reach {tier}",
                tier.missing,
                points=words.number(tier.missing),
                tier=name,
            )
        case "visits":
            return words.richn(
                "{count} more purchase, and you reach {tier}",
                "{count} more purchases, and you reach {tier}",
                tier.missing,
                count=words.number(tier.missing),
                tier=name,
            )


def _named(words: Words, tier: str, names: Names) -> str:
    """What the group calls a tier in this language, else the tier itself as a name is written."""
    return names.get(words.language) or tier[:1].upper() + tier[1:]
