"""Scan a pack: how to, with the digits beside it; then what it is and what it costs whoever stands there."""

from dataclasses import replace
from typing import Final, NamedTuple

import pygame

from kiosk.flow.journeys.base import page_of
from kiosk.flow.journeys.packs import PackPage, may_look_up
from kiosk.flow.state import Action
from kiosk.screens.digit_pad import draw_keys, pad_places
from kiosk.screens.frame import draw_brand, draw_idle_header, draw_member_header, draw_visitor_header
from kiosk.screens.message import content_rect
from kiosk.screens.model import Model
from kiosk.screens.moments import moment
from kiosk.screens.quiet import draw_quiet
from kiosk.screens.why_lines import nothing_words, rule_words
from kiosk.widgets.canvas import Block, Canvas, Style
from kiosk.widgets.controls import Button, Tone, chip_size, draw_bar, draw_chip
from loyalty.limits.shops import PACK_DIGITS_MAX
from wire.packs import PackReason, PackTold

_FEW: Final = 3
"""Of so many units and fewer it is said how many there are: they may be gone on the way to the shelf."""
_AMOUNT_PERCENTS: Final = (100, 92, 84, 76, 68)
"""Of the size of amounts, the largest first that leaves all words beside them whole."""


def draw_scan(canvas: Canvas, model: Model) -> None:
    """What to do left, the digits right."""
    m, tr, page = canvas.metrics, canvas.words.tr, page_of(model.state, PackPage)
    words, keys = pad_places(canvas)
    draw_header = draw_brand if model.state.session is not None else draw_visitor_header
    draw_header(canvas, model, right=m.width - m.margin - (0 if m.is_portrait else keys.width + m.gap))
    _draw_how(canvas, page, words)
    draw_keys(canvas, keys, confirm=Action.LOOK_UP, is_enabled=lambda action: _is_enabled(page, action))
    back = Button(action=Action.BACK, label=tr("Back"), icon="left", is_enabled=not page.request_id)
    draw_bar(canvas, back, Button(action=Action.FINISH, label=tr("Finish"), icon="check"))


def _is_enabled(page: PackPage, action: Action) -> bool:
    if page.request_id:
        return False
    if action is Action.LOOK_UP:
        return may_look_up(page)
    return bool(page.typed) if action is Action.ERASE else len(page.typed) < PACK_DIGITS_MAX


def _draw_how(canvas: Canvas, page: PackPage, rect: pygame.Rect) -> None:
    m, p, tr = canvas.metrics, canvas.palette, canvas.words.tr
    headline = Style(size=m.headline * 9 // 10, weight=700, colour=p.ink, line_percent=112)
    body = Style(size=m.body, colour=p.muted, line_percent=134)
    title = canvas.block(tr("Scan a pack"), headline, rect.width, lines=2)
    how = tr("Hold its barcode to the scanner, or type the number below the bars.")
    text = canvas.block(how, body, rect.width, lines=4, is_even=True)
    said, tone = _said(canvas, page)
    chip = chip_size(canvas, said, max_width=rect.width)[2] if said else 0
    figure = Style(size=m.title * 13 // 10, weight=600, colour=p.ink, line_percent=110)
    field_height = max(m.bar * 7 // 10, figure.size * 3 // 2)
    total = title.height + text.height + field_height + chip + 3 * m.gap
    top = rect.top + max(0, rect.height - total) // 2
    top = canvas.put(title, rect.left, top) + m.gap // 2
    top = canvas.put(text, rect.left, top) + m.gap
    field = pygame.Rect(rect.left, top, rect.width, field_height)
    canvas.panel(field, fill=p.card, border=p.brand if page.typed else p.hairline, thickness=2 * m.line)
    number = page.typed or page.code
    if number:
        canvas.text(number, figure, field.inflate(-m.pad, 0), align="centre", is_middle=True, may_cut=True)
    if said:
        draw_chip(canvas, said, rect.left, field.bottom + m.gap, tone=tone, max_width=rect.width)


def _said(canvas: Canvas, page: PackPage) -> tuple[str, Tone]:
    """What became of the last number."""
    tr, told = canvas.words.tr, page.told
    if page.request_id:
        return tr("One moment, we are looking it up…"), "brand"
    if page.is_mistyped:
        return tr("A digit is not right: compare it with the pack."), "soon"
    if told is None:
        return "", "brand"
    if told.trouble == "central_unreachable":
        return tr("The connection is down just now. Try again in a moment, or ask at the counter."), "soon"
    if told.trouble:
        return tr("This is not possible here. Please ask at the counter."), "soon"
    if told.as_of_ms:
        return tr("We do not find this pack while the connection is down. Please ask at the counter."), "soon"
    return tr("We do not know this pack. Please ask at the counter."), "soon"


# One pack ---------------------------------------------------------------------------------------------------


def draw_one(canvas: Canvas, model: Model) -> None:
    """The pack left, its price right; upright one above the other."""
    m, tr, page = canvas.metrics, canvas.words.tr, page_of(model.state, PackPage)
    told = page.told
    assert told is not None, "a pack that nobody told of"
    is_member = model.state.session is not None
    draw_member_header(canvas, model) if is_member else draw_idle_header(canvas, model)
    room = content_rect(canvas)
    if m.is_portrait:
        height = room.height * 42 // 100
        first = pygame.Rect(room.left, room.top, room.width, height)
        second = pygame.Rect(room.left, first.bottom + m.gap, room.width, room.height - height - m.gap)
    else:
        width = (room.width - m.gap) // 2
        first = canvas.sided(pygame.Rect(room.left, room.top, width, room.height))
        second = canvas.sided(pygame.Rect(room.right - width, room.top, width, room.height))
    _draw_pack(canvas, model, page, told, first)
    _draw_price(canvas, model, told, second, is_member=is_member)
    another = Button(
        action=Action.BACK, label=tr("Another pack"), kind="primary", icon="barcode",
        is_enabled=not page.request_id,
    )  # fmt: skip
    draw_bar(canvas, another, Button(action=Action.FINISH, label=tr("Finish"), icon="check"))


def _draw_pack(canvas: Canvas, model: Model, page: PackPage, told: PackTold, rect: pygame.Rect) -> None:
    """What it is, the group's words on it, and whether there are more."""
    m, p = canvas.metrics, canvas.palette
    canvas.panel(rect)
    inner = rect.inflate(-2 * m.pad, -2 * (m.pad * 7 // 10))
    name = Style(size=m.title * 13 // 10, weight=700, colour=p.ink, line_percent=116)
    quiet = Style(size=m.note, colour=p.muted, line_percent=126)
    body = Style(size=m.body, colour=p.ink, line_percent=128)
    stock, tone = _stock(canvas, model, told)
    chip = chip_size(canvas, stock, max_width=inner.width)[2] + m.gap // 2 if stock else 0
    said = _name(canvas, told)
    first = canvas.block(said, name, inner.width, lines=3, may_cut=bool(told.name), is_even=not told.name)
    second = canvas.block(page.code, quiet, inner.width, may_cut=True)
    top = canvas.put(first, inner.left, inner.top)
    top = canvas.put(second, inner.left, top) + m.gap // 2
    text = told.texts.get(canvas.words.language, "")
    left = inner.bottom - chip - top
    lines = left * canvas.metrics.growth // (body.size * body.line_percent)
    if text and lines > 0:
        # Large type rather keeps the design's size here than say less, or leave all the rest small.
        told_text = canvas.block(
            text,
            replace(body, least_percent=100 if canvas.is_grown else 75),
            inner.width,
            lines=lines,
            room=left if canvas.is_grown else 0,
            may_cut=not canvas.is_grown,
        )
        canvas.put(told_text, inner.left, top)
    if stock:
        draw_chip(
            canvas, stock, inner.left, inner.bottom - chip + m.gap // 2, tone=tone, max_width=inner.width
        )


def _name(canvas: Canvas, told: PackTold) -> str:
    tr = canvas.words.tr
    if told.name:
        return told.name
    if told.as_of_ms:
        return tr("We know the price of this pack; its name comes when the connection is back.")
    return tr("The name stays private here: it is on your pack.")


def _stock(canvas: Canvas, model: Model, told: PackTold) -> tuple[str, Tone]:
    """How many there are, and as of when."""
    words, tr = canvas.words, canvas.words.tr
    if told.stock is None:
        return "", "brand"
    at = moment(canvas, model, told.stock_ms)
    if not told.stock:
        return tr("Not here at the moment: we order it (as of {moment})", moment=at), "soon"
    if told.stock <= _FEW:
        count = words.number(told.stock)
        said = words.trn(
            "{count} left here (as of {moment})",
            "{count} left here (as of {moment})",
            told.stock,
            count=count,
            moment=at,
        )
        return said, "soon"
    return tr("There are more here (as of {moment})", moment=at), "brand"


def _draw_price(canvas: Canvas, model: Model, told: PackTold, rect: pygame.Rect, *, is_member: bool) -> None:
    """The price for whoever stands there large, then how it comes about, then of when it is."""
    m, p, words = canvas.metrics, canvas.palette, canvas.words
    if told.price_minor is None or told.total_minor is None:
        draw_quiet(canvas, rect, "question", words.tr("Its price is told at the counter."))
        return
    canvas.panel(rect)
    inner = rect.inflate(-2 * m.pad, -2 * (m.pad * 7 // 10))
    label = Style(size=m.note, weight=600, colour=p.muted, line_percent=126)
    figure = Style(size=m.headline, weight=700, colour=p.brand_text, line_percent=112)
    is_own = told.total_minor != told.price_minor
    title = words.tr("For you") if is_member else words.tr("Now") if is_own else words.tr("Price here")
    top = canvas.text(title, label, inner)
    place = pygame.Rect(inner.left, top, inner.width, inner.height)
    top = canvas.text(words.money(told.total_minor, model.currency), figure, place) + m.gap // 2
    foot = _foot(canvas, model, told, is_member=is_member, width=inner.width)
    end = inner.bottom - foot.height
    rows = _rows(canvas, model, told, has_shelf=is_own or is_member)
    row = min((end - top - m.gap // 3) // max(1, len(rows)), m.bar * m.growth // 200)
    styles = _row_styles(canvas, rows, inner.width, row)
    for said, amount in rows:
        canvas.hairline(inner.left, inner.right, top)
        place = pygame.Rect(inner.left, top, inner.width, row)
        _draw_row(canvas, said, amount, place, styles)
        top += row
    canvas.put(foot, inner.left, end)


def _rows(canvas: Canvas, model: Model, told: PackTold, *, has_shelf: bool) -> list[tuple[str, str]]:
    """The shelf's price, what each offer does, the points."""
    words, tr = canvas.words, canvas.words.tr
    assert told.price_minor is not None
    rows = [(tr("Price here"), words.money(told.price_minor, model.currency))] if has_shelf else []
    rows += [(rule_words(canvas, each), _gives(canvas, model, each)) for each in told.reasons]
    return rows


def _gives(canvas: Canvas, model: Model, each: PackReason) -> str:
    words = canvas.words
    amount = words.money(each.amount_minor, model.currency) if each.amount_minor else ""
    count = words.signed(each.points)
    points = words.trn("{points} point", "{points} points", each.points, points=count) if each.points else ""
    return " · ".join(each for each in (amount, points) if each)


class _RowStyles(NamedTuple):
    """How the words and the amounts of all rows look; words that one line does not hold may be smaller."""

    name: Style
    figure: Style
    long: Style
    lines: int


def _beside(canvas: Canvas, amount: str, figure: Style, width: int) -> int:
    """What a row's amount leaves to its words."""
    return width - canvas.kit.fonts.width(amount, figure.weight, figure.size) - canvas.metrics.gap


def _row_styles(canvas: Canvas, rows: list[tuple[str, str]], width: int, height: int) -> _RowStyles:
    """Amounts as large as they leave all words whole; the words on two lines where one made them small."""
    m, p = canvas.metrics, canvas.palette
    figure = Style(size=m.body, weight=600, colour=p.ink, line_percent=118)
    for percent in (one for one in _AMOUNT_PERCENTS if one * m.growth >= 100 * 100):
        sized = replace(figure, size=figure.size * percent // 100)
        styles, are_whole = _row_names(canvas, rows, sized, width, height)
        if are_whole:
            return styles
    return _row_names(canvas, rows, figure, width, height)[0]


def _row_names(
    canvas: Canvas, rows: list[tuple[str, str]], figure: Style, width: int, height: int
) -> tuple[_RowStyles, bool]:
    """How the words look beside amounts like these, and whether all of them are whole."""
    m = canvas.metrics
    style = Style(size=m.body * 95 // 100, colour=canvas.palette.ink, line_percent=112)
    texts = [(said, _beside(canvas, amount, figure, width)) for said, amount in rows]
    fitting, is_whole = canvas.common(texts, style)
    two = replace(style, size=min(style.size, height * 100 // (2 * style.line_percent)))
    if two.size >= m.note * 75 // 100 and (not is_whole or fitting.size < two.size):
        long, is_whole = canvas.common(texts, two, lines=2)
        return _RowStyles(_short(canvas, texts, style, long), figure, long, 2), is_whole
    return _RowStyles(fitting, figure, fitting, 1), is_whole


def _short(canvas: Canvas, texts: list[tuple[str, int]], style: Style, long: Style) -> Style:
    """How words look that one line holds: as the long ones; in large type as large as they can be."""
    fonts = canvas.kit.fonts
    short = [each for each in texts if fonts.width(each[0], long.weight, long.size) <= each[1]]
    return canvas.common(short, style)[0] if canvas.is_grown and short else long


def _draw_row(canvas: Canvas, said: str, amount: str, rect: pygame.Rect, styles: _RowStyles) -> None:
    place = pygame.Rect(rect.left, rect.top, _beside(canvas, amount, styles.figure, rect.width), rect.height)
    canvas.text(amount, styles.figure, rect, align="right", is_middle=True)
    is_short = canvas.kit.fonts.width(said, styles.name.weight, styles.name.size) <= place.width
    name, lines = (styles.name, 1) if is_short else (styles.long, styles.lines)
    canvas.text(said, name, place, lines=lines, is_middle=True, may_cut=not canvas.is_grown)


def _foot(canvas: Canvas, model: Model, told: PackTold, *, is_member: bool, width: int) -> Block:
    """Of when the price is, why there are no points, or that a card may have its own price."""
    m, p, tr = canvas.metrics, canvas.palette, canvas.words.tr
    said, colour = "", p.muted
    if told.as_of_ms:
        at = moment(canvas, model, told.as_of_ms)
        said, colour = (
            tr("The connection is down: price as of {moment}. Your own offers may come on top.", moment=at),
            p.soon_text,
        )
    elif is_member and not told.points and told.nothing:
        said = nothing_words(canvas, told.nothing)
    elif not is_member:
        said = tr("With your card on the reader you see your own price.")
    style = Style(size=m.note, colour=colour, line_percent=126)
    return canvas.block(said, style, width, lines=3, is_even=True)
