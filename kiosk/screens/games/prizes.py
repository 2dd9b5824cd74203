"""The prizes of a game with their odds in words: all of them, and the odds of nothing too."""

from collections.abc import Sequence
from dataclasses import dataclass

import pygame

from kiosk.flow.games.odds import nothing_of
from kiosk.screens.games.pieces import FACE_ICONS, draw_mark, face_colours, odds_in_words, said
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.palette import Colour
from wire.games import GameOffer


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    face_id: str
    mark: str
    name: str
    odds: str
    is_left: bool


def pages_of(canvas: Canvas, game: GameOffer, rect: pygame.Rect) -> int:
    """How many pages the prizes of a game take."""
    return max(1, -(-(len(_rows(canvas, game))) // _per_page(canvas, rect)))


def height_of(canvas: Canvas, game: GameOffer, rect: pygame.Rect) -> int:
    """How high the card has to be: few prizes take less than the whole room."""
    rows = min(len(_rows(canvas, game)), _per_page(canvas, rect))
    return min(rect.height, 2 * _pad(canvas) + _head(canvas) + rows * _row_height(canvas) * 3 // 2)


def draw_prizes(
    canvas: Canvas, game: GameOffer, rect: pygame.Rect, number: int = 0, marked: str | None = None
) -> None:
    """A card with a row for each prize and one for nothing; the marked one stands out, on its page."""
    m, p, tr = canvas.metrics, canvas.palette, canvas.words.tr
    canvas.panel(rect)
    inner = rect.inflate(-2 * m.pad, -2 * _pad(canvas))
    title = Style(size=m.title, weight=700, colour=p.ink, line_percent=130)
    canvas.text(tr("Prizes and odds"), title, inner)
    head = inner.top + _head(canvas)
    rows, per_page = _rows(canvas, game), _per_page(canvas, rect)
    at = next((index for index, row in enumerate(rows) if row.face_id == marked), -1)
    first = number % pages_of(canvas, game, rect) * per_page
    if at >= 0:
        first = max(0, min(at // per_page * per_page, len(rows) - per_page))
    shown = rows[first : first + per_page]
    height = min((inner.bottom - head) // max(1, len(shown)), _row_height(canvas) * 3 // 2)
    colours = face_colours(canvas, game)
    for index, row in enumerate(shown):
        place = pygame.Rect(inner.left, head + index * height, inner.width, height)
        if index:
            canvas.hairline(inner.left, inner.right, place.top)
        if row.face_id == marked:
            around = place.inflate(m.pad, -2 * m.line)
            edge = max(2, 2 * m.line)
            canvas.panel(around, fill=p.tint, border=p.brand_text, radius=m.radius // 2, thickness=edge)
        _draw_row(canvas, row, place, colours[row.face_id])


def _rows(canvas: Canvas, game: GameOffer) -> Sequence[_Row]:
    tr = canvas.words.tr
    rows = [
        _Row(
            face_id=face.face_id,
            mark=str(index) if game.kind == "wheel" else FACE_ICONS[face.kind],
            name=said(canvas, face.names),
            odds=odds_in_words(canvas, face.odds, game.out_of) if face.is_left else tr("used up"),
            is_left=face.is_left,
        )
        for index, face in enumerate(game.prizes, start=1)
    ]
    nothing = nothing_of(game)
    if nothing:
        odds = odds_in_words(canvas, nothing, game.out_of)
        rows.append(_Row(face_id="", mark="", name=tr("No prize"), odds=odds, is_left=True))
    return rows


def _pad(canvas: Canvas) -> int:
    m = canvas.metrics
    return m.pad * 6 // 10 if m.is_small else m.pad * 8 // 10


def _row_height(canvas: Canvas) -> int:
    m = canvas.metrics
    return m.note * (24 if m.is_small else 27) // 10


def _per_page(canvas: Canvas, rect: pygame.Rect) -> int:
    return max(1, (rect.height - 2 * _pad(canvas) - _head(canvas)) // _row_height(canvas))


def _head(canvas: Canvas) -> int:
    m = canvas.metrics
    return m.title * 130 // 100 + (0 if m.is_small else m.gap // 3)


def _draw_row(canvas: Canvas, row: _Row, place: pygame.Rect, colours: tuple[Colour, Colour]) -> None:
    m, p = canvas.metrics, canvas.palette
    size = m.note * 18 // 10
    centre = (place.left + size // 2, place.centery)
    draw_mark(canvas, row.mark, centre, size, colours)
    ink = p.ink if row.is_left else p.muted
    odds = Style(size=m.note, weight=600, colour=p.brand_text if row.is_left else p.muted, line_percent=120)
    width = canvas.kit.fonts.width(row.odds, odds.weight, odds.size)
    canvas.text(
        row.odds, odds, pygame.Rect(place.right - width, place.top, width, place.height), is_middle=True
    )
    left = place.left + size + m.gap * 3 // 4
    name = Style(size=m.note * 11 // 10, weight=600 if row.mark else 400, colour=ink, line_percent=112)
    lines = 2 if place.height >= 2 * name.size * name.line_percent // 100 else 1
    room = pygame.Rect(left, place.top, place.right - width - m.gap - left, place.height)
    canvas.text(row.name, name, room, lines=lines, may_cut=True, is_middle=True)
