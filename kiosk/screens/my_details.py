"""My details and consents: the tiles, the ways to be written to, and the fields with their keyboard."""

from collections.abc import Callable
from typing import Final

from kiosk.flow.journeys.base import page_of
from kiosk.flow.journeys.my_details import (
    CHANNELS,
    FIELDS,
    LANGUAGES,
    PURPOSES,
    DetailsPage,
    Field,
    is_ready,
    may_change,
)
from kiosk.flow.state import CHOICES, Action
from kiosk.locales.words import OWN_NAMES
from kiosk.screens.entries import Entry, draw_entries
from kiosk.screens.frame import draw_member_header
from kiosk.screens.keyboard import draw_typing
from kiosk.screens.message import content_rect
from kiosk.screens.model import Model
from kiosk.screens.my_value import draw_sorry
from kiosk.screens.quiet import draw_quiet
from kiosk.widgets.canvas import Canvas
from kiosk.widgets.controls import Button, Tone, draw_bar
from kiosk.widgets.icons import Icon
from loyalty.limits.details import CONTACT_CODE_VALID_S
from wire.my_details import Details, DetailsTrouble

_ICONS: dict[Field, Icon] = {
    "email": "at",
    "phone": "phone",
    "address": "letter",
    "language": "globe",
    "preferred": "heart",
    "consents": "check",
}


def draw(canvas: Canvas, model: Model) -> None:
    """How one is reached, each a tile; or why it is not shown."""
    page, tr = page_of(model.state, DetailsPage), canvas.words.tr
    draw_member_header(canvas, model)
    room = content_rect(canvas)
    if page.details is None:
        if page.trouble:
            draw_sorry(canvas, model, room, "lock", _trouble(page.trouble, tr))
        else:
            draw_quiet(canvas, room, "hourglass", tr("One moment…"))
    else:
        title, tone = _title(page, tr, tr("How we reach you"))
        entries = [_tile(canvas, page, page.details, at, field) for at, field in enumerate(FIELDS)]
        draw_entries(canvas, room, title, entries, tone=tone)
    _draw_bar(canvas)


def draw_consents(canvas: Canvas, model: Model) -> None:
    """Each way to be written to, with what it is for in plain words; a touch says yes or no."""
    page, words = page_of(model.state, DetailsPage), canvas.words
    tr = words.tr
    assert page.details is not None, "its tile stands beside the details"
    draw_member_header(canvas, model)
    said = {each.purpose: each for each in page.details.consents}
    names = _ways(tr)
    entries = []
    for at, purpose in enumerate(PURPOSES):
        word = said.get(purpose)
        is_given = word is not None and word.is_given
        entries.append(
            Entry(
                icon=_CHANNEL_ICONS[purpose],
                upper=names[purpose],
                lower=tr("Yes, you may") if is_given else tr("No, thank you"),
                action=None if page.request_id else CHOICES[at],
                is_on=is_given,
            )
        )
    title, tone = _title(page, tr, tr("May we write to you?"))
    draw_entries(canvas, content_rect(canvas), title, entries, tone=tone, text=consent_text(tr))
    _draw_bar(canvas)


def consent_text(tr: Callable[[str], str]) -> str:
    """What is agreed to. Whoever changes these words raises `CONSENT_TEXT`: a test knows them."""
    return tr(
        "About your points, vouchers and our offers, never about your health. You may change it at any time,"
        " and your points do not depend on it."
    )


def draw_choice(canvas: Canvas, model: Model) -> None:
    """The languages, or the ways to be reached."""
    page, tr = page_of(model.state, DetailsPage), canvas.words.tr
    assert page.details is not None, "its tile stands beside the details"
    draw_member_header(canvas, model)
    is_language = page.field == "language"
    names: dict[str, str] = dict(OWN_NAMES.items()) if is_language else _ways(tr)
    values: tuple[str, ...] = LANGUAGES if is_language else CHANNELS
    current = page.details.language if is_language else page.details.preferred
    entries = [
        Entry(
            icon=_CHANNEL_ICONS.get(value, "globe"),
            upper=names[value],
            action=CHOICES[at],
            is_on=value == current,
        )
        for at, value in enumerate(values)
    ]
    title = (
        tr("In which language do we speak to you?") if is_language else tr("How do you like to be reached?")
    )
    draw_entries(canvas, content_rect(canvas), title, entries)
    _draw_bar(canvas)


def draw_field(canvas: Canvas, model: Model) -> None:
    """A new address, by the keyboard."""
    page, tr = page_of(model.state, DetailsPage), canvas.words.tr
    match page.field:
        case "email":
            title, hint = tr("Your new e-mail address"), tr("We send a code there before it counts.")
        case "phone":
            title = tr("Your new mobile number")
            hint = tr("With its country, such as +41 79 … We send a code there before it counts.")
        case _:
            title, hint = tr("Your postal address"), tr("Street and number, postcode and town.")
    label = tr("Save") if page.field == "address" else tr("Send the code")
    _draw_typing(canvas, model, page, title=title, hint=hint, label=label)


def draw_code(canvas: Canvas, model: Model) -> None:
    """The code that was sent."""
    page, tr = page_of(model.state, DetailsPage), canvas.words.tr
    minutes = canvas.words.number(CONTACT_CODE_VALID_S // 60)
    hint = tr(
        "Six digits are on their way to your new address. They count for {minutes} minutes.", minutes=minutes
    )
    _draw_typing(canvas, model, page, title=tr("The code from our message"), hint=hint, label=tr("Save"))


def _draw_typing(
    canvas: Canvas, model: Model, page: DetailsPage, *, title: str, hint: str, label: str
) -> None:
    tone: Tone | None = None
    if page.request_id:
        hint, tone = canvas.words.tr("One moment…"), "brand"
    elif page.trouble:
        hint, tone = _trouble(page.trouble, canvas.words.tr), "soon"
    is_enabled = is_ready(page) and not page.request_id
    done = Button(action=Action.SEND, label=label, kind="primary", icon="check", is_enabled=is_enabled)
    draw_typing(canvas, model, title=title, hint=hint, tone=tone, done=done)


def _draw_bar(canvas: Canvas) -> None:
    tr = canvas.words.tr
    draw_bar(
        canvas,
        Button(action=Action.BACK, label=tr("Back"), icon="left"),
        Button(action=Action.FINISH, label=tr("Finish"), icon="check"),
    )


def _title(page: DetailsPage, tr: Callable[[str], str], usual: str) -> tuple[str, Tone | None]:
    if page.request_id:
        return tr("One moment…"), None
    if page.trouble:
        return _trouble(page.trouble, tr), "soon"
    return (tr("Saved."), "brand") if page.is_saved else (usual, None)


def _tile(canvas: Canvas, page: DetailsPage, details: Details, at: int, field: Field) -> Entry:
    tr = canvas.words.tr
    names: dict[Field, str] = {
        "email": tr("E-mail address"),
        "phone": tr("Mobile telephone"),
        "address": tr("Postal address"),
        "language": tr("Language"),
        "preferred": tr("Best reached by"),
        "consents": tr("What we may send you"),
    }
    is_open = may_change(page, field) and not page.request_id
    return Entry(
        icon=_ICONS[field],
        upper=names[field],
        lower=_value(canvas, details, field) if may_change(page, field) else tr("The counter changes this."),
        action=CHOICES[at] if is_open else None,
    )


def _value(canvas: Canvas, details: Details, field: Field) -> str:
    tr, ways = canvas.words.tr, _ways(canvas.words.tr)
    match field:
        case "email":
            said = details.email
        case "phone":
            said = details.phone
        case "address":
            said = details.address
        case "language":
            said = next((name for key, name in OWN_NAMES.items() if key == details.language), "")
        case "preferred":
            said = ways.get(details.preferred, "")
        case "consents":
            given = [ways[each.purpose] for each in details.consents if each.is_given]
            return canvas.words.listed(_running(given)) or tr("Nothing so far")
    return said or tr("Not known yet")


_CHANNEL_ICONS: Final[dict[str, Icon]] = {
    "email": "at",
    "sms": "bubble",
    "letter": "letter",
    "telephone": "phone",
    "wechat": "bubbles",
}
"""Each way its own; languages have the globe."""


def _running(ways: list[str]) -> list[str]:
    """As they stand in a row: only the first begins with a capital."""
    return [way if at == 0 else way[:1].lower() + way[1:] for at, way in enumerate(ways)]


def _ways(tr: Callable[[str], str]) -> dict[str, str]:
    return {
        "email": tr("By e-mail"),
        "sms": tr("By SMS"),
        "letter": tr("By post"),
        "telephone": tr("By telephone"),
        "wechat": tr("By WeChat"),
    }


def _trouble(trouble: DetailsTrouble, tr: Callable[[str], str]) -> str:
    match trouble:
        case "needs_card":
            return tr(
                "For this your card needs a PIN. The counter sets one for you, or changes your details."
            )
        case "central_unreachable":
            return tr("The connection is down just now. Try again in a moment, or ask at the counter.")
        case "not_an_address":
            return tr("That is not a whole address. Please look at it again.")
        case "no_country":
            return tr("Please with its country, such as +41 79 …")
        case "too_many":
            return tr("Enough codes for today. The counter changes it at once.")
        case "code_wrong":
            return tr("That is not the code. Please try again.")
        case "code_over":
            return tr("This code does not count any more. Go back and have another one sent.")
        case _:
            return tr("This is not possible here. Please ask at the counter.")
