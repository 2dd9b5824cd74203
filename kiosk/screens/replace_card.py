"""Replacing a card: what happens, the proof, the new card on the reader, and that it counts."""

from dataclasses import replace

from kiosk.flow.journeys.base import page_of
from kiosk.flow.journeys.replacing import ReplacePage, asks_pin
from kiosk.flow.state import CHOICES, Action
from kiosk.screens.digits_page import Asked, birth_asked, draw_digits, shown_digits
from kiosk.screens.frame import draw_member_header, draw_visitor_header
from kiosk.screens.illustration import draw_card_picture, draw_icon_picture
from kiosk.screens.message import content_rect, draw_message
from kiosk.screens.model import Model
from kiosk.screens.over import draw_over, with_own_card
from kiosk.widgets.canvas import Canvas
from kiosk.widgets.controls import Button, Tone, draw_answer, draw_bar


def draw(canvas: Canvas, model: Model) -> None:
    """What happens, and how it is proved."""
    tr = canvas.words.tr
    page = page_of(model.state, ReplacePage)
    is_open = not page.is_shut
    draw_member_header(canvas, model, has_languages=not page.request_id)
    chip, tone = _said(canvas, page)
    draw_message(
        canvas,
        model,
        title=tr("Replace this card"),
        text=tr(
            "First fetch a new card at the counter. Your points, purchases and consents go to it, and this"
            " card is blocked."
        ),
        picture=lambda at, radius: draw_icon_picture(canvas, at, radius, "swap"),
        chip=chip,
        chip_tone=tone,
        bottom=content_rect(canvas).bottom,
    )
    back = Button(action=Action.BACK, label=tr("Back"), icon="left", is_enabled=not page.request_id)
    if page.is_over:
        draw_bar(canvas, replace(back, kind="primary"), _finish(canvas))
        return
    if asks_pin(model.state):
        draw_bar(
            canvas,
            back,
            Button(action=CHOICES[1], label=tr("With a code"), icon="letter", is_enabled=is_open),
            Button(
                action=CHOICES[0], label=tr("With my PIN"), kind="primary", icon="lock", is_enabled=is_open
            ),
        )
        return
    label = tr("Try again") if page.trouble else tr("I have a new card")
    draw_bar(
        canvas,
        back,
        Button(action=CHOICES[0], label=label, kind="primary", icon="card", is_enabled=is_open),
    )


def draw_new(canvas: Canvas, model: Model) -> None:
    """The step that they are at, once no card's visit is under way."""
    page = page_of(model.state, ReplacePage)
    if page.trouble == "over":
        _draw_over(canvas, model, page)
    elif page.step in ("number", "birth_date", "code"):
        _draw_digits(canvas, model, page)
    elif page.step == "done":
        _draw_done(canvas, model, page)
    else:
        _draw_hold(canvas, model, page)


def _draw_over(canvas: Canvas, model: Model, page: ReplacePage) -> None:
    """With the old card its visit is opened again; without it the number is typed again."""
    tr, finish = canvas.words.tr, _finish(canvas)
    draw_visitor_header(canvas, model)
    if page.is_with_card:
        draw_over(canvas, model, text=with_own_card(canvas.words))
        draw_answer(canvas, finish)
        return
    draw_over(canvas, model, text=tr("You can begin again with your number."))
    again = Button(action=Action.TRY_AGAIN, label=tr("Try again"), kind="primary", icon="card")
    draw_bar(canvas, finish, again)


def _draw_digits(canvas: Canvas, model: Model, page: ReplacePage) -> None:
    tr = canvas.words.tr
    title, text = _asked(canvas, model, page)
    said = _said(canvas, page)
    draw_digits(canvas, model, page, Asked(title, text, shown_digits(model, page.typed, page.step)), said)
    way_out = Button(action=Action.BACK, label=tr("Back"), icon="left", is_enabled=not page.request_id)
    if page.step != "code":
        draw_answer(canvas, way_out)
        return
    way_out = replace(way_out, action=Action.FINISH, label=tr("Finish"), icon="check")
    if page.is_with_card and not page.is_over:
        by_staff = Button(
            action=CHOICES[0], label=tr("No code came"), icon="question", is_enabled=not page.request_id
        )
        draw_bar(canvas, way_out, by_staff)
        return
    draw_answer(canvas, way_out)


def _asked(canvas: Canvas, model: Model, page: ReplacePage) -> tuple[str, str]:
    tr = canvas.words.tr
    match page.step:
        case "number":
            return tr("A new card for me"), tr("Your member number, or the number of your card.")
        case "birth_date":
            return birth_asked(canvas, model)
    if page.channel == "sms":
        return tr("Your code"), tr("It was sent to you by SMS. It proves that the card is yours.")
    if page.channel == "email":
        return tr("Your code"), tr("It was sent to you by e-mail. It proves that the card is yours.")
    return tr("Your code"), tr("If all is right, it was sent to the member. No code? The counter helps you.")


def _draw_hold(canvas: Canvas, model: Model, page: ReplacePage) -> None:
    """A card has to be held there: the new one, or a clerk's."""
    tr = canvas.words.tr
    draw_visitor_header(canvas, model)
    chip, tone = _said(canvas, page)
    is_staff = page.step == "staff"
    title = tr("A colleague confirms it") if is_staff else tr("Now your new card")
    text = (
        tr("Please ask at the counter: they look at your papers and hold their own card to the reader.")
        if is_staff
        else tr("Take the old card off, and put the new one on the reader.")
    )
    pulse = model.pulse_per_mille

    def picture(at: tuple[int, int], radius: int) -> None:
        if is_staff:
            draw_icon_picture(canvas, at, radius, "person")
        else:
            draw_card_picture(canvas, at, radius, breath_per_mille=pulse)

    draw_message(
        canvas,
        model,
        title=title,
        text=text,
        picture=picture,
        chip=chip,
        chip_tone=tone,
        bottom=content_rect(canvas).bottom,
    )
    draw_answer(canvas, replace(_finish(canvas), is_enabled=not page.request_id))


def _draw_done(canvas: Canvas, model: Model, page: ReplacePage) -> None:
    tr = canvas.words.tr
    draw_visitor_header(canvas, model)
    draw_message(
        canvas,
        model,
        title=tr("Your new card is ready"),
        text=tr("All that is yours is on it. The old card is blocked, you may throw it away."),
        picture=lambda at, radius: draw_icon_picture(canvas, at, radius, "check"),
        chip=tr("Your PIN stays the same.") if page.keeps_pin else "",
        bottom=content_rect(canvas).bottom,
    )
    draw_answer(canvas, replace(_finish(canvas), kind="primary"))


def _finish(canvas: Canvas) -> Button:
    return Button(action=Action.FINISH, label=canvas.words.tr("Finish"), icon="check")


def _said(canvas: Canvas, page: ReplacePage) -> tuple[str, Tone]:
    """What goes on, or what went wrong and what to do."""
    tr = canvas.words.tr
    if page.request_id:
        return tr("One moment…"), "brand"
    if page.trouble == "too_many":
        return _too_many(canvas, page), "stop"
    if page.is_over:
        over = page.trouble == "over"
        here = tr("This is not possible here. Please ask at the counter.")
        return tr("The time is over. Please begin again.") if over else here, "stop"
    match page.trouble:
        case "wrong":
            return tr("This code is not right, or its time is over."), "soon"
        case "no_date":
            return tr("There is no such day: please type it again."), "soon"
        case "not_blank":
            return tr("This is not a new card. Take one that was never used."), "soon"
        case "not_staff":
            return tr("This is no card of a colleague here."), "soon"
        case "not_read":
            return tr("Please hold the card there once more."), "soon"
        case "central_unreachable":
            return tr("The connection is down: nothing was changed. Please ask at the counter."), "soon"
    if page.step in ("number", "birth_date"):
        return tr("Nobody learns here who is a member."), "brand"
    return "", "brand"


def _too_many(canvas: Canvas, page: ReplacePage) -> str:
    words = canvas.words
    if not page.wait_minutes:
        return words.tr("Tried too often. Please ask at the counter.")
    return words.trn(
        "Tried too often. Ask at the counter, or come back in {minutes} minute.",
        "Tried too often. Ask at the counter, or come back in {minutes} minutes.",
        page.wait_minutes,
        minutes=words.number(page.wait_minutes),
    )
