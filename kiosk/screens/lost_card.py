"""Blocking a card without it: a pad for number, date of birth and code; then what shall happen."""

from dataclasses import replace

from kiosk.flow.journeys.base import page_of
from kiosk.flow.journeys.lost_card import LostPage
from kiosk.flow.state import CHOICES, Action
from kiosk.screens.block import draw_blocked
from kiosk.screens.digits_page import Asked, birth_asked, draw_digits, shown_digits
from kiosk.screens.frame import draw_visitor_header
from kiosk.screens.illustration import draw_icon_picture
from kiosk.screens.message import content_rect, draw_message
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas
from kiosk.widgets.controls import Button, Tone, draw_answer, draw_bar


def draw(canvas: Canvas, model: Model) -> None:
    """The step that they are at."""
    page = page_of(model.state, LostPage)
    if page.step == "wish":
        _draw_wish(canvas, model, page)
    elif page.step in ("kept", "undone"):
        _draw_end(canvas, model, page)
    else:
        _draw_pad(canvas, model, page)


def _draw_pad(canvas: Canvas, model: Model, page: LostPage) -> None:
    tr = canvas.words.tr
    title, text = _asked(canvas, model, page)
    said = _said(canvas, page)
    draw_digits(canvas, model, page, Asked(title, text, shown_digits(model, page.typed, page.step)), said)
    way_out = Button(action=Action.BACK, label=tr("Back"), icon="left", is_enabled=not page.request_id)
    if page.step == "code":
        way_out = replace(way_out, action=Action.FINISH, label=tr("Finish"), icon="check")
    draw_answer(canvas, way_out)


def _asked(canvas: Canvas, model: Model, page: LostPage) -> tuple[str, str]:
    words = canvas.words
    match page.step:
        case "number":
            return words.tr("Block my card"), words.tr("Your member number, or the number of your card.")
        case "birth_date":
            return birth_asked(canvas, model)
    return words.tr("It is noted"), words.trn(
        "If all is right, the card is blocked for {hours} hour, and its member is sent a code. Type it to"
        " keep the card blocked or to unblock it.",
        "If all is right, the card is blocked for {hours} hours, and its member is sent a code. Type it to"
        " keep the card blocked or to unblock it.",
        page.hours,
        hours=words.number(page.hours),
    )


def _said(canvas: Canvas, page: LostPage) -> tuple[str, Tone]:
    words = canvas.words
    if page.request_id:
        return words.tr("One moment…"), "brand"
    match page.trouble:
        case "too_many":
            return words.trn(
                "Tried too often. Ask at the counter, or come back in {minutes} minute.",
                "Tried too often. Ask at the counter, or come back in {minutes} minutes.",
                page.wait_minutes,
                minutes=words.number(page.wait_minutes),
            ), "stop"
        case "wrong":
            return words.tr("This code is not right, or its time is over."), "soon"
        case "no_date":
            return words.tr("There is no such day: please type it again."), "soon"
        case "central_unreachable":
            return words.tr("The connection is down: ask at the counter to have the card blocked."), "soon"
    if page.step == "code":
        return words.tr("Without the code the block ends by itself."), "brand"
    return words.tr("Nobody learns here who is a member."), "brand"


def _draw_wish(canvas: Canvas, model: Model, page: LostPage) -> None:
    tr = canvas.words.tr
    is_open = not page.request_id
    draw_visitor_header(canvas, model)
    said, tone = _said(canvas, page) if page.request_id or page.trouble else ("", "brand")
    draw_message(
        canvas,
        model,
        title=tr("What shall happen?"),
        text=tr("Blocked for good: the counter gives you a new card. Unblocked: the card is good at once."),
        picture=lambda at, radius: draw_icon_picture(canvas, at, radius, "lock", tone="stop"),
        chip=said,
        chip_tone=tone,
        bottom=content_rect(canvas).bottom,
    )
    draw_bar(
        canvas,
        Button(action=Action.BACK, label=tr("Back"), icon="left", is_enabled=is_open),
        Button(action=CHOICES[1], label=tr("Unblock it"), icon="undo", is_enabled=is_open),
        Button(
            action=CHOICES[0],
            label=tr("Keep it blocked"),
            kind="stop_primary",
            icon="lock",
            is_enabled=is_open,
        ),
    )


def _draw_end(canvas: Canvas, model: Model, page: LostPage) -> None:
    tr = canvas.words.tr
    draw_visitor_header(canvas, model)
    if page.step == "kept":
        draw_blocked(canvas, model)
        return
    draw_message(
        canvas,
        model,
        title=tr("The card is unblocked"),
        text=tr("You can use it again at once."),
        picture=lambda at, radius: draw_icon_picture(canvas, at, radius, "check"),
        bottom=content_rect(canvas).bottom,
    )
    draw_answer(canvas, Button(action=Action.FINISH, label=tr("Finish"), kind="primary"))
