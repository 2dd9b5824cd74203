"""The card was read, the answer is on its way: said within a frame of the tap."""

from kiosk.screens.frame import draw_brand
from kiosk.screens.illustration import draw_card_picture
from kiosk.screens.message import draw_message
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas


def draw(canvas: Canvas, model: Model) -> None:
    """The card slides in and bears a check."""
    tr = canvas.words.tr
    draw_brand(canvas, model, right=canvas.metrics.width)
    slide = model.entering_per_mille
    draw_message(
        canvas,
        model,
        title=tr("Card read"),
        text=tr("We are fetching your points. Leave the card where it is."),
        picture=lambda at, radius: draw_card_picture(
            canvas, at, radius, slide_per_mille=700 + slide * 300 // 1000, is_read=True
        ),
    )
