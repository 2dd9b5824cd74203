"""How the terminal is, for staff: six facts in words, each with a tick or a mark; a test page."""

from dataclasses import dataclass

import pygame

from kiosk.flow.journeys.looking_after import LookingPage, may_print
from kiosk.flow.state import Action
from kiosk.screens.frame import draw_idle_header
from kiosk.screens.message import content_rect
from kiosk.screens.model import Model
from kiosk.screens.moments import moment
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.controls import Button, draw_bar
from kiosk.widgets.icons import Icon, draw_icon
from wire.messages import AgentState
from wire.printing import PrinterCondition, PrintOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fact:
    name: str
    said: str
    is_well: bool = True


def draw(canvas: Canvas, model: Model) -> None:
    """Two columns, upright one."""
    m, tr = canvas.metrics, canvas.words.tr
    page, agent = model.state.journey, model.agent
    assert isinstance(page, LookingPage), "how the terminal is, without its page"
    assert agent is not None, "a card of staff without an agent"
    draw_idle_header(canvas, model)
    room, gap = content_rect(canvas), m.gap // 2
    facts = _facts(canvas, model, agent, page)
    columns = 1 if m.is_portrait else 2
    lines = len(facts) // columns
    width = (room.width - gap * (columns - 1)) // columns
    height = min((room.height - gap * (lines - 1)) // lines, m.bar * 15 // 10)
    for at, fact in enumerate(facts):
        left = room.left + at % columns * (width + gap)
        top = room.top + at // columns * (height + gap)
        _draw_fact(canvas, fact, pygame.Rect(left, top, width, height))
    is_free = page.printing != "asked"
    draw_bar(
        canvas,
        Button(action=Action.BACK, label=tr("Back"), icon="left", is_enabled=is_free),
        Button(
            action=Action.PRINT,
            label=tr("Print a test page"),
            kind="primary",
            icon="printer",
            is_enabled=may_print(model.state),
        ),
        Button(action=Action.FINISH, label=tr("Finish")),
    )


def _draw_fact(canvas: Canvas, fact: _Fact, rect: pygame.Rect) -> None:
    m, p = canvas.metrics, canvas.palette
    canvas.panel(rect)
    size = m.icon * 3 // 2
    badge = pygame.Rect(rect.left + m.pad // 2, rect.centery - size // 2, size, size)
    ink = p.brand_text if fact.is_well else p.soon_text
    canvas.panel(badge, fill=p.tint if fact.is_well else p.soon_tint, radius=size // 2)
    icon: Icon = "check" if fact.is_well else "notice"
    draw_icon(canvas.surface, icon, badge.center, size * 6 // 10, ink, sprites=canvas.kit.sprites)
    left = badge.right + m.pad // 2
    width = rect.right - m.pad // 2 - left
    name = Style(size=m.note, colour=p.muted, line_percent=124)
    said = Style(
        size=m.title * 115 // 100, weight=600, colour=p.ink if fact.is_well else ink, line_percent=118
    )
    first = canvas.block(fact.name, name, width)
    second = canvas.block(fact.said, said, width, lines=2)
    top = canvas.put(first, left, rect.centery - (first.height + second.height) // 2)
    canvas.put(second, left, top)


# The facts --------------------------------------------------------------------------------------------------


def _facts(canvas: Canvas, model: Model, agent: AgentState, page: LookingPage) -> tuple[_Fact, ...]:
    """The reader has read this very card: without it the page would have closed."""
    words, tr, waiting = canvas.words, canvas.words.tr, agent.outbox_depth
    said = words.trn("{count} ticket", "{count} tickets", waiting, count=words.number(waiting))
    return (
        _central(canvas, model, agent),
        _Fact(name=tr("Card reader"), said=tr("It has read your card")),
        _printer(canvas, agent, page),
        _Fact(name=tr("Waiting to be sent"), said=said if waiting else tr("None"), is_well=not waiting),
        _offline(canvas, model, agent),
        _Fact(name=tr("Software version"), said=agent.version or "–"),
    )


def _central(canvas: Canvas, model: Model, agent: AgentState) -> _Fact:
    tr = canvas.words.tr
    name = tr("Central service")
    if agent.link == "up":
        return _Fact(name=name, said=tr("Connected"))
    if agent.link == "connecting":
        return _Fact(name=name, said=tr("Connecting…"), is_well=False)
    since = tr("Away since {moment}", moment=moment(canvas, model, agent.link_since_ms))
    return _Fact(name=name, said=since, is_well=False)


def _offline(canvas: Canvas, model: Model, agent: AgentState) -> _Fact:
    """How old it is that works without central: the older of prices and blocked cards."""
    tr, told = canvas.words.tr, agent.offline
    name = tr("Data for working offline")
    if told is None or not (told.bundle_ms and told.hot_list_ms):
        return _Fact(name=name, said=tr("Not there yet"), is_well=False)
    of_ms = min(told.bundle_ms, told.hot_list_ms)
    at = moment(canvas, model, of_ms)
    if told.is_bundle_usable and told.may_redeem:
        return _Fact(name=name, said=tr("As of {moment}", moment=at))
    return _Fact(name=name, said=tr("Too old: as of {moment}", moment=at), is_well=False)


def _printer(canvas: Canvas, agent: AgentState, page: LookingPage) -> _Fact:
    """How the test page ended, where one was asked for; else what the printer says of itself."""
    tr, printer = canvas.words.tr, agent.printer
    name = tr("Printer")
    if page.printing == "asked":
        return _Fact(name=name, said=tr("It is being printed…"))
    if page.printing:
        return _Fact(
            name=name,
            said=ended(canvas, page.printing, done=tr("The test page is printed")),
            is_well=page.printing == "printed",
        )
    if printer is None:
        return _Fact(name=name, said=tr("This terminal has none"))
    return _Fact(name=name, said=_condition(canvas, printer.condition), is_well=printer.condition == "ready")


def _condition(canvas: Canvas, condition: PrinterCondition) -> str:
    tr = canvas.words.tr
    match condition:
        case "ready":
            return tr("Ready")
        case "paper_low":
            return tr("Little paper left: have a roll at hand")
        case "paper_out":
            return tr("No paper: put in a roll")
        case "cover_open":
            return tr("The cover is open: close it")
        case "offline":
            return tr("It is off, or its cable is out")
        case "error":
            return tr("It does not work: switch it off and on")


def ended(canvas: Canvas, outcome: PrintOutcome, *, done: str) -> str:
    """How a paper that staff asked for ended; `done`: that it lies in the tray."""
    tr = canvas.words.tr
    match outcome:
        case "printed":
            return done
        case "uncertain":
            return tr("Look at the paper: perhaps it was printed")
        case "paper_out" | "cover_open" | "offline":
            return _condition(canvas, outcome)
        case "busy":
            return tr("Too many slips wait: try again in a moment")
        case "no_printer":
            return tr("This terminal has none")
        case "not_here" | "not_now" | "central_unreachable":
            return tr("It was not printed: hold your card there again")
