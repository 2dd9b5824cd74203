"""Paying points forward: what waits here, how much to give, the question, thanks, or what came between."""

from kiosk.flow.journeys.forwarding import ForwardPage
from kiosk.flow.state import Action
from kiosk.screens.convert import WORTH_A_TRY, draw_choices
from kiosk.screens.frame import draw_member_header
from kiosk.screens.illustration import draw_icon_picture
from kiosk.screens.message import content_rect, draw_message
from kiosk.screens.model import Model
from kiosk.screens.my_value import trouble_words
from kiosk.widgets.canvas import Canvas
from kiosk.widgets.controls import Button, draw_bar
from wire.conversions import ConversionsTold


def _page(model: Model) -> ForwardPage:
    page = model.state.journey
    assert isinstance(page, ForwardPage), "a screen of paying forward without its page"
    return page


def draw(canvas: Canvas, model: Model) -> None:
    """What one may give, and below it what that is for."""
    title = canvas.words.tr("Give a voucher to somebody who needs it")
    draw_choices(canvas, model, _page(model).told, title, foot=_waiting)


def _waiting(canvas: Canvas, model: Model, told: ConversionsTold) -> str:
    words = canvas.words
    if not told.forward_minor:
        return words.tr("The pharmacist hands it on. Nobody learns from whom it came.")
    return words.tr(
        "{worth} wait here already. The pharmacist hands it on; nobody learns from whom it came.",
        worth=words.money(told.forward_minor, model.currency),
    )


def draw_confirm(canvas: Canvas, model: Model) -> None:
    """How much, what is left; then thanks, or what came between."""
    words, tr, page = canvas.words, canvas.words.tr, _page(model)
    assert page.told is not None, "a question without a rate"
    assert page.choice is not None, "a question about nothing"
    is_waiting = bool(page.request_id)
    draw_member_header(canvas, model, has_languages=not is_waiting)
    worth = words.money(page.choice.worth_minor, model.currency)
    if page.is_done and page.done is not None:
        title = tr("Thank you!")
        text = words.rich(
            "{worth} are for the next person who needs it here. You have {left} points left.",
            worth=worth,
            left=words.number(page.done.balance),
        )
    else:
        title = tr("Pay {worth} forward?", worth=worth)
        text = words.rich(
            "For {points} of your points; {left} are left. A gift does not come back.",
            points=words.number(page.choice.points),
            left=words.number(page.told.points - page.choice.points),
        )
    draw_message(
        canvas,
        model,
        title=title,
        text=text,
        picture=lambda at, radius: draw_icon_picture(canvas, at, radius, "check" if page.is_done else "hand"),
        chip=_chip(canvas, page),
        chip_tone="brand" if is_waiting else "soon",
        bottom=content_rect(canvas).bottom,
    )
    _draw_answers(canvas, page)


def _chip(canvas: Canvas, page: ForwardPage) -> str:
    tr = canvas.words.tr
    if page.request_id:
        return tr("One moment, your gift is being booked…")
    if page.done is None or not page.done.trouble:
        return ""
    if page.done.trouble == "central_unreachable":
        return tr("It is not known yet whether it arrived. Try again: nothing is given twice.")
    return trouble_words(canvas, page.done.trouble)[1]


def _draw_answers(canvas: Canvas, page: ForwardPage) -> None:
    tr, is_waiting = canvas.words.tr, bool(page.request_id)
    trouble = page.done.trouble if page.done is not None else ""
    if page.is_done or (trouble and trouble not in WORTH_A_TRY):
        draw_bar(
            canvas,
            Button(action=Action.BACK, label=tr("Back"), icon="left"),
            Button(action=Action.FINISH, label=tr("Finish"), icon="check"),
        )
        return
    draw_bar(
        canvas,
        Button(
            action=Action.BACK,
            label=tr("Back") if trouble else tr("Do not give"),
            icon="left",
            is_enabled=not is_waiting,
        ),
        Button(
            action=Action.AGREE,
            label=tr("Try again") if trouble else tr("Yes, give it"),
            kind="primary",
            icon="hand",
            is_enabled=not is_waiting,
        ),
    )
