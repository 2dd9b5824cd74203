"""Nobody uses this terminal yet: the code for head office, what to compare it with, and both as a QR code."""

import pygame

from kiosk.screens.frame import draw_idle_header
from kiosk.screens.illustration import draw_icon_picture
from kiosk.screens.message import content_rect
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.qr import draw_qr
from wire.messages import Pairing


def draw(canvas: Canvas, model: Model) -> None:
    """The code left and large, the facts below it, the QR code right."""
    m = canvas.metrics
    pairing = model.agent.pairing if model.agent else None
    assert pairing is not None, "the screen of a terminal that waits for its token"
    draw_idle_header(canvas, model)
    room = content_rect(canvas)
    if m.is_portrait:
        side = min(room.width * 3 // 5, room.height * 2 // 5)
        picture = pygame.Rect(room.centerx - side // 2, room.top + m.gap, side, side)
        words = pygame.Rect(room.left, picture.bottom + 2 * m.gap, room.width, 0)
        words.height = room.bottom - words.top
    else:
        side = min(room.height, room.width * 2 // 5)
        picture = pygame.Rect(room.right - side, room.centery - side // 2, side, side)
        words = pygame.Rect(room.left, room.top, picture.left - room.left - 2 * m.gap, room.height)
        picture, words = canvas.sided(picture), canvas.sided(words)
    if pairing.code:
        draw_qr(canvas, pairing.qr, picture)
    else:
        radius = side * 2 // 5
        draw_icon_picture(canvas, picture.center, radius, "no_link", tone="soon")
    _draw_words(canvas, pairing, words)


def _draw_words(canvas: Canvas, pairing: Pairing, room: pygame.Rect) -> None:
    m, p, tr = canvas.metrics, canvas.palette, canvas.words.tr
    title = canvas.block(
        tr("Connect this screen"), Style(size=m.headline, weight=700, colour=p.ink), room.width, lines=2
    )
    said = (
        tr("Give this code to head office. The screen goes on by itself.")
        if pairing.code
        else tr("No code yet: the central service does not answer. Please check the network cable.")
    )
    body = Style(size=m.body, colour=p.muted, line_percent=140)
    text = canvas.block(said, body, room.width, lines=4, is_even=True)
    code_height = m.number if pairing.code else 0
    row_height = m.note * 15 // 10
    facts = _facts(canvas, pairing)
    gap = m.gap
    height = (
        title.height + text.height + code_height + row_height * len(facts) + gap * (3 if code_height else 2)
    )
    top = room.top + max(0, room.height - height) // 2
    top = canvas.put(title, room.left, top) + gap // 2
    top = canvas.put(text, room.left, top) + gap
    if pairing.code:
        code = Style(
            size=m.number * 3 // 4, weight=700, colour=p.brand_text, line_percent=120, least_percent=50
        )
        canvas.text(pairing.code, code, pygame.Rect(room.left, top, room.width, code_height), is_middle=True)
        top += code_height + gap
    _draw_facts(canvas, facts, pygame.Rect(room.left, top, room.width, row_height))


def _facts(canvas: Canvas, pairing: Pairing) -> list[tuple[str, str]]:
    tr = canvas.words.tr
    address = ", ".join(pairing.addresses[:1]) or tr("none")
    return [
        (tr("Serial number"), pairing.serial),
        (tr("Address"), address),
        (tr("Name at the till"), pairing.poi_id),
        (tr("Software"), pairing.version),
    ]


def _draw_facts(canvas: Canvas, facts: list[tuple[str, str]], row: pygame.Rect) -> None:
    """Names in one column, values in the next."""
    m, p = canvas.metrics, canvas.palette
    name = Style(size=m.note, colour=p.muted)
    value = Style(size=m.note, weight=600, colour=p.ink)
    column = max(canvas.kit.fonts.width(each, name.weight, m.note) for each, _ in facts) + m.gap
    for label, text in facts:
        canvas.text(label, name, row, is_middle=True)
        place = pygame.Rect(row.left + column, row.top, row.width - column, row.height)
        canvas.text(text, value, place, is_middle=True, may_cut=True)
        row = row.move(0, row.height)
