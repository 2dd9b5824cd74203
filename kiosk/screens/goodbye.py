"""The short farewell; nothing of the member is left."""

from kiosk.screens.frame import draw_brand
from kiosk.screens.illustration import draw_card_picture, draw_icon_picture
from kiosk.screens.message import draw_message
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas


def draw(canvas: Canvas, model: Model) -> None:
    """Why the screen closed decides the words."""
    tr = canvas.words.tr
    draw_brand(canvas, model, right=canvas.metrics.width)
    if model.state.farewell == "too_short":
        draw_message(
            canvas,
            model,
            title=tr("Leave the card on the reader"),
            text=tr("Your points appear as long as it lies there."),
            picture=lambda at, radius: draw_card_picture(canvas, at, radius),
        )
        return
    is_card_there = bool(model.state.card_on_reader)
    text = tr("Do not forget your card.") if is_card_there else tr("Thank you for your visit.")
    is_timed_out = model.state.farewell == "timed_out"
    draw_message(
        canvas,
        model,
        title=tr("Visit finished") if is_timed_out else tr("Goodbye"),
        text=text,
        picture=lambda at, radius: draw_icon_picture(canvas, at, radius, "lock" if is_timed_out else "check"),
    )
