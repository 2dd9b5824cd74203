"""Who acts for a member: the list, taking one back, what a new one may, and their card on the reader."""

from collections.abc import Sequence
from dataclasses import replace

from kiosk.flow.journeys.base import may_ask_again, page_of
from kiosk.flow.journeys.carers import GRANTS, CarersPage, may_add
from kiosk.flow.state import CHOICES, Action
from kiosk.locales.days import local_day
from kiosk.screens.entries import Entry, draw_entries
from kiosk.screens.frame import draw_member_header, draw_visitor_header
from kiosk.screens.illustration import draw_card_picture, draw_icon_picture
from kiosk.screens.keyboard import draw_typing
from kiosk.screens.message import content_rect, draw_message
from kiosk.screens.model import Model
from kiosk.screens.my_value import draw_sorry
from kiosk.screens.over import draw_over, with_own_card
from kiosk.widgets.canvas import Canvas
from kiosk.widgets.controls import Button, Tone, draw_answer, draw_bar
from kiosk.widgets.icons import Icon
from loyalty.limits.carers import CARER_DAYS, CARER_DAYS_MAX, CARER_DAYS_OFFERED
from wire.carers import Carer, CarerMay


def draw(canvas: Canvas, model: Model) -> None:
    """Those who act for the member, each to be taken back; or that nobody does."""
    tr = canvas.words.tr
    page = page_of(model.state, CarersPage)
    draw_member_header(canvas, model, has_languages=not page.request_id)
    said, tone = _said(canvas, page)
    if page.carers:
        entries = [
            Entry(
                icon="person",
                upper=each.name,
                lower=_did(canvas, model, each),
                action=None if page.request_id else CHOICES[at],
            )
            for at, each in enumerate(page.carers)
        ]
        text = tr("They earn points for you and see the balance. Touch a name to take it back.")
        heading = said or tr("They act for me")
        draw_entries(
            canvas, content_rect(canvas), heading, entries, tone=tone if page.trouble else None, text=text
        )
    elif may_ask_again(model.state):
        draw_sorry(canvas, model, content_rect(canvas), "no_link", said)
    else:
        draw_message(
            canvas,
            model,
            title=tr("Somebody acts for me"),
            text=tr(
                "Whoever fetches things for you gets a card of their own: it earns points for you and shows"
                " the balance, and more only if you say so. You take it back here at any time."
            ),
            picture=lambda at, radius: draw_icon_picture(canvas, at, radius, "person"),
            chip=said,
            chip_tone=tone,
            bottom=content_rect(canvas).bottom,
        )
    back = Button(action=Action.BACK, label=tr("Back"), icon="left", is_enabled=not page.request_id)
    if page.carers is None:
        draw_bar(canvas, back if may_ask_again(model.state) else replace(back, kind="primary"))
        return
    draw_bar(
        canvas,
        back,
        Button(
            action=Action.AGREE, label=tr("A card for somebody"), kind="primary", icon="plus",
            is_enabled=may_add(page),
        ),
    )  # fmt: skip


def draw_end(canvas: Canvas, model: Model) -> None:
    """Is it to be taken back?"""
    words, tr = canvas.words, canvas.words.tr
    page = page_of(model.state, CarersPage)
    ending = page.ending
    assert ending is not None, "somebody was touched"
    draw_member_header(canvas, model, has_languages=not page.request_id)
    chip, tone = _said(canvas, page, unanswered=tr("No answer came. Please touch it once more."))
    is_open = not page.request_id
    draw_message(
        canvas,
        model,
        title=tr("Take it back?"),
        text=words.rich(
            "Good until {day}. Taken back, the card of {name} counts no more, at once and in every pharmacy.",
            day=_until(canvas, model, ending),
            name=ending.name,
        ),
        picture=lambda at, radius: draw_icon_picture(canvas, at, radius, "lock", tone="stop"),
        chip=chip,
        chip_tone=tone,
        bottom=content_rect(canvas).bottom,
    )
    draw_bar(
        canvas,
        Button(action=Action.BACK, label=tr("Keep it"), icon="left", is_enabled=is_open),
        Button(
            action=Action.AGREE,
            label=tr("End this card"),
            kind="stop_primary",
            icon="lock",
            is_enabled=is_open,
        ),
    )


def draw_name(canvas: Canvas, model: Model) -> None:
    """A name to recognise them by."""
    tr = canvas.words.tr
    page = page_of(model.state, CarersPage)
    done = Button(
        action=Action.SEND, label=tr("Go on"), kind="primary", icon="check", is_enabled=bool(page.typing.said)
    )
    draw_typing(
        canvas,
        model,
        title=tr("Who acts for you?"),
        hint=tr("A first name is enough: only you see it."),
        tone=None,
        done=done,
    )


def draw_may(canvas: Canvas, model: Model) -> None:
    """What they may beside earning and seeing the balance; then for how long."""
    tr = canvas.words.tr
    page = page_of(model.state, CarersPage)
    draw_member_header(canvas, model, has_languages=not page.request_id)
    said, tone = _said(canvas, page)
    if page.may is None:
        rows: list[tuple[Icon, str]] = [("check", _may(canvas, grant)) for grant in GRANTS]
        title, text = (
            tr("What may they do for you?"),
            tr("Your details, consents and PIN are never shown to them."),
        )
    else:
        rows = [("clock", _how_long(canvas, days)) for days in CARER_DAYS_OFFERED]
        title, text = tr("For how long?"), tr("You take it back here at any time, also before.")
    entries = [
        Entry(icon=icon, upper=label, action=None if page.request_id else CHOICES[at])
        for at, (icon, label) in enumerate(rows)
    ]
    room = content_rect(canvas)
    draw_entries(canvas, room, said or title, entries, tone=tone if page.trouble else None, text=text)
    draw_answer(
        canvas, Button(action=Action.BACK, label=tr("Back"), icon="left", is_enabled=not page.request_id)
    )


def draw_card(canvas: Canvas, model: Model) -> None:
    """Their new card on the reader; then that it counts."""
    tr = canvas.words.tr
    page = page_of(model.state, CarersPage)
    is_done = page.step == "done"
    draw_visitor_header(canvas, model)
    finish = Button(action=Action.FINISH, label=tr("Finish"), icon="check", is_enabled=not page.request_id)
    if page.trouble == "over":
        draw_over(canvas, model, text=with_own_card(canvas.words))
        draw_answer(canvas, finish)
        return
    chip, tone = _said(
        canvas, page, unanswered=tr("No answer came. Please hold the same card there once more.")
    )
    pulse = model.pulse_per_mille

    def picture(at: tuple[int, int], radius: int) -> None:
        if is_done:
            draw_icon_picture(canvas, at, radius, "check")
        else:
            draw_card_picture(canvas, at, radius, breath_per_mille=pulse)

    draw_message(
        canvas,
        model,
        title=tr("The card is ready") if is_done else tr("Now their new card"),
        text=tr("Give it to them. You see and end it here, with your card and PIN.")
        if is_done
        else tr("Take your card off, and put a new one from the counter on the reader."),
        picture=picture,
        chip=chip,
        chip_tone=tone,
        bottom=content_rect(canvas).bottom,
    )
    draw_answer(canvas, replace(finish, kind="primary") if is_done else finish)


def _may(canvas: Canvas, grant: Sequence[CarerMay]) -> str:
    tr = canvas.words.tr
    if not grant:
        return tr("Earn points, see the balance")
    if len(grant) > 1:
        return tr("… pay with points and see purchases")
    return tr("… and pay with points") if "spend" in grant else tr("… and see what was bought")


def _how_long(canvas: Canvas, days: int) -> str:
    tr = canvas.words.tr
    if days == CARER_DAYS_MAX:
        return tr("Three years")
    return tr("One year") if days == CARER_DAYS else tr("One month")


def _until(canvas: Canvas, model: Model, carer: Carer) -> str:
    zone = model.agent.time_zone if model.agent else "UTC"
    return canvas.words.day_of_year(local_day(carer.ends_ms - 1, zone), today=model.today)


def _did(canvas: Canvas, model: Model, carer: Carer) -> str:
    """What they did for the member so far."""
    words = canvas.words
    if not carer.tickets:
        return words.tr("Nothing yet")
    zone = model.agent.time_zone if model.agent else "UTC"
    return words.trn(
        "{count} purchase, last {day}",
        "{count} purchases, last {day}",
        carer.tickets,
        count=words.number(carer.tickets),
        day=words.day_of_year(local_day(carer.last_ms, zone), today=model.today),
    )


def _said(canvas: Canvas, page: CarersPage, *, unanswered: str = "") -> tuple[str, Tone]:
    """What goes on, or what went wrong and what to do.

    `unanswered`: what to do where it may have been done, and only the answer was lost.
    """
    tr = canvas.words.tr
    if page.request_id:
        return tr("One moment…"), "brand"
    match page.trouble:
        case "":
            return "", "brand"
        case "not_blank":
            return tr("This is not a new card. Take one that was never used."), "soon"
        case "not_read":
            return tr("Please hold the card there once more."), "soon"
        case "needs_pin":
            return tr("For this your card needs a PIN. The counter sets one for you."), "soon"
        case "enough" | "too_many":
            return tr("That is enough for today. Please ask at the counter."), "stop"
        case "over":
            return tr("The time is over. Please begin again."), "stop"
        case "central_unreachable" if unanswered:
            return unanswered, "soon"
        case "central_unreachable":
            return tr("The connection is down: nothing was changed. Please ask at the counter."), "soon"
    return tr("This is not possible here. Please ask at the counter."), "stop"
