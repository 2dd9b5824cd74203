"""Giving points: the associations, what one of them got so far and how much to give, the question, thanks."""

from datetime import date
from typing import Final

import pygame

from kiosk.flow.journeys.donating import DonatePage
from kiosk.flow.state import CHOICES, Action
from kiosk.screens.frame import draw_member_header
from kiosk.screens.message import content_rect
from kiosk.screens.model import Model
from kiosk.screens.moving import draw_question, gift
from kiosk.screens.my_value import draw_sorry, trouble_words, two_cards
from kiosk.screens.quiet import draw_quiet
from kiosk.screens.rows import Row, draw_rows
from kiosk.screens.turning import pages_of, turning
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.controls import Button, draw_bar, draw_button
from loyalty.limits.my_value import KIOSK_ASSOCIATIONS_PER_PAGE, KIOSK_DONATIONS
from wire.my_value import Association

_NAME_CHARS: Final = 90
"""Of an association's name within a sentence."""


def _page(model: Model) -> DonatePage:
    page = model.state.journey
    assert isinstance(page, DonatePage), "a screen of gifts without its page"
    return page


def draw(canvas: Canvas, model: Model) -> None:
    """The associations, the member's own first."""
    m, tr, page = canvas.metrics, canvas.words.tr, _page(model)
    draw_member_header(canvas, model, has_languages=page.told is not None)
    room = content_rect(canvas).move(0, (1000 - model.entering_per_mille) * m.gap // 1000)
    if page.told is None:
        draw_quiet(canvas, room, "hourglass", tr("One moment, we are looking it up…"))
    elif page.told.trouble:
        draw_sorry(canvas, model, room, *trouble_words(canvas, page.told.trouble))
    elif not page.associations:
        draw_quiet(canvas, room, "heart", tr("No association takes part yet."))
    else:
        rows = [
            Row(
                upper=each.name,
                may_cut=True,
                lower=tr("your association") if each.is_mine else "",
                action=action,
            )
            for each, action in zip(page.rows, CHOICES, strict=False)
        ]
        title = tr("To whom would you like to give points?")
        draw_rows(canvas, room, title, rows, per_page=KIOSK_ASSOCIATIONS_PER_PAGE)
    buttons = [Button(action=Action.BACK, label=tr("Back"), icon="left")]
    pages = pages_of(len(page.associations), KIOSK_ASSOCIATIONS_PER_PAGE)
    buttons += turning(canvas.words, number=page.number, pages=pages)
    buttons.append(Button(action=Action.FINISH, label=tr("Finish"), icon="check"))
    draw_bar(canvas, *buttons)


def draw_amount(canvas: Canvas, model: Model) -> None:
    """The association's panel left, the amounts right."""
    m, words, page = canvas.metrics, canvas.words, _page(model)
    assert page.association is not None, "the screen of amounts without whom they are for"
    draw_member_header(canvas, model)
    room = content_rect(canvas).move(0, (1000 - model.entering_per_mille) * m.gap // 1000)
    panel, amounts = two_cards(canvas, room)
    _draw_panel(canvas, model, page.association, panel)
    if page.amounts:
        _draw_amounts(canvas, page, amounts)
    else:
        least = KIOSK_DONATIONS[0]
        said = words.tr("You can give from {points} points on.", points=words.number(least))
        draw_quiet(canvas, amounts, "points", said)
    draw_bar(
        canvas,
        Button(action=Action.BACK, label=words.tr("Back"), icon="left"),
        Button(action=Action.FINISH, label=words.tr("Finish"), icon="check"),
    )


def _draw_panel(canvas: Canvas, model: Model, association: Association, rect: pygame.Rect) -> None:
    """What it was paid in all; nobody's name, no shop's."""
    m, p, words = canvas.metrics, canvas.palette, canvas.words
    canvas.panel(rect)
    pad = m.pad if not m.is_small else m.pad * 7 // 10
    inner = rect.inflate(-2 * m.pad, -2 * pad)
    label = Style(size=m.body, weight=600, colour=p.muted, line_percent=124)
    number = Style(size=m.number * 7 // 10, weight=700, colour=p.ink, line_percent=116, least_percent=40)
    note = Style(size=m.note, colour=p.muted, line_percent=130)
    top = canvas.text(association.name, label, inner, lines=3 if canvas.is_grown else 2, may_cut=True)
    figure = words.money(association.paid_minor, model.currency)
    top = canvas.text(figure, number, pygame.Rect(inner.left, top, inner.width, number.size))
    top += number.size * 16 // 100
    said = words.tr("received so far through the programme")
    if association.months and association.last_month:
        month = words.month(date.fromisoformat(f"{association.last_month}-01"))
        said = words.tr("received so far through the programme, last for {month}", month=month)
    below = pygame.Rect(inner.left, top, inner.width, inner.bottom - top)
    canvas.text(said, note, below, lines=3, is_even=True)
    thanks = words.tr("It learns how much, never from whom.")
    foot = canvas.block(thanks, note, inner.width, lines=2, is_even=True)
    canvas.put(foot, inner.left, inner.bottom - foot.height)


def _draw_amounts(canvas: Canvas, page: DonatePage, rect: pygame.Rect) -> None:
    m, p, words = canvas.metrics, canvas.palette, canvas.words
    assert page.told is not None
    canvas.panel(rect)
    pad = m.pad if not m.is_small else m.pad * 7 // 10
    inner = rect.inflate(-2 * pad, -2 * pad)
    heading = Style(size=m.title, weight=700, colour=p.ink, line_percent=130)
    note = Style(size=m.note, colour=p.muted, line_percent=130)
    top = canvas.text(words.tr("How many points?"), heading, inner)
    has = words.number(page.told.points)
    top = canvas.text(
        words.tr("You can give up to {points}.", points=has),
        note,
        pygame.Rect(inner.left, top, inner.width, 0),
    )
    top += m.gap // 2
    height = (inner.bottom - top - m.gap) // 2
    width = (inner.width - m.gap) // 2
    for at, points in enumerate(page.amounts):
        place = pygame.Rect(
            inner.left + at % 2 * (width + m.gap), top + at // 2 * (height + m.gap), width, height
        )
        draw_button(canvas, Button(action=CHOICES[at], label=words.number(points)), place)


def draw_confirm(canvas: Canvas, model: Model) -> None:
    """How many, for whom, what is left; then thanks, or what came between."""
    tr, words, page = canvas.words.tr, canvas.words, _page(model)
    assert page.association is not None, "a question about nobody"
    assert page.told is not None, "a question without a balance"
    name = page.association.name
    name = name if len(name) <= _NAME_CHARS else f"{name[: _NAME_CHARS - 1]}…"
    if page.is_done and page.done is not None:
        title = tr("Thank you!")
        text = words.rich(
            "{points} points went to {name}. You have {left} left.",
            points=words.number(page.done.points),
            name=name,
            left=words.number(page.done.balance),
        )
    else:
        points = words.number(page.points)
        title = tr("Give {points} points?", points=points)
        text = words.rich(
            "For {name}. You have {before} points, afterwards {left}. A gift does not come back.",
            name=name,
            before=words.number(page.told.points),
            left=words.number(page.told.points - page.points),
        )
    draw_question(canvas, model, page, gift(canvas, title, text, agree=tr("Yes, give them"), icon="heart"))
