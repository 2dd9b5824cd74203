"""What staff does at the terminal with one button: let the tills practise."""

from kiosk.flow.journeys.base import page_of
from kiosk.flow.journeys.practising import TrainingPage, does_every_till_practise
from kiosk.flow.state import Action
from kiosk.screens.frame import draw_idle_header
from kiosk.screens.illustration import Tone, draw_icon_picture
from kiosk.screens.message import content_rect, draw_message
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas
from kiosk.widgets.controls import Button, draw_bar
from kiosk.widgets.controls import Tone as ChipTone
from kiosk.widgets.icons import Icon

_BRAND: ChipTone = "brand"
_SOON: ChipTone = "soon"


def draw_training(canvas: Canvas, model: Model) -> None:
    """Whether the tills practise, and the other way."""
    tr, page = canvas.words.tr, page_of(model.state, TrainingPage)
    is_on, is_free = does_every_till_practise(model.state), not page.request_id
    text = tr("Nothing that the tills do is booked: no points, no payment. It ends by itself tonight.")
    said, tone = "", _BRAND
    if not is_free:
        said = tr("One moment…")
    elif page.is_refused:
        said, tone = tr("It did not work. Hold the card to the reader again."), _SOON
    elif not is_on and model.agent and model.agent.training:
        tills = canvas.words.listed(model.agent.training)
        said, tone = tr("Only {tills} now: the others count", tills=tills), _SOON
    title = tr("The tills practise") if is_on else tr("Should the tills practise?")
    label = tr("End the training") if is_on else tr("Begin the training")
    button = Button(action=Action.AGREE, label=label, kind="primary", icon="pen", is_enabled=is_free)
    _draw(canvas, model, title, text, said, tone, "pen", button, is_free=is_free)


def _draw(
    canvas: Canvas,
    model: Model,
    title: str,
    text: str,
    said: str,
    chip_tone: ChipTone,
    icon: Icon,
    button: Button,
    *,
    is_free: bool = True,
    tone: Tone = "brand",
) -> None:
    """A sentence, its button, and the ways out."""
    tr = canvas.words.tr
    page = model.state.journey
    is_free = is_free and not (page is not None and page.request_id)
    draw_idle_header(canvas, model)
    draw_message(
        canvas,
        model,
        title=title,
        text=text,
        picture=lambda at, radius: draw_icon_picture(canvas, at, radius, icon, tone=tone),
        chip=said,
        chip_tone=chip_tone,
        bottom=content_rect(canvas).bottom,
    )
    draw_bar(
        canvas,
        Button(action=Action.BACK, label=tr("Back"), icon="left", is_enabled=is_free),
        button,
        Button(action=Action.FINISH, label=tr("Finish")),
    )
