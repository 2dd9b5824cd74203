"""A ticket is not right: what head office gets, then that it has it."""

from kiosk.flow.journeys.reporting import ReportPage
from kiosk.flow.state import Action
from kiosk.locales.days import local_day
from kiosk.screens.frame import draw_member_header
from kiosk.screens.illustration import draw_icon_picture
from kiosk.screens.message import content_rect, draw_message
from kiosk.screens.model import Model
from kiosk.screens.my_value import trouble_words
from kiosk.widgets.canvas import Canvas
from kiosk.widgets.controls import Button, draw_bar
from kiosk.widgets.textflow import Spans


def draw(canvas: Canvas, model: Model) -> None:
    """The question, then the thanks."""
    words, tr = canvas.words, canvas.words.tr
    page = model.state.journey
    assert isinstance(page, ReportPage), "the screen of a report without its page"
    is_waiting, told = bool(page.request_id), page.told
    text: str | Spans
    is_sent = told is not None and bool(told.state)
    draw_member_header(canvas, model, has_languages=not is_waiting)
    if is_sent:
        title, text = tr("It was passed on"), _what_became(canvas, page)
    else:
        title = tr("Are these points not right?")
        text = words.rich(
            "The group looks at your purchase of {amount} ({day}) and tells the pharmacy.",
            amount=words.money(page.ticket.total_minor, model.currency),
            day=_day(canvas, model, page),
        )
    draw_message(
        canvas,
        model,
        title=title,
        text=text,
        picture=lambda at, radius: draw_icon_picture(canvas, at, radius, "check" if is_sent else "question"),
        chip=_chip(canvas, page),
        chip_tone="brand" if is_waiting else "soon",
        bottom=content_rect(canvas).bottom,
    )
    back = Button(action=Action.BACK, label=tr("Back"), icon="left", is_enabled=not is_waiting)
    if is_sent:
        back = Button(action=Action.BACK, label=tr("Back"), icon="left")
        draw_bar(canvas, back, Button(action=Action.FINISH, label=tr("Finish"), icon="check"))
        return
    agree = tr("Try again") if told is not None else tr("Yes, pass it on")
    draw_bar(
        canvas,
        back,
        Button(action=Action.AGREE, label=agree, kind="primary", icon="check", is_enabled=not is_waiting),
    )


def _day(canvas: Canvas, model: Model, page: ReportPage) -> str:
    zone = model.agent.time_zone if model.agent else "UTC"
    return canvas.words.day_of_year(local_day(page.ticket.occurred_ms, zone), today=model.today)


def _what_became(canvas: Canvas, page: ReportPage) -> str:
    tr = canvas.words.tr
    state = page.told.state if page.told else ""
    if state in ("answered", "closed"):
        return tr("The group has looked at this purchase. Ask at the counter what they found.")
    return tr("The group looks at it. Ask at the counter in a few days.")


def _chip(canvas: Canvas, page: ReportPage) -> str:
    tr = canvas.words.tr
    if page.request_id:
        return tr("One moment, it is being passed on…")
    trouble = page.told.trouble if page.told else ""
    if trouble == "too_many":
        return tr("That is enough for today. Please ask at the counter.")
    return trouble_words(canvas, trouble)[1] if trouble else ""
