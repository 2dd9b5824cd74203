"""Value is to move, and the card must be there: the one thing to do, large."""

from kiosk.screens.frame import draw_idle_header
from kiosk.screens.illustration import draw_card_picture
from kiosk.screens.message import draw_message
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas


def draw(canvas: Canvas, model: Model) -> None:
    """The card and its reader; why, in one sentence."""
    tr = canvas.words.tr
    draw_idle_header(canvas, model)
    is_for_pin = model.state.agent is not None and model.state.agent.pin_wish is not None
    draw_message(
        canvas,
        model,
        title=tr("Please hold your card to the reader"),
        text=tr("For your PIN: leave the card there until it is done. Colleagues take theirs away first.")
        if is_for_pin
        else tr(
            "You are paying with points or your purse. Only your own card can confirm it: leave it there."
        ),
        picture=lambda at, radius: draw_card_picture(
            canvas, at, radius, breath_per_mille=model.pulse_per_mille
        ),
        says_more=True,
    )
