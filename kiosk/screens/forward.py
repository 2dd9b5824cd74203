"""Paying points forward: what waits here, how much to give, the question, thanks, or what came between."""

from kiosk.flow.journeys.forwarding import ForwardPage
from kiosk.screens.convert import draw_choices
from kiosk.screens.model import Model
from kiosk.screens.moving import draw_question, gift
from kiosk.widgets.canvas import Canvas
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
    draw_question(canvas, model, page, gift(canvas, title, text, agree=tr("Yes, give it"), icon="hand"))
