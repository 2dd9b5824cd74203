"""My pharmacist: who it is and how they are reached now; or whom to choose."""

from kiosk.flow.journeys.base import page_of
from kiosk.flow.journeys.my_pharmacist import PharmacistPage
from kiosk.flow.state import CHOICES, Action
from kiosk.locales.words import Words
from kiosk.screens.entries import Entry, draw_entries
from kiosk.screens.frame import draw_member_header
from kiosk.screens.illustration import draw_icon_picture
from kiosk.screens.message import content_rect, draw_message
from kiosk.screens.model import Model
from kiosk.screens.my_value import draw_sorry, trouble_words
from kiosk.screens.quiet import draw_quiet
from kiosk.screens.shop_words import standing_words
from kiosk.widgets.canvas import Canvas
from kiosk.widgets.controls import Button, draw_bar
from wire.pharmacist import Pharmacist


def draw(canvas: Canvas, model: Model) -> None:
    """The person, the choice, or why there is neither."""
    page, tr = page_of(model.state, PharmacistPage), canvas.words.tr
    draw_member_header(canvas, model)
    room = content_rect(canvas)
    told = page.told
    if told is None:
        draw_quiet(canvas, room, "hourglass", tr("One moment, we are looking it up…"))
    elif told.trouble:
        draw_sorry(canvas, model, room, *trouble_words(canvas, told.trouble))
    elif page.is_choosing:
        _draw_choice(canvas, page)
    elif told.mine is not None:
        _draw_mine(canvas, model, told.mine)
    else:
        draw_quiet(
            canvas, room, "person", tr("Nobody of this pharmacy is shown here yet. Ask at the counter.")
        )
    _draw_bar(canvas, page)


def title_of(words: Words, one: Pharmacist) -> str:
    """What they are."""
    return words.tr("Pharmacist") if one.title == "pharmacist" else words.tr("Pharmacy assistant")


def _draw_mine(canvas: Canvas, model: Model, mine: Pharmacist) -> None:
    words = canvas.words
    said, _ = standing_words(words, model, mine.shop)
    where = f"{title_of(words, mine)} · {mine.shop.name}"
    phone = words.tr("Telephone {phone}", phone=mine.shop.phone) if mine.shop.phone else ""
    draw_message(
        canvas,
        model,
        title=mine.name,
        text=f"{where}\n{phone}" if phone else where,
        picture=lambda at, radius: draw_icon_picture(canvas, at, radius, "person"),
        chip=said,
        bottom=content_rect(canvas).bottom,
    )


def _draw_choice(canvas: Canvas, page: PharmacistPage) -> None:
    words, tr = canvas.words, canvas.words.tr
    others = page.told.others if page.told else ()
    entries = [
        Entry(
            icon="person",
            upper=one.name,
            lower=f"{title_of(words, one)} · {one.shop.name}",
            action=None if page.request_id else CHOICES[at],
            may_cut=True,
        )
        for at, one in enumerate(others)
    ]
    if page.request_id:
        title = tr("One moment…")
    elif page.has_failed:
        title = tr("That could not be saved. Please choose again.")
    else:
        title = tr("Who shall be your pharmacist?")
    text = tr("Only who agreed is shown; you may change at any time.")
    draw_entries(
        canvas, content_rect(canvas), title, entries, tone="soon" if page.has_failed else None, text=text
    )


def _draw_bar(canvas: Canvas, page: PharmacistPage) -> None:
    tr, told = canvas.words.tr, page.told
    is_shown = told is not None and told.mine is not None and not page.is_choosing
    back = Button(action=Action.BACK, label=tr("Back"), icon="left")
    finish = Button(action=Action.FINISH, label=tr("Finish"), icon="check")
    if not is_shown:
        draw_bar(canvas, back, finish)
        return
    write = Button(action=Action.SHOP_MESSAGE, label=tr("Write"), icon="letter", kind="primary")
    if told is not None and told.others:
        change = Button(action=Action.CHANGE, label=tr("Change"), icon="swap")
        draw_bar(canvas, back, change, write, finish)
    else:
        draw_bar(canvas, back, write, finish)
