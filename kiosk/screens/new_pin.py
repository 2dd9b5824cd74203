"""A new PIN for a member: what a clerk chooses first, then what the member alone types or touches."""

from collections.abc import Callable

from kiosk.flow.journeys.base import page_of
from kiosk.flow.journeys.member_pins import IDENTITIES, MemberPinPage
from kiosk.flow.journeys.new_pin import NewPinPage, NewPinTrouble
from kiosk.flow.state import CHOICES, Action
from kiosk.screens.entries import Entry, draw_entries
from kiosk.screens.frame import draw_idle_header, draw_member_header
from kiosk.screens.illustration import draw_icon_picture
from kiosk.screens.message import content_rect, draw_message
from kiosk.screens.model import Model
from kiosk.screens.pin import PadWords, draw_pad, said_of
from kiosk.widgets.canvas import Canvas
from kiosk.widgets.controls import Button, Tone, draw_bar
from kiosk.widgets.icons import Icon
from wire.api_counter import Identity


def draw_wish(canvas: Canvas, model: Model) -> None:
    """The clerk: what is wished, then by what they know the member."""
    tr = canvas.words.tr
    page = page_of(model.state, MemberPinPage)
    draw_idle_header(canvas, model)
    is_free = not page.request_id
    if page.is_unlock is None:
        entries = [
            Entry(
                icon="lock",
                upper=tr("A new PIN"),
                lower=tr("The first one, or in place of one forgotten"),
                action=CHOICES[0],
            ),
            Entry(
                icon="check",
                upper=tr("Unlock the PIN"),
                lower=tr("It stays the same, with all tries"),
                action=CHOICES[1],
            ),
        ]
        title, text = (
            tr("A member's PIN"),
            tr("The member is here, with their card. They alone type the PIN."),
        )
    else:
        entries = [
            Entry(icon=icon, upper=label, action=action)
            for action, (icon, label) in zip(
                CHOICES, (_known_by(each, tr) for each in IDENTITIES), strict=False
            )
        ]
        title, text = tr("How do you know who it is?"), tr("It is noted with your name.")
    refusal = tr("It did not work. Hold the card to the reader again.") if page.is_refused else ""
    tone: Tone | None = "soon" if refusal else None
    draw_entries(canvas, content_rect(canvas), refusal or title, entries, text=text, tone=tone)
    draw_bar(
        canvas,
        Button(action=Action.BACK, label=tr("Back"), icon="left", is_enabled=is_free),
        Button(action=Action.FINISH, label=tr("Finish"), is_enabled=is_free),
    )


def _known_by(identity: Identity, tr: Callable[[str], str]) -> tuple[Icon, str]:
    """Every identity has its line here."""
    known: dict[Identity, tuple[Icon, str]] = {
        "id_card": ("card", tr("Identity card")),
        "passport": ("globe", tr("Passport")),
        "residence_permit": ("pin", tr("Residence permit")),
        "driving_licence": ("card", tr("Driving licence")),
        "insured_card": ("card", tr("Insurance card")),
        "known_person": ("person", tr("I know this person")),
    }
    return known[identity]


def draw(canvas: Canvas, model: Model) -> None:
    """The clerk: whose card came. The member: the pad, twice; or what became of it."""
    page = page_of(model.state, NewPinPage)
    if page.step == "clerk":
        _draw_confirmation(canvas, model, page)
    elif page.has_pad:
        draw_pad(canvas, model, _pad_words(canvas, page))
    else:
        _draw_step(canvas, model, page)


def _draw_confirmation(canvas: Canvas, model: Model, page: NewPinPage) -> None:
    """To the clerk: the name and the card's last digits, and the code that says yes; one button says no."""
    tr, pad = canvas.words.tr, model.state.pad
    title = tr("Is this {name}?", name=page.name)
    text = tr("Card ending in {digits}. If it is who you checked: your code.", digits=page.card_end)
    said = said_of(canvas, pad, is_waiting=bool(page.request_id))
    words = PadWords(title, text, said, "soon" if pad.trouble else "brand")
    draw_pad(canvas, model, words, back=tr("Somebody else"))


def _pad_words(canvas: Canvas, page: NewPinPage) -> PadWords:
    tr = canvas.words.tr
    shield = tr("Shield the keys with your hand.")
    if page.request_id:
        return PadWords(tr("Once more"), tr("Type the same PIN again."), tr("One moment…"))
    if page.step == "again":
        return PadWords(tr("Once more"), tr("Type the same PIN again."), shield)
    title, text = (
        tr("Choose your PIN"),
        tr("4 to 6 digits that only you know. Nobody at the counter sees them."),
    )
    match page.trouble:
        case "differs":
            return PadWords(title, text, tr("They were not the same. Please type it anew."), "soon")
        case "too_simple":
            said = tr("Too easy to guess: no digits that repeat or count.")
            return PadWords(title, text, said, "soon")
    return PadWords(title, text, shield)


def _draw_step(canvas: Canvas, model: Model, page: NewPinPage) -> None:
    tr = canvas.words.tr
    title, text, icon, tone = _told(canvas, page)
    draw_member_header(canvas, model, has_languages=not page.request_id)
    draw_message(
        canvas,
        model,
        title=title,
        text=text,
        picture=lambda at, radius: draw_icon_picture(canvas, at, radius, icon, tone=tone),
        chip=tr("One moment…") if page.request_id else "",
        bottom=content_rect(canvas).bottom,
    )
    is_open = not page.request_id
    back = Button(action=Action.BACK, label=tr("Back"), icon="left", is_enabled=is_open)
    finish = Button(action=Action.FINISH, label=tr("Finish"), icon="check", is_enabled=is_open)
    if page.step in ("unlock", "unsure"):
        label = tr("Unlock the PIN") if page.step == "unlock" else tr("Try again")
        go_on = Button(action=CHOICES[0], label=label, kind="primary", icon="lock", is_enabled=is_open)
        draw_bar(canvas, back, go_on)
        return
    draw_bar(canvas, back, finish)


def _told(canvas: Canvas, page: NewPinPage) -> tuple[str, str, Icon, Tone]:
    """Title, text and picture of a step without keys."""
    tr = canvas.words.tr
    match page.step:
        case "who":
            return tr("Whose card is it?"), tr("A colleague looks and confirms it first."), "person", "brand"
        case "unlock":
            return (
                tr("Your PIN is locked"),
                tr("Touch the button: it stays the same, with all tries."),
                "lock",
                "brand",
            )
        case "unsure":
            text = tr(
                "The connection is down, and whether it was done is not known. Touch the button once more."
            )
            return tr("No answer came"), text, "notice", "soon"
        case "done" if page.wish.is_unlock:
            return tr("Your PIN is unlocked"), tr("You may use it again at once."), "check", "brand"
        case "done":
            return (
                tr("Your PIN is set"),
                tr("It counts from now on. Tell it to nobody, not even to us."),
                "check",
                "brand",
            )
    return tr("Nothing was changed"), _why_not(tr, page.trouble), "notice", "stop"


def _why_not(tr: Callable[[str], str], trouble: NewPinTrouble) -> str:
    match trouble:
        case "no_pin":
            text = tr("This card has no PIN yet. One can be set at the counter.")
        case "needs_card":
            text = tr("It takes the card itself on the reader. Please ask at the counter.")
        case "not_allowed":
            text = tr("This colleague may not do it, or not again today. Please ask at the counter.")
        case "not_confirmed":
            text = tr("The code was not right. Hold your own card to the reader to begin again.")
        case "code_locked":
            text = tr("Your code is locked. Head office unlocks it.")
        case "central_unreachable":
            text = tr("The connection is down just now. Try again in a moment, or ask at the counter.")
        case "over":
            text = tr("The time is over. Please ask at the counter to begin again.")
        case _:
            text = tr("This is not possible here. Please ask at the counter.")
    return text
