"""A page on whose pad digits are typed: what is asked, what was typed, what was said of it; the keys."""

from typing import NamedTuple

from kiosk.flow.digits_page import DigitsPage, is_year_first
from kiosk.flow.state import Action
from kiosk.screens.digit_pad import draw_keys, pad_places
from kiosk.screens.frame import draw_visitor_header
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.controls import Tone, chip_size, draw_chip

_CODE_DIGITS = 6
_MISSING = "\N{WHITE CIRCLE}"
"""A ring, as on the PIN pad: what is filled is typed."""


class Asked(NamedTuple):
    """What stands beside the keys; `shown`: what was typed, as it is read."""

    title: str
    text: str
    shown: str


def draw_digits(canvas: Canvas, model: Model, page: DigitsPage, asked: Asked, said: tuple[str, Tone]) -> None:
    """Words left, keys right; on an upright screen one above the other."""
    m, p = canvas.metrics, canvas.palette
    rect, keys = pad_places(canvas)
    beside = 0 if m.is_portrait else keys.width + m.gap
    draw_visitor_header(canvas, model, right=m.width - m.margin - beside)
    headline = Style(size=m.headline, weight=700, colour=p.ink, line_percent=112)
    body = Style(size=m.body, colour=p.muted, line_percent=128)
    figures = Style(size=m.headline * 8 // 10, weight=600, colour=p.ink, line_percent=112)
    title = canvas.block(asked.title, headline, rect.width, lines=2)
    text = canvas.block(asked.text, body, rect.width, lines=6, is_even=True)
    shown = canvas.block(asked.shown, figures, rect.width, lines=2)
    chip, tone = said
    chip_height = chip_size(canvas, chip, max_width=rect.width)[2] if chip else 0
    total = title.height + text.height + shown.height + chip_height + 5 * m.gap // 2
    top = rect.top + max(0, rect.height - total) // 2
    top = canvas.put(title, rect.left, top) + m.gap // 2
    top = canvas.put(text, rect.left, top) + m.gap
    top = canvas.put(shown, rect.left, top) + m.gap
    if chip:
        draw_chip(canvas, chip, rect.left, top, tone=tone, max_width=rect.width)
    draw_keys(canvas, keys, confirm=Action.SEND_PIN, is_enabled=page.takes)


def birth_asked(canvas: Canvas, model: Model) -> tuple[str, str]:
    """Title and text where a date of birth is typed."""
    words = canvas.words
    example = "1961 04 12" if is_year_first(model.state) else "12 04 1961"
    return words.tr("Date of birth"), words.tr("Day, month and year: {example}", example=example)


def shown_digits(model: Model, typed: str, step: str) -> str:
    """The digits of a number, a birth_date or a code, a ring for each that is still missing; in groups."""
    match step:
        case "number":
            return " ".join(typed[at : at + 4] for at in range(0, len(typed), 4)) or "–"
        case "birth_date":
            shown = typed.ljust(8, _MISSING)
            cuts = (4, 6) if is_year_first(model.state) else (2, 4)
            return f"{shown[: cuts[0]]} {shown[cuts[0] : cuts[1]]} {shown[cuts[1] :]}"
    shown = typed.ljust(_CODE_DIGITS, _MISSING)
    return f"{shown[:3]} {shown[3:]}"
