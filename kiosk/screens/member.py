"""The member's screen: the balance, what it means, what is new, the last purchases."""

from dataclasses import replace
from datetime import date
from typing import Final

import pygame

from kiosk.flow.journeys import MENU
from kiosk.flow.journeys.asking_why import is_explained, latest_first, ticket_behind_today
from kiosk.flow.state import Action
from kiosk.screens.frame import draw_member_header
from kiosk.screens.message import content_rect
from kiosk.screens.model import Model
from kiosk.screens.purchases import is_of_today
from kiosk.screens.side import draw_side
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.controls import Button, Tone, chip_size, draw_bar, draw_chip
from kiosk.widgets.fontbook import CAP_HEIGHT_PERMILLE
from kiosk.widgets.shapes import fraction_bar
from kiosk.widgets.textflow import Spans
from loyalty.limits.my_value import POINTS_END_SOON_DAYS

_BESIDE_LEAST: Final = 90
"""Percent of its size that a chip keeps beside the label, else it has a row of its own."""


def draw(canvas: Canvas, model: Model) -> None:
    """The balance left, news and purchases right, at most three actions below."""
    m = canvas.metrics
    draw_member_header(canvas, model)
    room = content_rect(canvas)
    shift = (1000 - model.entering_per_mille) * m.gap // 1000
    if m.is_small and canvas.mode.is_large:
        # Beside each other nothing could grow: purchases are a touch away, news are on the attract screen.
        _draw_balance(canvas, model, room.move(0, shift))
        _draw_actions(canvas, model)
        return
    if m.is_portrait:
        balance = pygame.Rect(room.left, room.top, room.width, room.height * 52 // 100)
        side = pygame.Rect(
            room.left, balance.bottom + m.gap, room.width, room.bottom - balance.bottom - m.gap
        )
    else:
        width = room.width * (53 if m.is_small else 57) // 100
        balance = pygame.Rect(room.left, room.top, width, room.height)
        side = pygame.Rect(balance.right + m.gap, room.top, room.right - balance.right - m.gap, room.height)
        balance, side = canvas.sided(balance), canvas.sided(side)
    _draw_balance(canvas, model, balance.move(0, shift))
    draw_side(canvas, model, side.move(0, shift))
    _draw_actions(canvas, model)


def _draw_actions(canvas: Canvas, model: Model) -> None:
    tr, member = canvas.words.tr, model.member
    buttons: list[Button] = []
    if member.may_see_tickets:
        buttons.append(
            Button(action=Action.TICKETS, label=tr("Last purchases"), kind="primary", icon="receipt")
        )
    if MENU.offered(model.state):
        buttons.append(Button(action=Action.MENU, label=tr("More"), icon="grid"))
    kind = "plain" if member.may_see_tickets else "primary"
    buttons.append(
        Button(
            action=Action.FINISH,
            label=tr("Finish"),
            kind="primary" if kind == "primary" else "plain",
            icon="check",
        )
    )
    draw_bar(canvas, *buttons)


# The balance ------------------------------------------------------------------------------------------------


def _draw_balance(canvas: Canvas, model: Model, rect: pygame.Rect) -> None:
    m = canvas.metrics
    canvas.panel(rect)
    inner = rect.inflate(-2 * m.pad, -2 * (m.pad * 7 // 10 if m.is_small else m.pad))
    below = _foot_height(canvas, model, inner.width)
    above = _head_height(canvas, model, inner.width)
    if canvas.mode.is_large and below:
        above += m.gap * 2 // 3  # what grew keeps its distance, or is too large
    over = above + below - inner.height
    if over > 0 and not canvas.mode.is_large:  # much to say: the figure gives way a little
        smaller = replace(m, number=max(m.number * 7 // 10, m.number - over))
        canvas = replace(canvas, metrics=smaller)
        above = _head_height(canvas, model, inner.width)
    free = max(0, inner.height - above - below)
    # Nothing at the foot: the balance stands in the middle. Much room: it comes down a little.
    top = inner.top + (free // 2 if not below else max(0, free - m.bar) * 2 // 5)
    _draw_head(canvas, model, pygame.Rect(inner.left, top, inner.width, above))
    if below:
        foot = max(inner.bottom - below, top + above)
        _draw_foot(canvas, model, pygame.Rect(inner.left, foot, inner.width, below))


def _whose(canvas: Canvas, model: Model) -> str:
    """Whose points they are: whoever acts for a member is told so."""
    words, member = canvas.words, model.member
    return (
        words.tr("You act for {name}", name=member.display_name)
        if member.is_carer
        else words.tr("Your points")
    )


def _figure(canvas: Canvas, model: Model) -> str:
    words, member = canvas.words, model.member
    points = model.points_shown
    if points is not None:
        return words.number(points)
    low, high = member.points_from or 0, member.points_to or 0
    return f"{words.number(low)}–{words.number(high)}"


Chip = tuple[Tone, str, Action | None]


def _why(model: Model) -> Action | None:
    """What the chip of today's points leads to: its ticket, or the list where several made it."""
    member = model.member
    of_today = [one for one in latest_first(member) if is_of_today(model, one) and is_explained(member, one)]
    if not of_today:
        return None
    return Action.WHY_TODAY if ticket_behind_today(member) == of_today[0] else Action.TICKETS


def _chips(canvas: Canvas, model: Model) -> list[Chip]:
    words, member, session = canvas.words, model.member, model.state.session
    chips: list[Chip] = []
    if member.points_today:
        today, why = words.signed(member.points_today), _why(model)
        said = words.tr("{points} today · why?", points=today) if why else ""
        chips.append(("brand", said or words.tr("{points} today", points=today), why))
    pending = session.pending_tickets if session else 0
    if pending:
        chips.append(
            (
                "soon",
                words.trn(
                    "{count} purchase noted, will be credited",
                    "{count} purchases noted, will be credited",
                    pending,
                    count=words.number(pending),
                ),
                None,
            )
        )
    return chips


def _meaning(canvas: Canvas, model: Model) -> Spans | str:
    member, words = model.member, canvas.words
    if member.points is None:
        # Of the cards that lie there only a contact chip proves nothing: it tells its printed number.
        if model.state.tap_id and model.state.card_on_reader == model.state.tap_id:
            return words.tr("This card shows a range only.")
        return words.tr("A number alone shows a range only.")
    if member.worth_minor > 0:
        worth, spending = words.money(member.worth_minor, model.currency), member.spending
        if spending is None:
            return words.rich("that is a voucher of {worth}", worth=worth)
        if not spending.most:
            return words.rich("{worth}, with a chip card", worth=worth)
        most = words.number(spending.most)
        return words.rich(
            "{worth}; this card pays with {points} points at most at a time", worth=worth, points=most
        )
    return ""


def _head_styles(canvas: Canvas) -> tuple[Style, Style, Style]:
    m, p = canvas.metrics, canvas.palette
    return (
        Style(size=m.body, weight=600, colour=p.muted, line_percent=120),
        Style(size=m.number, weight=700, colour=p.ink, line_percent=100, least_percent=45),
        Style(
            size=m.body,
            colour=p.muted,
            strong=p.ink,
            strong_weight=700,
            line_percent=118 if m.is_small else 132,
        ),
    )


def _beside_label(canvas: Canvas, model: Model, width: int) -> int:
    """The width for a chip beside the label, 0 where none stands there.

    On a small screen a single short chip does, and saves a row; rather a little smaller than in a row.
    """
    m, chips = canvas.metrics, _chips(canvas, model)
    if not m.is_small or len(chips) != 1:
        return 0
    label, _, _ = _head_styles(canvas)
    taken = canvas.kit.fonts.width(_whose(canvas, model), label.weight, label.size) + m.gap // 2
    tried = replace(canvas, shortened=[])
    block, chip_width, _ = chip_size(tried, chips[0][1], max_width=width - taken, lines=1)
    is_large = block.style.size * 100 >= m.note * _BESIDE_LEAST
    return width - taken if is_large and not tried.shortened and chip_width <= width - taken else 0


def _below_chip(canvas: Canvas, model: Model, width: int) -> int:
    """What the figure moves down so that a chip beside the label stands clear of its digits."""
    beside = _beside_label(canvas, model, width)
    if not beside:
        return 0
    m = canvas.metrics
    label, number, _ = _head_styles(canvas)
    title_height = label.size * label.line_percent // 100
    _, _, chip_height = chip_size(canvas, _chips(canvas, model)[0][1], max_width=beside, lines=1)
    block = canvas.block(_figure(canvas, model), number, width)
    digits = title_height + (block.line_height - block.style.size * CAP_HEIGHT_PERMILLE // 1000) // 2
    chip_bottom = title_height // 2 - chip_height // 2 + chip_height
    return max(0, chip_bottom + m.gap * 4 // 5 - digits)


def _head_height(canvas: Canvas, model: Model, width: int) -> int:
    m = canvas.metrics
    label, number, meaning = _head_styles(canvas)
    height = label.size * label.line_percent // 100 + number.size + m.gap // 2
    height += _below_chip(canvas, model, width)
    said = _meaning(canvas, model)
    if said:
        height += canvas.block(said, meaning, width, lines=2, is_even=True).height
    if not _beside_label(canvas, model, width):
        for _, text, _ in _chips(canvas, model):
            height += chip_size(canvas, text, max_width=width)[2] + m.gap // 2
    return height


def _draw_head(canvas: Canvas, model: Model, rect: pygame.Rect) -> None:
    m = canvas.metrics
    label, number, meaning = _head_styles(canvas)
    title = _whose(canvas, model)
    chips = _chips(canvas, model)
    beside = _beside_label(canvas, model, rect.width)
    if beside:
        tone, text, action = chips.pop()
        _, width, height = chip_size(canvas, text, max_width=beside, lines=1)
        middle = rect.top + label.size * label.line_percent // 200
        top = middle - height // 2
        left = rect.right - width
        draw_chip(canvas, text, left, top, tone=tone, max_width=beside, action=action, lines=1)
    top = canvas.text(title, label, rect) + _below_chip(canvas, model, rect.width)
    top = canvas.text(_figure(canvas, model), number, pygame.Rect(rect.left, top, rect.width, number.size))
    top += m.gap // 2
    left, row = rect.left, 0
    for tone, text, action in chips:
        _, width, _ = chip_size(canvas, text, max_width=rect.width)
        if left > rect.left and left + width > rect.right:
            left, top, row = rect.left, top + row + m.gap // 2, 0
        drawn = draw_chip(canvas, text, left, top, tone=tone, max_width=rect.width, action=action)
        left, row = drawn.right + m.gap // 2, drawn.height
    top += row + m.gap // 2 if row else 0
    said = _meaning(canvas, model)
    if said:
        place = pygame.Rect(rect.left, top, rect.width, rect.height)
        canvas.text(said, meaning, place, lines=2, is_even=True)


# What comes next: the milestone and what expires ------------------------------------------------------------


def _milestone(canvas: Canvas, model: Model) -> Spans | None:
    words, member = canvas.words, model.member
    goal, points = member.milestone, model.points_shown
    if goal is None or points is None or goal.points <= 0:
        return None
    worth = words.money(goal.worth_minor, model.currency)
    missing = goal.points - points
    if missing <= 0:
        return words.rich("A voucher of {worth} is yours", worth=worth)
    return words.richn(
        "{points} more point to a voucher of {worth}",
        "{points} more points to a voucher of {worth}",
        missing,
        points=words.number(missing),
        worth=worth,
    )


def _expiring(canvas: Canvas, model: Model) -> str:
    words, expiring = canvas.words, model.member.expiring
    if expiring is None or expiring.points <= 0:
        return ""
    day = words.day_of_year(date.fromisoformat(expiring.last_day), today=model.today)
    return words.trn(
        "{points} point expires on {day}",
        "{points} points expire on {day}",
        expiring.points,
        points=words.number(expiring.points),
        day=day,
    )


def _ending_tone(model: Model) -> Tone:
    """Amber is for what ends soon; the rest is told, and alarms nobody."""
    ending = model.member.expiring
    assert ending is not None, "points that never expire"
    is_soon = (date.fromisoformat(ending.last_day) - model.today).days < POINTS_END_SOON_DAYS
    return "soon" if is_soon else "brand"


def _goal_style(canvas: Canvas) -> Style:
    m, p = canvas.metrics, canvas.palette
    size = m.note if m.is_small else m.note * 11 // 10
    return Style(size=size, colour=p.ink, strong_weight=700, line_percent=128)


def _bar_height(canvas: Canvas) -> int:
    return canvas.metrics.note * 8 // 10


def _to_chip(canvas: Canvas) -> int:
    return canvas.metrics.gap * (7 if canvas.metrics.is_small else 10) // 10


def _foot_height(canvas: Canvas, model: Model, width: int) -> int:
    m = canvas.metrics
    goal, expiring = _milestone(canvas, model), _expiring(canvas, model)
    height = 0
    if goal:
        block = canvas.block(goal, _goal_style(canvas), width, lines=2)
        height += block.height + m.gap // 2 + _bar_height(canvas)
    if expiring:
        height += chip_size(canvas, expiring, max_width=width)[2] + (_to_chip(canvas) if goal else 0)
    return height


def _draw_foot(canvas: Canvas, model: Model, rect: pygame.Rect) -> None:
    m, p = canvas.metrics, canvas.palette
    goal, expiring, milestone = _milestone(canvas, model), _expiring(canvas, model), model.member.milestone
    top = rect.top
    if goal and milestone:
        top = canvas.text(goal, _goal_style(canvas), rect, lines=2) + m.gap // 2
        bar = pygame.Rect(rect.left, top, rect.width, _bar_height(canvas))
        done = (model.points_shown or 0) * 1000 // milestone.points
        fraction_bar(canvas.surface, bar, done, fill=p.brand, ground=p.tint, sprites=canvas.kit.sprites)
        top = bar.bottom + _to_chip(canvas)
    if expiring:
        draw_chip(canvas, expiring, rect.left, top, tone=_ending_tone(model), max_width=rect.width)
