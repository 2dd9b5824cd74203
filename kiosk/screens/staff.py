"""A person of staff holds their card to the reader: what they may do at this screen."""

from kiosk.flow.state import Action
from kiosk.screens.frame import draw_idle_header
from kiosk.screens.illustration import draw_icon_picture
from kiosk.screens.message import content_rect, draw_message
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas
from kiosk.widgets.controls import Button, draw_bar


def draw(canvas: Canvas, model: Model) -> None:
    """Their name, and a button for each thing."""
    tr = canvas.words.tr
    session = model.state.session
    staff = session.staff if session else None
    is_waiting = bool(model.state.request_id)
    may_look = staff is not None and staff.may_look_after
    may_pair = staff is not None and staff.may_pair_tills
    draw_idle_header(canvas, model)
    refused = tr("It did not work. Hold the card to the reader again.")
    draw_message(
        canvas,
        model,
        title=canvas.words.tr("Hello {name}", name=staff.name if staff else ""),
        text=tr("This is a card of staff. Take it with you when you have finished."),
        picture=lambda at, radius: draw_icon_picture(canvas, at, radius, "tool"),
        chip=refused if model.state.is_wish_refused else "",
        chip_tone="soon",
        bottom=content_rect(canvas).bottom,
    )
    draw_bar(
        canvas,
        Button(
            action=Action.PAIR_TILL,
            label=tr("Connect a till"),
            kind="primary",
            icon="plug",
            is_enabled=may_pair and not is_waiting,
        ),
        Button(
            action=Action.HOW_IS_IT,
            label=tr("How is it?"),
            icon="tool",
            is_enabled=may_look and not is_waiting,
        ),
        Button(action=Action.FINISH, label=tr("Finish")),
    )
