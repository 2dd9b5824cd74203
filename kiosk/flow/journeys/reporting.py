"""A ticket that is not right goes to head office with two touches, from its explanation (C-34)."""

from dataclasses import dataclass, replace

from kiosk.flow.effects import PlaySound, Sound
from kiosk.flow.journeys.asking_why import WhyPage
from kiosk.flow.journeys.base import Journey, ask, go, is_answer_awaited, page_of
from kiosk.flow.sessions import Step
from kiosk.flow.state import Action, JourneyPage, Screen, State
from wire.messages import Ticket
from wire.my_value import ReportTicket, ReportTold


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPage(JourneyPage):
    """Which ticket, where its explanation was asked for, and what was told; None before."""

    screens = frozenset({Screen.REPORT})
    ticket: Ticket
    came_from: Screen
    told: ReportTold | None = None


def may_report(state: State) -> bool:
    """Whether the explanation on the screen can be called wrong: once it is there."""
    page = state.journey
    return isinstance(page, WhyPage) and page.answer is not None and bool(page.ticket.sale_id)


def open_report(state: State, _action: Action, now_ms: int) -> Step:
    """From a ticket's explanation."""
    if not may_report(state):
        return replace(state, touched_ms=now_ms), ()
    why = page_of(state, WhyPage)
    page = ReportPage(ticket=why.ticket, came_from=why.came_from)
    return go(state, Screen.REPORT, page, now_ms=now_ms), ()


def _agree(state: State, _action: Action, now_ms: int) -> Step:
    page, session_id = page_of(state, ReportPage), state.session_id
    if is_answer_awaited(state) or (page.told is not None and page.told.state):
        return replace(state, touched_ms=now_ms), ()
    return ask(
        state,
        replace(page, told=None),
        lambda asked: ReportTicket(request_id=asked, session_id=session_id, sale_id=page.ticket.sale_id),
        now_ms=now_ms,
    )


def _told(state: State, told: ReportTold, now_ms: int) -> Step:
    page = replace(page_of(state, ReportPage), told=told)
    sound = Sound.REFUSAL if told.trouble else Sound.SUCCESS
    return replace(state, journey=page, touched_ms=now_ms), (PlaySound(sound),)


def _unanswered(state: State, now_ms: int) -> Step:
    return _told(state, ReportTold(request_id="", trouble="central_unreachable"), now_ms)


def _back(state: State, _action: Action, now_ms: int) -> Step:
    page = page_of(state, ReportPage)
    if is_answer_awaited(state):
        return replace(state, touched_ms=now_ms), ()
    return replace(state, screen=page.came_from, entered_ms=now_ms, touched_ms=now_ms), ()


JOURNEY = Journey(
    touches={
        Screen.REPORT: {Action.AGREE: _agree, Action.BACK: _back},
    },
    told={ReportTold: _told},
    unanswered=_unanswered,
)
