"""The PIN pad: keys in the order of payment terminals, dots for what was typed; no key shows a press.

The order is fixed: hands know it, and so do people who cannot see the screen well (docs/kiosk.md).
"""

from typing import NamedTuple

import pygame

from kiosk.flow.journeys.base import is_answer_awaited
from kiosk.flow.journeys.carers import CarersPage
from kiosk.flow.journeys.moving import MovePage
from kiosk.flow.journeys.my_details import DetailsPage
from kiosk.flow.journeys.replacing import ReplacePage
from kiosk.flow.state import DIGITS, Action, PinPad, Screen
from kiosk.screens.digit_pad import draw_keys, pad_places
from kiosk.screens.frame import draw_brand
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.controls import Button, Tone, chip_size, draw_answer, draw_chip
from loyalty.limits.cards import PIN_DIGITS_MAX, PIN_DIGITS_MIN


class PadWords(NamedTuple):
    """What stands beside the keys of a PIN; `said`: in the chip, as what it is."""

    title: str
    text: str
    said: str
    tone: Tone = "brand"


def draw(canvas: Canvas, model: Model) -> None:
    """The PIN of the member, or the code of a clerk."""
    tr, pad = canvas.words.tr, model.state.pad
    said = said_of(canvas, pad, is_waiting=is_answer_awaited(model.state))
    if model.state.screen is not Screen.PIN and pad.trouble == "locked":
        said = tr("Your code is locked. Head office unlocks it.")
    tone: Tone = "brand" if not pad.trouble else "stop" if pad.trouble == "locked" else "soon"
    draw_pad(canvas, model, PadWords(tr("Your PIN"), _opens(canvas, model), said, tone))


def draw_pad(canvas: Canvas, model: Model, words: PadWords, *, back: str = "") -> None:
    """What is asked and what was typed left, the keys right; on an upright screen one above the other.

    `back`: what the way back is called, where it is an answer.
    """
    m, pad = canvas.metrics, model.state.pad
    room, keys = pad_places(canvas)
    draw_brand(canvas, model, right=m.width if m.is_portrait else m.width - m.margin - keys.width - m.gap)
    is_waiting = is_answer_awaited(model.state)
    _draw_words(canvas, pad, room, words)
    draw_keys(
        canvas,
        keys,
        confirm=Action.SEND_PIN,
        is_enabled=lambda action: _is_enabled(pad, action, is_waiting=is_waiting),
        is_secret=True,
    )
    label = back or canvas.words.tr("Back")
    draw_answer(canvas, Button(action=Action.BACK, label=label, icon="block" if back else "left"))


def _opens(canvas: Canvas, model: Model) -> str:
    """What a right PIN leads to."""
    tr, page = canvas.words.tr, model.state.journey
    if model.state.screen is Screen.STAFF_PIN:
        return tr("The code you serve with: then the code for the till is shown.")
    if isinstance(page, DetailsPage):
        return tr("It opens your details.")
    if isinstance(page, CarersPage):
        return tr("It shows you who acts for you.")
    if isinstance(page, ReplacePage):
        return tr("It proves that this card is yours.")
    if isinstance(page, MovePage):
        return tr("It confirms what you chose.")
    return tr("It shows you here what you bought.")


def _draw_words(canvas: Canvas, pad: PinPad, rect: pygame.Rect, words: PadWords) -> None:
    m, p = canvas.metrics, canvas.palette
    headline = Style(size=m.headline, weight=700, colour=p.ink, line_percent=112)
    body = Style(size=m.body, colour=p.muted, line_percent=138)
    title = canvas.block(words.title, headline, rect.width, lines=2)
    text = canvas.block(words.text, body, rect.width, lines=3, is_even=True)
    dot = m.title
    chip_height = chip_size(canvas, words.said, max_width=rect.width)[2]
    total = title.height + text.height + dot + chip_height + 3 * m.gap
    top = rect.top + max(0, rect.height - total) // 2
    top = canvas.put(title, rect.left, top) + m.gap // 2
    top = canvas.put(text, rect.left, top) + m.gap
    _draw_dots(canvas, pad, pygame.Rect(rect.left, top, rect.width, dot))
    draw_chip(canvas, words.said, rect.left, top + dot + m.gap, tone=words.tone, max_width=rect.width)


def said_of(canvas: Canvas, pad: PinPad, *, is_waiting: bool) -> str:
    """How what was typed was judged; else that keys are to be shielded."""
    words = canvas.words
    if is_waiting:
        return words.tr("One moment, we are looking it up…")
    match pad.trouble:
        case "wrong":
            left = words.number(pad.tries_left)
            return words.trn(
                "Not right. {tries} try left.", "Not right. {tries} tries left.", pad.tries_left, tries=left
            )
        case "locked":
            return words.tr("The PIN is locked. The counter unlocks it.")
        case "central_unreachable":
            return words.tr("The connection is down just now. Try again in a moment, or ask at the counter.")
        case "not_here":
            return words.tr("This is not possible here. Please ask at the counter.")
    return words.tr("Shield the keys with your hand.")


def _draw_dots(canvas: Canvas, pad: PinPad, rect: pygame.Rect) -> None:
    """A dot for each digit; rings for the fewest that a PIN has."""
    p, m = canvas.palette, canvas.metrics
    count = len(pad.typed)
    for index in range(max(PIN_DIGITS_MIN, count)):
        size = rect.height
        place = pygame.Rect(rect.left + index * size * 17 // 10, rect.top, size, size)
        is_typed = index < count
        canvas.panel(
            place,
            fill=p.brand if is_typed else p.card,
            border=p.brand if is_typed else p.hairline,
            radius=size // 2,
            thickness=2 * m.line,
        )


def _is_enabled(pad: PinPad, action: Action, *, is_waiting: bool) -> bool:
    if is_waiting or pad.trouble == "locked":
        return False
    enough = {Action.SEND_PIN: PIN_DIGITS_MIN, Action.ERASE: 1}.get(action, 0)
    is_full = action in DIGITS and len(pad.typed) >= PIN_DIGITS_MAX
    return not is_full and len(pad.typed) >= enough
