"""How loud and how bright this screen is: a row for each, less left, more right, ten marks between."""

import pygame

from kiosk.flow.journeys.base import page_of
from kiosk.flow.journeys.comfort import ComfortPage, changed, comfort_of
from kiosk.flow.state import Action
from kiosk.screens.frame import draw_idle_header
from kiosk.screens.message import content_rect
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.controls import Button, draw_bar, draw_square

_MARKS = 10


def draw(canvas: Canvas, model: Model) -> None:
    """Two rows, and what became of the last touch."""
    m, p, tr = canvas.metrics, canvas.palette, canvas.words.tr
    page, comfort = page_of(model.state, ComfortPage), comfort_of(model.state)
    draw_idle_header(canvas, model)
    room = content_rect(canvas)
    rows = (
        (tr("Sound and voice"), comfort.volume, Action.QUIETER, Action.LOUDER, tr("quieter"), tr("louder")),
        (tr("Light"), comfort.brightness, Action.DARKER, Action.BRIGHTER, tr("darker"), tr("brighter")),
    )
    said = tr("It is kept when the terminal starts anew.")
    if page.is_refused:
        said = tr("It did not work. Hold the card to the reader again.")
    note = Style(size=m.note, colour=p.soon_text if page.is_refused else p.muted, line_percent=130)
    foot = canvas.block(said, note, room.width, lines=2, is_even=True)
    gap = m.gap
    height = min((room.height - foot.height - 2 * gap) // len(rows), m.bar * 2)
    top = room.top + (room.height - foot.height - len(rows) * (height + gap)) // 2
    for name, percent, less, more, less_word, more_word in rows:
        rect = pygame.Rect(room.left, top, room.width, height)
        is_least, is_most = changed(comfort, less) == comfort, changed(comfort, more) == comfort
        _draw_row(canvas, name, percent, rect)
        if not is_least:
            draw_square(canvas, less, "minus", _end(canvas, rect, is_left=True), name=less_word)
        if not is_most:
            draw_square(canvas, more, "plus", _end(canvas, rect, is_left=False), name=more_word)
        top += height + gap
    canvas.put(foot, room.left, top)
    draw_bar(
        canvas,
        Button(action=Action.BACK, label=tr("Back"), icon="left"),
        Button(action=Action.FINISH, label=tr("Finish"), icon="check"),
    )


def _end(canvas: Canvas, rect: pygame.Rect, *, is_left: bool) -> pygame.Rect:
    m = canvas.metrics
    size = max(m.touch, min(m.bar, rect.height - m.gap))
    left = rect.left + m.gap // 2 if is_left else rect.right - m.gap // 2 - size
    return pygame.Rect(left, rect.centery - size // 2, size, size)


def _draw_row(canvas: Canvas, name: str, percent: int, rect: pygame.Rect) -> None:
    """The name with its figure, and marks: as many full ones as tens."""
    m, p = canvas.metrics, canvas.palette
    canvas.panel(rect)
    size = _end(canvas, rect, is_left=True).width + 3 * m.gap // 2
    inner = rect.inflate(-2 * size, 0)
    title = Style(size=m.title, weight=600, colour=p.ink, line_percent=120)
    figure = Style(size=m.title, weight=700, colour=p.brand_text, line_percent=120)
    words = canvas.block(name, title, inner.width * 3 // 4)
    mark = max(6, m.title // 2)
    top = rect.centery - (words.height + m.gap // 2 + mark) // 2
    canvas.put(words, inner.left, top)
    said = f"{percent} %"
    place = pygame.Rect(inner.left, top, inner.width, words.height)
    canvas.text(said, figure, place, align="right", is_middle=True)
    width = (inner.width - (_MARKS - 1) * m.line * 4) // _MARKS
    for index in range(_MARKS):
        left = inner.left + index * (width + m.line * 4)
        is_full = percent >= (index + 1) * (100 // _MARKS)
        bar = pygame.Rect(left, top + words.height + m.gap // 2, width, mark)
        canvas.panel(bar, fill=p.brand if is_full else p.ground, border=p.hairline, radius=mark // 3)
