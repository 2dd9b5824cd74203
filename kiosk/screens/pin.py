"""The PIN pad: keys in the order of payment terminals, dots for what was typed; no key shows a press.

The order is fixed: hands know it, and so do people who cannot see the screen well (docs/kiosk.md).
"""

import pygame

from kiosk.flow.state import DIGITS, Action, PinPad
from kiosk.screens.frame import draw_brand
from kiosk.screens.message import content_rect
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.controls import Button, chip_size, draw_answer, draw_chip
from kiosk.widgets.icons import draw_icon
from loyalty.limits.cards import PIN_DIGITS_MAX, PIN_DIGITS_MIN

_ROWS: tuple[tuple[Action, ...], ...] = (
    (Action.DIGIT_1, Action.DIGIT_2, Action.DIGIT_3),
    (Action.DIGIT_4, Action.DIGIT_5, Action.DIGIT_6),
    (Action.DIGIT_7, Action.DIGIT_8, Action.DIGIT_9),
    (Action.ERASE, Action.DIGIT_0, Action.SEND_PIN),
)
"""As EN 1332-3 and every payment terminal have them."""


def draw(canvas: Canvas, model: Model) -> None:
    """What is asked and what was typed left, the keys right; on an upright screen one above the other."""
    m = canvas.metrics
    pad, room = model.state.pad, content_rect(canvas)
    if m.is_portrait:
        keys = pygame.Rect(room.left, room.top + room.height * 38 // 100, room.width, room.height * 62 // 100)
        words = pygame.Rect(room.left, room.top, room.width, room.height * 38 // 100 - m.gap)
    else:
        width = room.width * (47 if m.is_small else 46) // 100
        top = m.gap if m.is_small else m.margin
        keys = canvas.sided(pygame.Rect(room.right - width, top, width, room.bottom - top))
        words = canvas.sided(pygame.Rect(room.left, room.top, room.width - width - 2 * m.gap, room.height))
    draw_brand(canvas, model, right=m.width if m.is_portrait else m.width - m.margin - keys.width - m.gap)
    _draw_words(canvas, pad, words)
    _draw_keys(canvas, pad, keys)
    draw_answer(canvas, Button(action=Action.BACK, label=canvas.words.tr("Back"), icon="left"))


def _draw_words(canvas: Canvas, pad: PinPad, rect: pygame.Rect) -> None:
    m, p, tr = canvas.metrics, canvas.palette, canvas.words.tr
    headline = Style(size=m.headline, weight=700, colour=p.ink, line_percent=112)
    body = Style(size=m.body, colour=p.muted, line_percent=138)
    title = canvas.block(tr("Your PIN"), headline, rect.width, lines=2)
    text = canvas.block(tr("It shows you here what you bought."), body, rect.width, lines=3, is_even=True)
    said = _said(canvas, pad)
    chip_height = chip_size(canvas, said, max_width=rect.width)[2]
    dot = m.title
    total = title.height + text.height + dot + chip_height + 3 * m.gap
    top = rect.top + max(0, rect.height - total) // 2
    top = canvas.put(title, rect.left, top) + m.gap // 2
    top = canvas.put(text, rect.left, top) + m.gap
    _draw_dots(canvas, pad, pygame.Rect(rect.left, top, rect.width, dot))
    tone = "brand" if not pad.trouble else "stop" if pad.trouble == "locked" else "soon"
    draw_chip(canvas, said, rect.left, top + dot + m.gap, tone=tone, max_width=rect.width)  # type: ignore[arg-type]


def _said(canvas: Canvas, pad: PinPad) -> str:
    words = canvas.words
    if pad.request_id:
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


def _draw_keys(canvas: Canvas, pad: PinPad, rect: pygame.Rect) -> None:
    m = canvas.metrics
    gap = m.gap * 6 // 10
    width, height = (rect.width - 2 * gap) // 3, (rect.height - 3 * gap) // len(_ROWS)
    for row, actions in enumerate(_ROWS):
        for column, action in enumerate(actions):
            place = pygame.Rect(
                rect.left + column * (width + gap), rect.top + row * (height + gap), width, height
            )
            _draw_key(canvas, pad, action, place)


def _draw_key(canvas: Canvas, pad: PinPad, action: Action, rect: pygame.Rect) -> None:
    m, p, tr = canvas.metrics, canvas.palette, canvas.words.tr
    is_locked = bool(pad.request_id) or pad.trouble == "locked"
    enough = {Action.SEND_PIN: PIN_DIGITS_MIN, Action.ERASE: 1}.get(action, 0)
    is_full = action in DIGITS and len(pad.typed) >= PIN_DIGITS_MAX
    is_enabled = not is_locked and not is_full and len(pad.typed) >= enough
    fill, ink = p.card, p.ink
    if not is_enabled:
        fill, ink = p.ground, p.muted
    elif action is Action.SEND_PIN:
        fill, ink = p.brand, p.on_brand
    canvas.panel(rect, fill=fill, border=p.hairline, thickness=max(1, m.line * 2))
    if is_enabled:
        canvas.target(action, rect)
    if action in DIGITS:
        figure = Style(size=m.headline * 8 // 10, weight=600, colour=ink, line_percent=110)
        canvas.text(DIGITS[action], figure, rect, align="centre", is_middle=True)
    elif action is Action.SEND_PIN:
        draw_icon(canvas.surface, "check", rect.center, m.icon * 14 // 10, ink, sprites=canvas.kit.sprites)
    else:
        label = Style(size=m.title, weight=600, colour=ink, line_percent=112)
        inner = rect.inflate(-m.gap // 2, 0)
        canvas.text(tr("Erase"), label, inner, align="centre", is_middle=True)
