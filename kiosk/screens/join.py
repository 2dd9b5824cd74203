"""Joining by an e-mail address: the keyboard, what is kept and why, and that a mail is on its way."""

from collections.abc import Callable

from kiosk.flow.journeys.base import page_of
from kiosk.flow.journeys.join import JoinPage, is_ready
from kiosk.flow.state import Action
from kiosk.locales.words import Words
from kiosk.screens.entries import Entry, draw_entries
from kiosk.screens.frame import draw_idle_header
from kiosk.screens.illustration import draw_icon_picture
from kiosk.screens.keyboard import draw_typing
from kiosk.screens.message import content_rect, draw_message
from kiosk.screens.model import Model
from kiosk.screens.my_value import draw_sorry
from kiosk.screens.quiet import draw_quiet
from kiosk.widgets.canvas import Canvas
from kiosk.widgets.controls import Button, Tone, draw_answer, draw_bar


def draw(canvas: Canvas, model: Model) -> None:
    """The step that they are at."""
    page = page_of(model.state, JoinPage)
    draw_idle_header(canvas, model)
    match page.step:
        case "agree":
            _draw_agreement(canvas, page)
        case "done":
            _draw_end(canvas, model, page)
        case _:
            _draw_asking(canvas, model, page)


def draw_type(canvas: Canvas, model: Model) -> None:
    """The address, by the keyboard."""
    page, tr = page_of(model.state, JoinPage), canvas.words.tr
    tone: Tone | None = None
    hint = tr("We write to you there once; you add the rest at home.")
    if page.trouble:
        hint, tone = trouble_words(canvas.words, page), "soon"
    label = tr("Continue")
    done = Button(action=Action.SEND, label=label, kind="primary", icon="more", is_enabled=is_ready(page))
    draw_typing(canvas, model, title=tr("Your e-mail address"), hint=hint, tone=tone, done=done)


def _draw_asking(canvas: Canvas, model: Model, page: JoinPage) -> None:
    tr = canvas.words.tr
    is_waiting = bool(page.request_id)
    if is_waiting:
        draw_quiet(canvas, content_rect(canvas), "hourglass", tr("One moment…"))
    else:
        draw_sorry(canvas, model, content_rect(canvas), "no_link", trouble_words(canvas.words, page))
    draw_answer(
        canvas,
        Button(action=Action.BACK, label=tr("Back"), icon="left", is_enabled=not is_waiting),
    )


def _draw_agreement(canvas: Canvas, page: JoinPage) -> None:
    tr = canvas.words.tr
    is_open = not page.request_id
    entries = [
        Entry(icon="letter", upper=tr("Your e-mail address"), lower=page.typing.said),
        Entry(icon="receipt", upper=tr("Your purchases"), lower=tr("to count your points")),
        Entry(icon="person", upper=tr("Your name"), lower=tr("you add it at home")),
    ]
    if page.card_session:
        entries.append(Entry(icon="card", upper=tr("This card"), lower=tr("collects points from now")))
    title, tone = _title(canvas.words, page)
    text = agreement_text(tr).format(days=canvas.words.number(page.days))
    draw_entries(canvas, content_rect(canvas), title, entries, tone=tone, text=text)
    draw_bar(
        canvas,
        Button(action=Action.BACK, label=tr("Back"), icon="left", is_enabled=is_open),
        Button(
            action=Action.AGREE,
            label=tr("Try again") if page.trouble == "central_unreachable" else tr("I agree"),
            kind="primary",
            icon="check",
            is_enabled=is_open and page.trouble != "too_many",
        ),
    )


def agreement_text(tr: Callable[[str], str]) -> str:
    """What is agreed to. Whoever changes these words raises `JOIN_TEXT`: a test knows them."""
    return tr(
        "Only the link in our mail activates anything. Without it the address is forgotten after {days} days."
        " You may have everything erased at any time."
    )


def _title(words: Words, page: JoinPage) -> tuple[str, Tone | None]:
    if page.request_id:
        return words.tr("One moment…"), "brand"
    if page.trouble:
        return trouble_words(words, page), "soon"
    return words.tr("This is what we keep, and why"), None


def _draw_end(canvas: Canvas, model: Model, page: JoinPage) -> None:
    tr = canvas.words.tr
    draw_message(
        canvas,
        model,
        title=tr("We have written to you"),
        text=tr(
            "Read our mail at home: it says how it goes on. Nothing there? Look among the unwanted mail, or"
            " ask at the counter."
        ),
        picture=lambda at, radius: draw_icon_picture(canvas, at, radius, "letter"),
        chip=tr("Your card collects points from now.") if page.has_card else "",
        bottom=content_rect(canvas).bottom,
    )
    draw_answer(canvas, Button(action=Action.FINISH, label=tr("Finish"), kind="primary", icon="check"))


def trouble_words(words: Words, page: JoinPage) -> str:
    """What is wrong, and what to do."""
    tr = words.tr
    match page.trouble:
        case "too_many":
            return words.trn(
                "Tried too often. Ask at the counter, or come back in {minutes} minute.",
                "Tried too often. Ask at the counter, or come back in {minutes} minutes.",
                page.wait_minutes,
                minutes=words.number(page.wait_minutes),
            )
        case "not_an_address":
            return tr("That is not a whole address. Please look at it again.")
        case "card_gone":
            return tr("The card is gone: you can join without it.")
        case "central_unreachable" if page.step == "agree":
            return tr("The connection is down: nobody knows whether it arrived. Please try again.")
        case "central_unreachable":
            return tr("The connection is down: nobody can join right now. Ask at the counter.")
    return tr("Nobody can join here at the moment. Ask at the counter.")
