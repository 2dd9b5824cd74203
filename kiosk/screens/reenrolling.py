"""The terminal is enrolled anew: what that means, the code for head office, and the second word of staff."""

from kiosk.flow.journeys.base import page_of
from kiosk.flow.journeys.renewing import RenewingPage
from kiosk.flow.state import Action
from kiosk.screens.frame import draw_idle_header
from kiosk.screens.illustration import Tone, draw_icon_picture
from kiosk.screens.message import content_rect, draw_message
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas
from kiosk.widgets.controls import Button, draw_bar
from kiosk.widgets.icons import Icon


def draw_question(canvas: Canvas, model: Model) -> None:
    """The first word: begin, or not."""
    tr, page = canvas.words.tr, page_of(model.state, RenewingPage)
    is_free = not page.request_id
    said = tr("It cannot be done here: call support.") if page.is_refused else ""
    text = tr(
        "Only when head office asks for it: it types the code that is shown next. Sales go on meanwhile."
    )
    _draw(canvas, model, tr("Enrol this terminal anew?"), text, "lock", chip=said)
    draw_bar(
        canvas,
        Button(action=Action.BACK, label=tr("Back"), icon="left", is_enabled=is_free),
        Button(
            action=Action.AGREE, label=tr("Show the code"), kind="primary", icon="lock", is_enabled=is_free
        ),
    )


def draw(canvas: Canvas, model: Model) -> None:
    """The code; then the second word; or that it came to nothing."""
    tr = canvas.words.tr
    anew = model.agent.reenrolling if model.agent else None
    assert anew is not None, "the screen of a terminal that is enrolled anew"
    stay = Button(action=Action.LEAVE_AS_IT_IS, label=tr("Leave it as it is"), icon="left")
    match anew.step:
        case "code":
            text = tr("Give this code to head office. The screen goes on by itself.")
            _draw(canvas, model, anew.code or tr("One moment…"), text, "lock")
            draw_bar(canvas, stay)
        case "approved":
            text = tr("The new key takes the old one’s place at once. The screen comes back in some seconds.")
            _draw(canvas, model, tr("Head office has accepted: take it over?"), text, "check")
            take = Button(action=Action.TAKE_OVER, label=tr("Take it over"), kind="primary", icon="check")
            draw_bar(canvas, stay, take)
        case "failed":
            text = tr("The old key still works. Begin again with your card, or call support.")
            _draw(canvas, model, tr("Nothing was changed"), text, "block", tone="soon")
            draw_bar(canvas, Button(action=Action.LEAVE_AS_IT_IS, label=tr("OK"), kind="primary"))


def _draw(
    canvas: Canvas,
    model: Model,
    title: str,
    text: str,
    icon: Icon,
    *,
    tone: Tone = "brand",
    chip: str = "",
) -> None:
    draw_idle_header(canvas, model)
    draw_message(
        canvas,
        model,
        title=title,
        text=text,
        picture=lambda at, radius: draw_icon_picture(canvas, at, radius, icon, tone=tone),
        chip=chip,
        chip_tone="soon",
        bottom=content_rect(canvas).bottom,
    )
