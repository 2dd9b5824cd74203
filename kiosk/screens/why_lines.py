"""The lines of an explained ticket, by page: number or name, points, and rules or reason (ADR 0010)."""

from collections.abc import Sequence
from typing import NamedTuple

import pygame

from kiosk.locales.words import NO_BREAK
from kiosk.widgets.canvas import Canvas, Style
from loyalty.limits.kiosk import KIOSK_WHY_LINES_PER_PAGE
from wire.api_value import Nothing
from wire.packs import PackReason
from wire.why import Why, WhyLine, WhyRule


def lines_height(canvas: Canvas, count: int, room: int) -> int:
    """How high the card of so many rows is, in a room of `room` pixels."""
    if count >= KIOSK_WHY_LINES_PER_PAGE:
        return room
    return room - (KIOSK_WHY_LINES_PER_PAGE - count) * _row_height(canvas, room)


def _title(canvas: Canvas) -> Style:
    return Style(size=canvas.metrics.title, weight=600, colour=canvas.palette.ink, line_percent=124)


def _pad(canvas: Canvas) -> int:
    m = canvas.metrics
    return m.pad * 6 // 10 if m.is_small else m.pad * 9 // 10


def _row_height(canvas: Canvas, room: int) -> int:
    """A page's rows share the room that the title leaves."""
    m, title = canvas.metrics, _title(canvas)
    taken = 2 * _pad(canvas) + title.size * title.line_percent // 100 + m.gap // 3
    return (room - taken) // KIOSK_WHY_LINES_PER_PAGE


def draw_lines(canvas: Canvas, answer: Why, page: int, rect: pygame.Rect, *, room: int, title: str) -> None:
    """The page's rows under a title that says which rows these are; `room`: the height a full page has."""
    m, p, words = canvas.metrics, canvas.palette, canvas.words
    first = page * KIOSK_WHY_LINES_PER_PAGE
    shown = answer.lines[first : first + KIOSK_WHY_LINES_PER_PAGE]
    canvas.panel(rect)
    pad = _pad(canvas)
    inner = pygame.Rect(rect.left + m.pad, rect.top + pad, rect.width - 2 * m.pad, rect.height - 2 * pad)
    pages = -(-len(answer.lines) // KIOSK_WHY_LINES_PER_PAGE)
    top = canvas.text(title, _title(canvas), inner)
    if pages > 1:
        quiet = Style(size=m.note, colour=p.muted)
        head = pygame.Rect(inner.left, inner.top, inner.width, top - inner.top)
        place = words.tr("{page} of {pages}", page=words.number(page + 1), pages=words.number(pages))
        canvas.text(place, quiet, head, align="right", is_middle=True)
    top += m.gap // 3
    height = _row_height(canvas, room)
    rows = [_row(canvas, answer, line, inner.width) for line in shown]
    for row, tall in zip(rows, _heights(canvas, rows, height), strict=True):
        canvas.hairline(inner.left, inner.right, top)
        _draw_line(canvas, row, pygame.Rect(inner.left, top, inner.width, tall))
        top += tall


class _Row(NamedTuple):
    """A line's own words, why it has its points, and these."""

    name: str
    strong: Style
    because: str
    quiet: Style
    points: str
    figure: Style
    left: int
    """Pixels that the words have."""
    may_cut: bool


def _row(canvas: Canvas, answer: Why, line: WhyLine, width: int) -> _Row:
    m, p = canvas.metrics, canvas.palette
    figure = Style(size=m.title * 11 // 10, weight=600, colour=p.brand_text if line.points else p.muted)
    said = canvas.words.signed(line.points * line.count)
    return _Row(
        name=line.name or _numbers(canvas, line),
        strong=Style(
            size=m.title * 96 // 100, weight=600, colour=p.ink if line.points else p.muted, line_percent=118
        ),
        because=_because(canvas, answer, line),
        quiet=Style(size=m.note, colour=p.muted, line_percent=118),
        points=said,
        figure=figure,
        left=width - canvas.kit.fonts.width(said, figure.weight, figure.size) - m.gap,
        may_cut=bool(line.points)
        and not (canvas.is_grown and m.is_small),  # rather less large than less said
    )


def _heights(canvas: Canvas, rows: Sequence[_Row], height: int) -> list[int]:
    """Rows as high as each other; where one has more to say than so much, the others give it their room."""
    needed = [
        row.strong.size * row.strong.line_percent // 100
        + row.quiet.size * row.quiet.line_percent // 100 * _lines_of(canvas, row)
        for row in rows
    ]
    spare = (height * len(rows) - sum(needed)) // len(rows)
    if max(needed) <= height or spare < 0:
        return [height] * len(rows)
    return [each + spare for each in needed]


def _lines_of(canvas: Canvas, row: _Row) -> int:
    fitting, is_whole = canvas.common([(row.because, row.left)], row.quiet)
    return 1 if is_whole and fitting.size == row.quiet.size else 2


def _draw_line(canvas: Canvas, row: _Row, rect: pygame.Rect) -> None:
    room = rect.height - row.strong.size * row.strong.line_percent // 100
    blocks = (
        canvas.block(row.name, row.strong, row.left, may_cut=True),
        canvas.block(row.because, row.quiet, row.left, lines=2, room=room, may_cut=row.may_cut),
    )
    top = rect.centery - sum(block.height for block in blocks) // 2
    for block in blocks:
        top = canvas.put(block, rect.left, top)
    canvas.text(row.points, row.figure, rect, align="right", is_middle=True)


def _numbers(canvas: Canvas, line: WhyLine) -> str:
    """Line 3; Lines 3, 5–9; with three dots when there are more than were told."""
    words = canvas.words
    told = [
        words.number(first) if first == last else f"{words.number(first)}–{words.number(last)}"
        for first, last in line.numbers
    ]
    count = sum(last - first + 1 for first, last in line.numbers)
    numbers = words.listed(told) + (" …" if count < line.count else "")
    return words.trn("Line {numbers}", "Lines {numbers}", line.count, numbers=numbers)


def _because(canvas: Canvas, answer: Why, line: WhyLine) -> str:
    """What gave the points, or why there are none; after the line's number, where its name is known."""
    said = _reason(canvas, answer, line)
    return f"{_numbers(canvas, line)} · {said}" if line.name else said


def _reason(canvas: Canvas, answer: Why, line: WhyLine) -> str:
    words = canvas.words
    if not line.points:
        why = nothing_words(canvas, line.nothing)
        return why if line.left_out in ("", line.nothing) else f"{why} · {_left_out(canvas, line)}"
    rules = [(answer.rules[at], points) for at, points in line.parts if at < len(answer.rules)]
    if len(rules) == 1:
        told = rule_words(canvas, rules[0][0])
    else:
        told = " · ".join(
            f"{rule_words(canvas, rule)}{NO_BREAK}{words.signed(points)}" for rule, points in rules
        )
    if line.left_out:
        told = f"{told} · {_left_out(canvas, line)}"
    if line.count == 1:
        return told
    each = words.trn(
        "{points} point each", "{points} points each", line.points, points=words.number(line.points)
    )
    return f"{each} · {told}"


def _left_out(canvas: Canvas, line: WhyLine) -> str:
    """A further offer would have reached the line: which one, and which law, no screen says."""
    tr = canvas.words.tr
    if line.left_out == "law":
        return tr("an offer was left out by law")
    return tr("an offer was left out by the rules of the programme")


def nothing_words(canvas: Canvas, nothing: Nothing) -> str:
    """Why something earns no points."""
    tr = canvas.words.tr
    match nothing:
        case "law":
            return tr("no points: left out by law")
        case "used_up":
            return tr("no points: the offer was used up")
        case "too_little":
            return tr("no points: the amount is too small")
    return tr("no points by the rules of the programme")


def rule_words(canvas: Canvas, rule: WhyRule | PackReason) -> str:
    """The rule as its group calls it, or by what it does."""
    tr = canvas.words.tr
    named = rule.names.get(canvas.words.language)
    if named:
        return named
    match rule.code:
        case "points_per_amount":
            return tr("Points for the amount")
        case "points_fixed":
            return tr("Extra points")
        case "points_sponsor":
            return tr("Points by recommendation")
        case "points_nth_visit":
            return tr("Points for this visit")
        case "points_multiplier":
            return tr("Points multiplied")
        case "points_threshold":
            return tr("Bonus for a balance reached")
        case "rest":
            return tr("Other rules of the programme")
    return tr("Rule of the programme")
