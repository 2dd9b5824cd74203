"""Too much time went by on a page without a visit: what to do to begin again."""

from kiosk.locales.words import Words
from kiosk.screens.illustration import draw_card_picture
from kiosk.screens.message import content_rect, draw_message
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas


def draw_over(canvas: Canvas, model: Model, *, text: str) -> None:
    """The message; the bar is the page's."""
    pulse = model.pulse_per_mille
    draw_message(
        canvas,
        model,
        title=canvas.words.tr("The time is over"),
        text=text,
        picture=lambda at, radius: draw_card_picture(canvas, at, radius, breath_per_mille=pulse),
        bottom=content_rect(canvas).bottom,
    )


def with_own_card(words: Words) -> str:
    """The page takes no card any more: one that is put down opens a visit."""
    return words.tr("To begin again, put your own card on the reader.")
