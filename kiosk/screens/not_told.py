"""What staff asked and is not there: awaited, or nobody could tell it."""

from kiosk.screens.illustration import draw_icon_picture
from kiosk.screens.message import content_rect, draw_message
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas
from kiosk.widgets.icons import Icon


def draw_not_told(
    canvas: Canvas, model: Model, said: tuple[str, str] | None, *, icon: Icon, chip: str = ""
) -> None:
    """said: title and text of what is awaited or empty; None: nobody answered, and how to ask again."""
    tr = canvas.words.tr
    unknown = tr("Not known just now"), tr("It did not work. Hold the card to the reader again.")
    title, text = said or unknown
    draw_message(
        canvas,
        model,
        title=title,
        text=text,
        picture=lambda at, radius: draw_icon_picture(canvas, at, radius, icon),
        chip=chip,
        bottom=content_rect(canvas).bottom,
    )
