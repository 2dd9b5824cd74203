"""The first seconds after switching on."""

from kiosk.screens.frame import draw_brand
from kiosk.screens.illustration import draw_icon_picture
from kiosk.screens.message import draw_message
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas


def draw(canvas: Canvas, model: Model) -> None:
    """One calm sentence until agent and reader have answered."""
    tr = canvas.words.tr
    draw_brand(canvas, model, right=canvas.metrics.width)
    draw_message(
        canvas,
        model,
        title=tr("One moment"),
        text=tr("The screen is getting ready."),
        picture=lambda centre, radius: draw_icon_picture(canvas, centre, radius, "hourglass"),
    )
