"""Nobody is there: invite, and say how it works or what the group has to tell and to show."""

from collections.abc import Sequence
from dataclasses import replace

import pygame

from kiosk.screens.frame import draw_idle_header, visitor_entrance
from kiosk.screens.illustration import draw_card_picture
from kiosk.screens.message import content_rect, draw_message
from kiosk.screens.model import Model
from kiosk.screens.poster import poster_panel
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.icons import Icon, draw_icon
from wire.face import Notice


def draw(canvas: Canvas, model: Model) -> None:
    """The invitation above, news or the three steps below."""
    words = canvas.words
    draw_idle_header(canvas, model)
    bottom = content_rect(canvas).bottom
    is_left_behind = bool(model.state.card_on_reader)
    if is_left_behind:
        title = words.tr("Please take your card")
        text = words.tr("Your visit is over. To start again, take the card off and put it back.")
    else:
        title = words.tr("Put your card on the reader")
        text = words.tr("Your points, your vouchers and your pharmacy’s news, at a glance.")
    pulse = model.pulse_per_mille
    panel = None
    if not is_left_behind:
        panel = poster_panel(canvas, model, top=canvas.metrics.header, bottom=bottom)
    draw_message(
        canvas,
        model,
        title=title,
        text="" if panel else text,
        picture=lambda at, radius: draw_card_picture(canvas, at, radius, breath_per_mille=pulse),
        bottom=bottom,
        button=visitor_entrance(canvas),
        panel=panel,
        says_more=True,
    )
    notices = model.notices
    if notices:
        _draw_notices(canvas, notices)
    else:
        _draw_steps(canvas)


def _cells(canvas: Canvas, count: int) -> list[pygame.Rect]:
    gap, bar = canvas.metrics.gap, canvas.bar
    width = (bar.width - gap * (count - 1)) // count
    return [pygame.Rect(bar.left + i * (width + gap), bar.top, width, bar.height) for i in range(count)]


def _draw_notices(canvas: Canvas, notices: tuple[Notice, ...]) -> None:
    _draw_cells(canvas, [("spark", *in_words(canvas, notice)) for notice in notices], may_cut=True)


def in_words(canvas: Canvas, notice: Notice) -> tuple[str, str]:
    """Title and text of a notice in the spoken language, or in any it has."""
    language = canvas.words.language
    title = notice.title.get(language) or next(iter(notice.title.values()), "")
    return title, notice.text.get(language) or next(iter(notice.text.values()), "")


def _draw_steps(canvas: Canvas) -> None:
    tr = canvas.words.tr
    steps: tuple[tuple[Icon, str, str], ...] = (
        ("card", tr("Put it down"), tr("and leave it there")),
        ("eye", tr("Look"), tr("points and purchases")),
        ("check", tr("Take it back"), tr("the screen forgets")),
    )
    _draw_cells(canvas, steps, may_cut=False)


def _draw_cells(canvas: Canvas, cells: Sequence[tuple[Icon, str, str]], *, may_cut: bool) -> None:
    """Quiet statements beside each other, in one size: no outline, so that nobody takes them for buttons."""
    m, p = canvas.metrics, canvas.palette
    rects = _cells(canvas, len(cells))
    size = m.bar * 54 // 100
    beside = size + m.gap * 4 // 5
    width = rects[0].width - beside
    full = Style(size=m.title * 92 // 100, weight=600, colour=p.ink, line_percent=118)
    quiet = Style(size=m.note, colour=p.muted, line_percent=116)
    titles = [(title, width) for _, title, _ in cells]
    texts = [(text, width) for *_, text in cells]
    strong, is_title_whole = canvas.common(titles, full)
    quiet = replace(quiet, size=min(quiet.size, strong.size))
    for _ in range(2):  # smaller type may leave room for a second line
        lines = _lines_below(rects[0].height, strong, quiet)
        quiet, is_text_whole = canvas.common(texts, quiet, lines=lines, is_even=True)
    is_title_alone = may_cut and not (is_title_whole and is_text_whole)  # it says more than both in part
    if is_title_alone:
        strong, _ = canvas.common(titles, full, lines=2, is_even=True)
    for (icon, title, text), rect in zip(cells, rects, strict=True):
        badge = pygame.Rect(rect.left, rect.centery - size // 2, size, size)
        canvas.panel(badge, fill=p.tint, radius=size // 3)
        middle = badge.center
        draw_icon(canvas.surface, icon, middle, m.icon * 9 // 10, p.brand_text, sprites=canvas.kit.sprites)
        if is_title_alone:
            upper = canvas.block(title, strong, width, may_cut=may_cut, lines=2, is_even=True)
            canvas.put(upper, rect.left + beside, rect.centery - upper.height // 2)
            continue
        upper = canvas.block(title, strong, width, may_cut=may_cut)
        lower = canvas.block(text, quiet, width, may_cut=may_cut, lines=lines, is_even=True)
        top = rect.centery - (upper.height + lower.height) // 2
        canvas.put(lower, rect.left + beside, canvas.put(upper, rect.left + beside, top))


def _lines_below(height: int, strong: Style, quiet: Style) -> int:
    """How many quiet lines a cell so high has under its title: one or two."""
    free = height - strong.size * strong.line_percent // 100
    return min(2, max(1, free * 100 // (quiet.size * quiet.line_percent)))
