"""The question before points move, and what came of it: vouchers, gifts, paying forward alike (P-11).

The journeys have one way too: `kiosk.flow.journeys.moving`.
"""

from dataclasses import dataclass
from typing import Final

from kiosk.flow.journeys.moving import MovePage
from kiosk.flow.state import Action
from kiosk.screens.frame import draw_member_header
from kiosk.screens.illustration import draw_icon_picture
from kiosk.screens.message import content_rect, draw_message
from kiosk.screens.model import Model
from kiosk.screens.my_value import trouble_words
from kiosk.widgets.canvas import Canvas
from kiosk.widgets.controls import Button, draw_bar
from kiosk.widgets.icons import Icon
from kiosk.widgets.textflow import Spans

_WORTH_A_TRY: Final = frozenset({"central_unreachable", "card_gone"})
"""What may be otherwise a moment later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is a journey's own, in the screen's language.

    Args:
        title, text: the question, or thanks once it is done.
        refuse: the way back before anything was sent. agree: yes. icon: on the yes, and of the page until it
            is done. booking: while the answer is awaited. not_known: a try whose end nobody knows.
    """

    title: str
    text: Spans
    refuse: str
    agree: str
    icon: Icon
    booking: str
    not_known: str


def gift(canvas: Canvas, title: str, text: Spans, *, agree: str, icon: Icon) -> Question:
    """The question of a gift: it does not come back."""
    tr = canvas.words.tr
    return Question(
        title=title,
        text=text,
        refuse=tr("Do not give"),
        agree=agree,
        icon=icon,
        booking=tr("One moment, your gift is being booked…"),
        not_known=tr("It is not known yet whether it arrived. Try again: nothing is given twice."),
    )


def draw_question(canvas: Canvas, model: Model, page: MovePage, question: Question) -> None:
    """The question, what came between, or thanks; with what can be done next."""
    is_waiting = bool(page.request_id)
    draw_member_header(canvas, model, has_languages=not is_waiting)
    draw_message(
        canvas,
        model,
        title=question.title,
        text=question.text,
        picture=lambda at, radius: draw_icon_picture(
            canvas, at, radius, "check" if page.is_done else question.icon
        ),
        chip=_chip(canvas, page, question),
        chip_tone="brand" if is_waiting else "soon",
        bottom=content_rect(canvas).bottom,
    )
    _draw_answers(canvas, page, question)


def _chip(canvas: Canvas, page: MovePage, question: Question) -> str:
    if page.request_id:
        return question.booking
    if page.trouble == "central_unreachable":
        return question.not_known
    return trouble_words(canvas, page.trouble)[1] if page.trouble else ""


def _draw_answers(canvas: Canvas, page: MovePage, question: Question) -> None:
    tr, has_tried, is_enabled = canvas.words.tr, bool(page.trouble), not page.request_id
    if page.is_done or (has_tried and page.trouble not in _WORTH_A_TRY):
        draw_bar(
            canvas,
            Button(action=Action.BACK, label=tr("Back"), icon="left"),
            Button(action=Action.FINISH, label=tr("Finish"), icon="check"),
        )
        return
    back = tr("Back") if has_tried else question.refuse
    agree = tr("Try again") if has_tried else question.agree
    draw_bar(
        canvas,
        Button(action=Action.BACK, label=back, icon="left", is_enabled=is_enabled),
        Button(action=Action.AGREE, label=agree, kind="primary", icon=question.icon, is_enabled=is_enabled),
    )
