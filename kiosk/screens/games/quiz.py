"""The quiz: one question at a time; after the play what was right, why, and who says so."""

from collections.abc import Sequence

import pygame

from kiosk.flow.games.page import GamesPage
from kiosk.flow.state import CHOICES, Action
from kiosk.screens.games.pieces import draw_header, page_of, said, shift_of
from kiosk.screens.message import content_rect
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.controls import Button, draw_bar
from kiosk.widgets.icons import Icon, draw_icon
from kiosk.widgets.palette import mix
from kiosk.widgets.shapes import disc, fraction_bar
from wire.games import QuizQuestion

_LETTERS = "ABCDEF"


def _halves(canvas: Canvas) -> tuple[pygame.Rect, pygame.Rect]:
    m, room = canvas.metrics, content_rect(canvas)
    if m.is_portrait:
        height = room.height * 34 // 100
        asked = pygame.Rect(room.left, room.top, room.width, height)
        return asked, pygame.Rect(room.left, asked.bottom + m.gap, room.width, room.height - height - m.gap)
    width = room.width * 42 // 100
    asked = pygame.Rect(room.left, room.top, width, room.height)
    rest = pygame.Rect(asked.right + m.gap, room.top, room.width - width - m.gap, room.height)
    return canvas.sided(asked), canvas.sided(rest)


def draw_question(canvas: Canvas, model: Model, page: GamesPage) -> None:
    """The question, how far we are, and the answers to touch."""
    at, game = len(page.answers), page.game
    question = game.questions[at]
    asked, answers = (each.move(0, shift_of(canvas, model)) for each in _halves(canvas))
    _draw_asked(canvas, question, asked, at, len(game.questions))
    places = _places(canvas, answers, len(question.answers))
    texts = [said(canvas, each) for each in question.answers]
    style, lines = _style_of_answers(canvas, texts, places[0])
    for place, (text, rect) in enumerate(zip(texts, places, strict=True)):
        _draw_answer(canvas, place, text, rect, CHOICES[place], style, lines)


def _draw_asked(canvas: Canvas, question: QuizQuestion, rect: pygame.Rect, at: int, count: int) -> None:
    m, p, tr, number = canvas.metrics, canvas.palette, canvas.words.tr, canvas.words.number
    canvas.panel(rect)
    inner = rect.inflate(-2 * m.pad, -2 * (m.pad * 7 // 10 if m.is_small else m.pad))
    note = Style(size=m.note, weight=600, colour=p.brand_text, line_percent=130)
    step = tr("Question {number} of {all}", number=number(at + 1), all=number(count))
    top = canvas.text(step, note, inner) + m.gap // 3
    bar = pygame.Rect(inner.left, top, inner.width, max(6, m.note // 2))
    fraction_bar(
        canvas.surface, bar, (at + 1) * 1000 // count, fill=p.brand, ground=p.tint, sprites=canvas.kit.sprites
    )
    style = Style(
        size=m.title * (125 if m.is_small else 140) // 100, weight=700, colour=p.ink, line_percent=124,
        least_percent=60,
    )  # fmt: skip
    room = pygame.Rect(
        inner.left, bar.bottom + m.gap // 2, inner.width, inner.bottom - bar.bottom - m.gap // 2
    )
    lines = max(1, room.height // (style.size * style.line_percent // 100))
    canvas.text(said(canvas, question.text), style, room, lines=lines, may_cut=True, is_middle=True)


def _places(canvas: Canvas, room: pygame.Rect, count: int) -> list[pygame.Rect]:
    """One below the other, from four on in two columns where the screen is wide."""
    m = canvas.metrics
    columns = 1 if m.is_portrait or count < 4 else 2
    rows = -(-count // columns)
    gap = m.gap * 7 // 10
    width = (room.width - (columns - 1) * gap) // columns
    height = min((room.height - (rows - 1) * gap) // rows, m.bar * 17 // 10)
    top = room.top + (room.height - rows * height - (rows - 1) * gap) // 2
    return [
        pygame.Rect(
            room.left + at % columns * (width + gap), top + at // columns * (height + gap), width, height
        )
        for at in range(count)
    ]


def _style_of_answers(canvas: Canvas, texts: Sequence[str], rect: pygame.Rect) -> tuple[Style, int]:
    """One size for all, so that none stands out; and how many lines there is room for."""
    m = canvas.metrics
    style = Style(size=m.body, weight=600, colour=canvas.palette.ink, line_percent=116, least_percent=65)
    lines = max(1, (rect.height - m.gap // 2) // (style.size * style.line_percent // 100))
    width = _room_of_answer(canvas, rect).width
    return canvas.common([(text, width) for text in texts], style, lines=lines)[0], lines


def _letter_size(canvas: Canvas, rect: pygame.Rect) -> int:
    return min(canvas.metrics.note * 22 // 10, rect.height - canvas.metrics.gap)


def _room_of_answer(canvas: Canvas, rect: pygame.Rect) -> pygame.Rect:
    """Right of its letter."""
    side = canvas.metrics.pad * 6 // 10
    left = rect.left + side + _letter_size(canvas, rect) + side
    return pygame.Rect(left, rect.top, rect.right - side - left, rect.height)


def _draw_answer(
    canvas: Canvas, place: int, text: str, rect: pygame.Rect, action: Action, style: Style, lines: int
) -> None:
    m, p = canvas.metrics, canvas.palette
    is_pressed = canvas.pressed is action
    canvas.target(action, rect)
    canvas.panel(rect, fill=p.tint if is_pressed else p.card, border=p.hairline, thickness=2 * m.line)
    size, side = _letter_size(canvas, rect), m.pad * 6 // 10
    centre = (rect.left + side + size // 2, rect.centery)
    disc(canvas.surface, centre, size // 2, p.card if is_pressed else p.tint, sprites=canvas.kit.sprites)
    letter = Style(size=m.note, weight=700, colour=p.brand_text, line_percent=100)
    mark = pygame.Rect(centre[0] - size // 2, centre[1] - size // 2, size, size)
    canvas.text(_LETTERS[place], letter, mark, align="centre", is_middle=True)
    canvas.text(text, style, _room_of_answer(canvas, rect), lines=lines, may_cut=True, is_middle=True)


# What was right ---------------------------------------------------------------------------------------------


def draw_answers(canvas: Canvas, model: Model) -> None:
    """A question, what was answered, what is right, why, and the source."""
    page, tr = page_of(model), canvas.words.tr
    told, game = page.told, page.game
    assert told is not None
    count = len(game.questions)
    at = min(page.number, count - 1)
    number = canvas.words.number
    draw_header(
        canvas, model, said(canvas, game.names),
        tr("{right} of {all} right", right=number(told.right), all=number(count)),
    )  # fmt: skip
    asked, rest = (each.move(0, shift_of(canvas, model)) for each in _halves(canvas))
    _draw_asked(canvas, game.questions[at], asked, at, count)
    _draw_right(canvas, page, at, rest)
    buttons = [Button(action=Action.BACK, label=tr("Back"), icon="left")]
    if at > 0:
        buttons.append(Button(action=Action.NEWER, label=tr("Previous"), icon="newer"))
    if at < count - 1:
        buttons.append(Button(action=Action.OLDER, label=tr("Next question"), icon="older"))
    buttons.append(Button(action=Action.FINISH, label=tr("Finish"), icon="check"))
    draw_bar(canvas, *buttons)


def _draw_right(canvas: Canvas, page: GamesPage, at: int, rect: pygame.Rect) -> None:
    m, p, tr = canvas.metrics, canvas.palette, canvas.words.tr
    told, question = page.told, page.game.questions[at]
    assert told is not None
    canvas.panel(rect)
    inner = rect.inflate(-2 * m.pad, -2 * (m.pad * 6 // 10 if m.is_small else m.pad))
    answers = page.play.answers if page.play is not None else ()
    given = answers[at] if at < len(answers) else -1
    right = told.right_answers[at] if at < len(told.right_answers) else -1
    top = inner.top
    if 0 <= right < len(question.answers):
        top = _draw_line(
            canvas, "check", tr("Right"), said(canvas, question.answers[right]), inner, top, is_right=True
        )
    if given != right and 0 <= given < len(question.answers):
        top = _draw_line(
            canvas, "hand", tr("Your answer"), said(canvas, question.answers[given]), inner, top,
            is_right=False,
        )  # fmt: skip
    explained = told.explained[at] if at < len(told.explained) else None
    if explained is None or not said(canvas, explained.why):
        return
    canvas.hairline(inner.left, inner.right, top)
    top += m.gap // 2
    source = tr("Source: {source}", source=explained.source) if explained.source else ""
    quiet = Style(size=m.note * 9 // 10, colour=p.muted, line_percent=122)
    foot = canvas.block(source, quiet, inner.width, lines=2, may_cut=True) if source else None
    room = inner.bottom - top - (foot.height + m.gap // 3 if foot else 0)
    body = Style(size=m.body, colour=p.ink, line_percent=134, least_percent=70)
    lines = max(1, room // (body.size * body.line_percent // 100))
    why = pygame.Rect(inner.left, top, inner.width, room)
    top = canvas.text(said(canvas, explained.why), body, why, lines=lines, may_cut=True)
    if foot:
        canvas.put(foot, inner.left, inner.bottom - foot.height)


def _draw_line(
    canvas: Canvas, icon: Icon, label: str, text: str, inner: pygame.Rect, top: int, *, is_right: bool
) -> int:
    m, p = canvas.metrics, canvas.palette
    size = m.note * 20 // 10
    note = Style(size=m.note, colour=p.muted, line_percent=122)
    strong = Style(
        size=m.title, weight=700 if is_right else 400, colour=p.ink if is_right else p.muted, line_percent=116
    )
    left = inner.left + size + m.gap * 3 // 4
    width = inner.right - left
    upper = canvas.block(label, note, width)
    lower = canvas.block(text, strong, width, lines=2, may_cut=True)
    height = max(size, upper.height + lower.height)
    fill = p.brand if is_right else mix(p.tint, p.card, 60)
    centre = (inner.left + size // 2, top + height // 2)
    disc(canvas.surface, centre, size // 2, fill, sprites=canvas.kit.sprites)
    colour = p.on_brand if is_right else p.muted
    draw_icon(canvas.surface, icon, centre, size * 58 // 100, colour, sprites=canvas.kit.sprites)
    under = canvas.put(upper, left, top + (height - upper.height - lower.height) // 2)
    canvas.put(lower, left, under)
    return top + height + m.gap // 2
