"""That nobody chose the number: what central committed to before, what it showed after, and how to check."""

from typing import Final

import msgspec
import pygame

from kiosk.flow.games.page import GamesPage
from kiosk.flow.state import Action
from kiosk.screens.games.pieces import draw_header, page_of, said, shift_of
from kiosk.screens.message import content_rect
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.controls import Button, draw_bar
from kiosk.widgets.qr import draw_qr
from wire.games import Draw

_GROUP: Final = 8
"""Hex digits are read in groups of so many."""


def draw(canvas: Canvas, model: Model) -> None:
    """Before the play: the seal. After it: the seal opened, with all that is needed to draw again."""
    page, tr, m = page_of(model), canvas.words.tr, canvas.metrics
    draw_header(canvas, model, tr("Is it fair?"), said(canvas, page.game.names))
    room = content_rect(canvas).move(0, shift_of(canvas, model))
    side = min(room.height, room.width * (40 if not m.is_portrait else 60) // 100)
    if m.is_portrait:
        code = pygame.Rect(room.centerx - side // 2, room.bottom - side, side, side)
        text = pygame.Rect(room.left, room.top, room.width, room.height - side - m.gap)
    else:
        code = pygame.Rect(room.right - side, room.top + (room.height - side) // 2, side, side)
        text = pygame.Rect(room.left, room.top, room.width - side - m.gap, room.height)
    told = page.told.draw if page.told is not None else None
    draw_qr(canvas, proof_text(page), code)
    canvas.panel(text)
    inner = text.inflate(-2 * m.pad, -2 * (m.pad * 6 // 10 if m.is_small else m.pad))
    if told is None:
        _draw_before(canvas, page, inner)
    else:
        _draw_after(canvas, told, inner)
    draw_bar(
        canvas,
        Button(action=Action.BACK, label=tr("Back"), icon="left"),
        Button(action=Action.FINISH, label=tr("Finish"), icon="check"),
    )


def proof_text(page: GamesPage) -> str:
    """What the QR code says: all of the draw, as JSON (docs/games.md); before the play, its seal."""
    if page.told is not None and page.told.draw is not None:
        return msgspec.json.encode(page.told.draw).decode()
    return msgspec.json.encode({"game_id": page.game.game_id, "commitment": page.game.commitment}).decode()


def _draw_before(canvas: Canvas, page: GamesPage, inner: pygame.Rect) -> None:
    tr = canvas.words.tr
    body = tr(
        "The number is drawn from two secrets: one of the head office, one of this screen. The head office"
        " has fixed its own already; this seal proves it. Photograph it, play, and compare."
    )
    _draw_text(canvas, inner, _plainly(canvas), body, ((tr("The seal"), _grouped(page.game.commitment)),))


def _plainly(canvas: Canvas) -> str:
    """What all this is for, to whoever wants no more than that."""
    return canvas.words.tr("Nobody can choose who wins: not us, not this screen. Whoever likes can check it.")


def _draw_after(canvas: Canvas, told: Draw, inner: pygame.Rect) -> None:
    tr, number = canvas.words.tr, canvas.words.number
    body = tr(
        "Of the numbers from 0 to {last}, {number} was drawn. With the code you can draw it again,"
        " at home.",
              number=number(told.number), last=number(told.out_of - 1))  # fmt: skip
    _draw_text(
        canvas,
        inner,
        _plainly(canvas),
        body,
        (
            (tr("The seal"), _grouped(told.commitment)),
            (tr("The secret under it"), _grouped(told.server_seed)),
            (tr("This screen’s secret"), _grouped(told.client_seed)),
        ),
    )


def _draw_text(
    canvas: Canvas, inner: pygame.Rect, plainly: str, body: str, values: tuple[tuple[str, str], ...]
) -> None:
    """First what it is for; below a line the details, for whoever wants to check."""
    m, p = canvas.metrics, canvas.palette
    first = Style(
        size=m.title * (100 if canvas.is_grown else 112) // 100, weight=700, colour=p.ink, line_percent=124
    )
    # In large type what is for experts grows least, where the page is low.
    small = m.note if m.is_portrait else m.note * min(100, 11_500 // m.growth) // 100
    told = Style(size=small, colour=p.ink, line_percent=122, least_percent=75)
    name = Style(size=m.note * 9 // 10, weight=600, colour=p.brand_text, line_percent=122)
    value = Style(size=m.note * 8 // 10, colour=p.muted, line_percent=120, least_percent=60)
    head = canvas.block(plainly, first, inner.width, lines=4)
    pairs = [
        (canvas.block(label, name, inner.width), canvas.block(text, value, inner.width, lines=2))
        for label, text in values
    ]
    parts = 2 + len(values)
    taken = head.height + sum(label.height + text.height for label, text in pairs)
    details = canvas.block(body, told, inner.width, lines=9)
    gap = max(2, min(m.gap * 3 // 2, (inner.height - taken - details.height) // parts))
    top = canvas.put(head, inner.left, inner.top) + gap // 2
    canvas.hairline(inner.left, inner.right, top)
    top = canvas.put(details, inner.left, top + gap // 2) + gap
    for label_block, text_block in pairs:
        top = canvas.put(text_block, inner.left, canvas.put(label_block, inner.left, top)) + gap


def _grouped(digits: str) -> str:
    """In groups, so that two can be compared."""
    return " ".join(digits[at : at + _GROUP] for at in range(0, len(digits), _GROUP))
