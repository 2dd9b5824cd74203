"""Head office asks to see this screen: why, for how long, what it sees; allow it or not."""

from kiosk.flow.journeys.base import page_of
from kiosk.flow.journeys.supporting import SupportPage, is_asked
from kiosk.flow.sharing import support_of
from kiosk.flow.state import Action
from kiosk.screens.frame import draw_idle_header
from kiosk.screens.illustration import draw_icon_picture
from kiosk.screens.message import content_rect, draw_message
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas
from kiosk.widgets.controls import Button, draw_bar


def draw(canvas: Canvas, model: Model) -> None:
    """The question; then that it goes on, or is over."""
    words, tr = canvas.words, canvas.words.tr
    page, support = page_of(model.state, SupportPage), support_of(model.state)
    draw_idle_header(canvas, model)
    chip, is_free = "", not page.request_id
    buttons = [Button(action=Action.BACK, label=tr("Back"), icon="left", is_enabled=is_free)]
    if support is None:
        title, text = tr("Nobody asks to see this screen"), tr("Support’s question is over.")
    elif is_asked(model.state):
        title = words.trn(
            "May support see this screen for {count} minute?",
            "May support see this screen for {count} minutes?",
            support.minutes,
            count=words.number(support.minutes),
        )
        text = tr("They see it, and how the parts are; they cannot touch. Customers’ visits are never shown.")
        chip = support.reason
        buttons += [
            Button(
                action=Action.AGREE,
                label=tr("Allow"),
                kind="primary",
                icon="eye",
                is_enabled=is_free,
            ),
            Button(action=Action.SAY_NO, label=tr("Refuse"), kind="stop", icon="block", is_enabled=is_free),
        ]
    else:
        title = tr("Support sees this screen")
        text = tr("The eye at the end of the bar ends it, on every screen. It ends by itself as well.")
    if page.is_central_away:
        chip = tr("The central service does not answer. Please try again soon.")
    elif page.is_refused:
        chip = tr("It did not work. Hold the card to the reader again.")
    draw_message(
        canvas,
        model,
        title=title,
        text=text,
        picture=lambda at, radius: draw_icon_picture(canvas, at, radius, "eye"),
        chip=chip,
        chip_tone="soon" if page.is_refused else "brand",
        bottom=content_rect(canvas).bottom,
    )
    draw_bar(canvas, *buttons)
