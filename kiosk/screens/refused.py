"""The card gives no balance: why, in plain words, and what to do next. Never a code."""

from kiosk.flow.journeys.join import offers_join
from kiosk.flow.state import Action
from kiosk.locales.words import Words
from kiosk.screens.frame import draw_idle_header
from kiosk.screens.illustration import Tone, draw_icon_picture
from kiosk.screens.message import content_rect, draw_message
from kiosk.screens.model import Model
from kiosk.screens.moments import moment
from kiosk.widgets.canvas import Canvas
from kiosk.widgets.controls import Button, draw_answer, draw_bar
from kiosk.widgets.icons import Icon
from wire.messages import Refusal


def draw(canvas: Canvas, model: Model) -> None:
    """One screen, a text per refusal."""
    refusal: Refusal = model.state.refusal or "unreadable_card"
    title, text, chip = _in_cut(canvas, model) or (*reason(canvas.words, refusal), _undone(canvas, refusal))
    icon, tone = _picture(refusal)
    draw_idle_header(canvas, model)
    draw_message(
        canvas,
        model,
        title=title,
        text=text,
        picture=lambda at, radius: draw_icon_picture(canvas, at, radius, icon, tone=tone),
        chip=chip,
        bottom=content_rect(canvas).bottom,
    )
    tr = canvas.words.tr
    if offers_join(model.state):
        draw_bar(
            canvas,
            Button(action=Action.FINISH, label=tr("OK")),
            Button(action=Action.JOIN, label=tr("Join now"), kind="primary", icon="person"),
        )
        return
    draw_answer(canvas, Button(action=Action.FINISH, label=tr("OK"), kind="primary"))


def _in_cut(canvas: Canvas, model: Model) -> tuple[str, str, str] | None:
    """Headline, text and chip where points are set aside here for this card; None: there are none."""
    session = model.state.session
    if model.state.refusal != "central_unreachable" or session is None or session.in_cut is None:
        return None
    told, words = session.in_cut, canvas.words
    if told.balance is None and not told.points:
        return None
    chip = ""
    if told.points:
        points, worth = words.number(told.points), words.money(told.worth_minor, model.currency)
        chip = words.tr("{points} points can pay now: {worth}", points=points, worth=worth)
    if told.balance is None:
        text = words.tr("The connection is down: the others wait until it is back.")
        return words.tr("A part of your points can pay"), text, chip
    as_of = moment(canvas, model, told.balance_ms)
    text = (
        words.tr(
            "As of {moment}. The connection is down:"
            " what you bought since is credited as soon as it is back.",
            moment=as_of,
        )
        if told.points
        else words.tr(
            "As of {moment}. The connection is down: points can pay again as soon as it is back.",
            moment=as_of,
        )
    )
    title = words.trn("{points} point", "{points} points", told.balance, points=words.number(told.balance))
    return title, text, chip


def _undone(canvas: Canvas, refusal: Refusal) -> str:
    """The way back for whoever blocked the card without it; the kiosk is not told who did."""
    if refusal != "blocked_card":
        return ""
    tr = canvas.words.tr
    return tr(
        "Were you sent a code? It unblocks the card here: “{first}”, then “{then}”.",
        first=tr("Without a card"),
        then=tr("Block my card"),
    )


def reason(words: Words, refusal: Refusal) -> tuple[str, str]:
    """Headline and text of a refusal."""
    tr = words.tr
    match refusal:
        case "unknown_card":
            return tr("We do not know this card"), tr("It may be from elsewhere. Please ask at the counter.")
        case "blocked_card":
            return tr("This card is blocked"), tr(
                "Nobody can use it. Your points are safe:"
                " the counter gives you a new card or unblocks this one."
            )
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
