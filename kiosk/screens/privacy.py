"""Still there? The member's data are already covered; the seconds left are counted."""

from kiosk.flow.state import Action
from kiosk.screens.frame import draw_brand
from kiosk.screens.illustration import draw_circles
from kiosk.screens.message import content_rect, draw_message
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.controls import Button, draw_bar
from loyalty.limits.kiosk import PRIVACY_WARNING_S


def draw(canvas: Canvas, model: Model) -> None:
    """The question, the seconds, and two answers."""
    words, m, p = canvas.words, canvas.metrics, canvas.palette
    elapsed_s = (model.now_ms - model.state.entered_ms) // 1000
    left_s = max(0, model.state.mode.seconds(PRIVACY_WARNING_S) - elapsed_s)
    draw_brand(canvas, model, right=m.width)

    def seconds(centre: tuple[int, int], radius: int) -> None:
        draw_circles(canvas, centre, radius, tone="soon", breath_per_mille=1000)
        style = Style(size=min(m.number, radius * 3 // 4), weight=700, colour=p.soon_text)
        block = canvas.block(words.number(left_s), style, 2 * radius)
        canvas.put(block, centre[0] - radius, centre[1] - block.height // 2, align="centre")

    draw_message(
        canvas,
        model,
        title=words.tr("Are you still there?"),
        text=words.trn(
            "The screen closes in {seconds} second, so that nobody else sees your points.",
            "The screen closes in {seconds} seconds, so that nobody else sees your points.",
            left_s,
            seconds=words.number(left_s),
        ),
        picture=seconds,
        bottom=content_rect(canvas).bottom,
    )
    draw_bar(
        canvas,
        Button(action=Action.EXTEND, label=words.tr("Yes, continue"), kind="primary", icon="hand"),
        Button(action=Action.FINISH, label=words.tr("Finish")),
    )
