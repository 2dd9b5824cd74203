"""The card gives no balance: why, in plain words, and what to do next. Never a code."""

from kiosk.flow.state import Action
from kiosk.locales.words import Words
from kiosk.screens.frame import draw_idle_header
from kiosk.screens.illustration import Tone, draw_icon_picture
from kiosk.screens.message import content_rect, draw_message
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas
from kiosk.widgets.controls import Button, draw_answer
from kiosk.widgets.icons import Icon
from wire.messages import Refusal


def draw(canvas: Canvas, model: Model) -> None:
    """One screen, a text per refusal."""
    refusal: Refusal = model.state.refusal or "unreadable_card"
    title, text = reason(canvas.words, refusal)
    icon, tone = _picture(refusal)
    draw_idle_header(canvas, model)
    draw_message(
        canvas,
        model,
        title=title,
        text=text,
        picture=lambda at, radius: draw_icon_picture(canvas, at, radius, icon, tone=tone),
        bottom=content_rect(canvas).bottom,
    )
    draw_answer(canvas, Button(action=Action.FINISH, label=canvas.words.tr("OK"), kind="primary"))


def reason(words: Words, refusal: Refusal) -> tuple[str, str]:
    """Headline and text of a refusal."""
    tr = words.tr
    match refusal:
        case "unknown_card":
            return tr("We do not know this card"), tr("It may be from elsewhere. Please ask at the counter.")
        case "blocked_card":
            return tr("This card is blocked"), tr("Your points are safe. Ask for a new card at the counter.")
        case "expired_card":
            return tr("This card has expired"), tr("Your points are safe. Ask for a new card at the counter.")
        case "replaced_card":
            return tr("You have a newer card"), tr("This one was replaced. Please use your new card.")
        case "card_not_active":
            return tr("This card is not active yet"), tr("Please have it activated at the counter.")
        case "unreadable_card":
            return tr("We could not read the card"), tr(
                "Put it flat on the reader and leave it there a moment."
            )
        case "health_card":
            return tr("This is a health insurance card"), tr(
                "Nothing of it was kept. Please use your loyalty card."
            )
        case "staff_card":
            return tr("This is a card of staff"), tr("It opens nothing at this terminal.")
        case "central_unreachable":
            return tr("Your points cannot be shown now"), tr(
                "The connection is down. Your purchases still count: they are credited as soon as it is back."
            )
        case "too_many_tries":
            return tr("Please wait a minute"), tr("Too many numbers were tried. Then try again.")


def _picture(refusal: Refusal) -> tuple[Icon, Tone]:
    match refusal:
        case "blocked_card":
            return "lock", "stop"
        case "unknown_card":
            return "question", "soon"
        case "central_unreachable":
            return "no_link", "soon"
        case "too_many_tries" | "expired_card" | "card_not_active":
            return "clock", "soon"
        case "replaced_card" | "unreadable_card" | "health_card" | "staff_card":
            return "card", "soon"
