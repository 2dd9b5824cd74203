"""The till's own words for the member who stands there: a question with two answers, or something to read."""

from kiosk.flow.state import Action
from kiosk.flow.till_asks import prompt_of
from kiosk.screens.frame import draw_brand
from kiosk.screens.illustration import draw_icon_picture
from kiosk.screens.message import content_rect, draw_message
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas
from kiosk.widgets.controls import Button, draw_answer, draw_bar


def draw(canvas: Canvas, model: Model) -> None:
    """The words as the till sent them; that the counter asks is said in the member's language."""
    tr = canvas.words.tr
    prompt = prompt_of(model.state)
    draw_brand(canvas, model, right=canvas.metrics.width)
    is_question = prompt is not None and prompt.is_question
    draw_message(
        canvas,
        model,
        title=prompt.title if prompt else "",
        text=(prompt.text if prompt else "") or tr("The counter asks you to look at this."),
        picture=lambda at, radius: draw_icon_picture(canvas, at, radius, "question"),
        bottom=content_rect(canvas).bottom,
    )
    if not is_question:
        draw_answer(canvas, Button(action=Action.SAY_YES, label=tr("OK"), kind="primary"))
        return
    draw_bar(
        canvas,
        Button(action=Action.SAY_YES, label=tr("Yes, please"), kind="primary", icon="check"),
        Button(action=Action.SAY_NO, label=tr("No, thank you")),
    )
