"""A till is being paired: the code for it, the word that must stand on both screens, and how it ended."""

import pygame

from kiosk.flow.pairing_tills import pairing_of
from kiosk.flow.state import Action
from kiosk.locales.words import Words
from kiosk.screens.frame import draw_idle_header
from kiosk.screens.illustration import draw_icon_picture
from kiosk.screens.message import content_rect, draw_message
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Block, Canvas, Style
from kiosk.widgets.controls import Button, draw_answer, draw_bar
from kiosk.widgets.qr import draw_qr
from kiosk.widgets.textflow import Span, Spans
from wire.tills import TillPairing, TillPairingFailure


def draw(canvas: Canvas, model: Model) -> None:
    """One screen for each step."""
    pairing = pairing_of(model.state)
    assert pairing is not None, "the screen of a till that is being paired"
    draw_idle_header(canvas, model)
    match pairing.step:
        case "code":
            _draw_code(canvas, pairing)
        case "check":
            _draw_check(canvas, pairing)
        case "done" | "failed":
            _draw_end(canvas, model, pairing)


def _draw_code(canvas: Canvas, pairing: TillPairing) -> None:
    tr, trn = canvas.words.tr, canvas.words.trn
    room = content_rect(canvas)
    picture, words = _halves(canvas, room)
    draw_qr(canvas, pairing.qr, picture)
    left = trn(
        "Valid for {minutes} more minute.",
        "Valid for {minutes} more minutes.",
        pairing.minutes_left,
        minutes=canvas.words.number(pairing.minutes_left),
    )
    where = canvas.words.rich("Enter it there with this address: {address}.", address=pairing.address)
    _draw_large(canvas, words, tr("Enter this code at the till"), pairing.code, (*where, Span(f" {left}")))
    draw_answer(canvas, Button(action=Action.CANCEL_TILL, label=tr("Cancel"), icon="left"))


def _draw_check(canvas: Canvas, pairing: TillPairing) -> None:
    tr = canvas.words.tr
    room = content_rect(canvas)
    words = pygame.Rect(room.left, room.top, room.width, room.height)
    if not pairing.is_tested:
        text = tr("A test ticket of the till {till} is on its way.", till=pairing.sale_id)
    elif pairing.is_known:
        text = tr(
            "Till {till}: the test ticket went well. This takes the place of its earlier connection.",
            till=pairing.sale_id,
        )
    else:
        text = tr("Till {till}: the test ticket went well.", till=pairing.sale_id)
    _draw_large(canvas, words, tr("Does the till show this word?"), pairing.word, text)
    draw_bar(
        canvas,
        Button(
            action=Action.WORD_SAME,
            label=tr("Yes, the same"),
            kind="primary",
            icon="check",
            is_enabled=pairing.is_tested,
        ),
        Button(action=Action.WORD_DIFFERS, label=tr("No, another"), kind="stop", icon="block"),
    )


def _draw_end(canvas: Canvas, model: Model, pairing: TillPairing) -> None:
    tr = canvas.words.tr
    is_done = pairing.step == "done"
    title, text = (
        (tr("The till is connected"), tr("Till {till} may book tickets now.", till=pairing.sale_id))
        if is_done
        else failure(canvas.words, pairing.failure)
    )
    draw_message(
        canvas,
        model,
        title=title,
        text=text,
        picture=lambda at, radius: draw_icon_picture(
            canvas, at, radius, "check" if is_done else "block", tone="brand" if is_done else "stop"
        ),
        bottom=content_rect(canvas).bottom,
    )
    draw_answer(canvas, Button(action=Action.CANCEL_TILL, label=tr("OK"), kind="primary"))


def failure(words: Words, why: TillPairingFailure) -> tuple[str, str]:
    """Why no till was connected, and what to do."""
    tr = words.tr
    title = tr("The till was not connected")
    match why:
        case "guessed":
            return title, tr("Somebody in this network tries codes. Call support before you try again.")
        case "intercepted" | "differs":
            return title, tr(
                "Somebody may listen between till and terminal. Check the cables, and call support."
            )
        case "till_lost":
            return title, tr("Nobody compared the words in time. Begin again with your card.")
        case "not_kept":
            return title, tr("The terminal could not keep the key. Call support.")
        case "" | "expired":
            return title, tr("The code was not used in time. Begin again with your card.")


def _halves(canvas: Canvas, room: pygame.Rect) -> tuple[pygame.Rect, pygame.Rect]:
    """Where the QR code goes, and where the words do."""
    m = canvas.metrics
    if m.is_portrait:
        side = min(room.width * 3 // 5, room.height * 2 // 5)
        picture = pygame.Rect(room.centerx - side // 2, room.top + m.gap, side, side)
        top = picture.bottom + 2 * m.gap
        return picture, pygame.Rect(room.left, top, room.width, room.bottom - top)
    side = min(room.height, room.width * 2 // 5)
    picture = pygame.Rect(room.right - side, room.centery - side // 2, side, side)
    words = pygame.Rect(room.left, room.top, picture.left - room.left - 2 * m.gap, room.height)
    return canvas.sided(picture), canvas.sided(words)


def _draw_large(canvas: Canvas, room: pygame.Rect, title: str, shown: str, text: str | Spans) -> None:
    """A headline, what is to be compared in very large letters, and a text; in the middle of the room."""
    m, p = canvas.metrics, canvas.palette
    headline = canvas.block(
        title, Style(size=m.headline * 3 // 4, weight=700, colour=p.ink), room.width, lines=2, is_even=True
    )
    small = Style(size=m.body, colour=p.muted, strong=p.ink, line_percent=140)
    body: Block = canvas.block(text, small, room.width, lines=4, is_even=True)
    large = Style(size=m.number * 4 // 5, weight=700, colour=p.brand_text, line_percent=120, least_percent=50)
    height = m.number
    total = headline.height + height + body.height + 2 * m.gap
    top = room.top + max(0, room.height - total) // 2
    top = canvas.put(headline, room.left, top) + m.gap // 2
    canvas.text(shown, large, pygame.Rect(room.left, top, room.width, height), is_middle=True)
    canvas.put(body, room.left, top + height + m.gap // 2)
