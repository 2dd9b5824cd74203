"""Why these points? Asked from a ticket on the screen, answered by the agent, then forgotten (R-23)."""

from dataclasses import dataclass, replace

import msgspec

from kiosk.flow.effects import PlaySound, Sound
from kiosk.flow.journeys.base import Journey, ask, go, is_answer_awaited, page_of
from kiosk.flow.pin_pad import open_pad
from kiosk.flow.sessions import Step
from kiosk.flow.state import WHY_ROWS, Action, JourneyPage, Screen, State
from loyalty.limits.kiosk import KIOSK_TICKETS_PER_PAGE, KIOSK_WHY_LINES_PER_PAGE
from wire.messages import MemberView, Ticket
from wire.why import AskWhy, Why


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyPage(JourneyPage):
    """The ticket, where it was touched, and the answer once it is here. `number`: of the page of lines."""

    screens = frozenset({Screen.WHY, Screen.PIN})
    ticket: Ticket
    came_from: Screen
    answer: Why | None = None
    number: int = 0


def latest_first(member: MemberView) -> tuple[Ticket, ...]:
    """The member's last tickets as they are listed."""
    return tuple(sorted(member.tickets, key=lambda ticket: -ticket.occurred_ms))


def is_explained(member: MemberView, ticket: Ticket) -> bool:
    """Whether a ticket can be asked about. A return can not: it takes back what its sale explains."""
    return member.may_see_tickets and bool(ticket.sale_id) and ticket.total_minor >= 0


def ticket_behind_today(member: MemberView) -> Ticket | None:
    """The latest ticket, if it alone gave today's points; None where the list has to be asked."""
    latest = next(iter(latest_first(member)), None)
    if latest is None or not member.points_today or latest.points != member.points_today:
        return None
    return latest if is_explained(member, latest) else None


def show_why(state: State, action: Action, now_ms: int) -> Step:
    """Ask about the touched ticket; what is known of it is shown at once."""
    member = state.session.member if state.session else None
    ticket = _touched_ticket(member, action, state.page) if member else None
    if ticket is None:
        return replace(state, touched_ms=now_ms), ()
    state, effects = _ask_about(state, WhyPage(ticket=ticket, came_from=state.screen), now_ms)
    return state, (*effects, PlaySound(Sound.TOUCH))


def _ask_about(state: State, page: WhyPage, now_ms: int) -> Step:
    session_id, sale_id = state.session_id, page.ticket.sale_id
    return ask(
        go(state, Screen.WHY, page, now_ms=now_ms),
        page,
        lambda asked: AskWhy(request_id=asked, session_id=session_id, sale_id=sale_id),
        now_ms=now_ms,
        only_reads=True,
    )


def _touched_ticket(member: MemberView, action: Action, page: int) -> Ticket | None:
    if action is Action.WHY_TODAY:
        return ticket_behind_today(member)
    at = page * KIOSK_TICKETS_PER_PAGE + WHY_ROWS.index(action)
    ticket = next(iter(latest_first(member)[at : at + 1]), None)
    return ticket if ticket is not None and is_explained(member, ticket) else None


def _told(state: State, told: Why, _now_ms: int) -> Step:
    """The answer, or more lines of it: the question stands until the last are there."""
    page, request_id = page_of(state, WhyPage), told.request_id
    if page.answer is not None:
        lines = (*page.answer.lines, *told.lines)
        told = msgspec.structs.replace(page.answer, lines=lines, is_last=told.is_last)
    page = replace(page, answer=told, request_id="" if told.is_last else request_id)
    return replace(state, journey=page), ()


def _unanswered(state: State, _now_ms: int) -> Step:
    """Nothing came in time; the lines that are there stay."""
    page = page_of(state, WhyPage)
    if page.answer is None:
        page = replace(page, answer=Why(request_id="", trouble="central_unreachable"))
    return replace(state, journey=page), ()


def _turn_lines(state: State, action: Action, now_ms: int) -> Step:
    """Earlier or later lines, as far as there are any."""
    page = page_of(state, WhyPage)
    last = max(0, (len(page.answer.lines) if page.answer else 0) - 1) // KIOSK_WHY_LINES_PER_PAGE
    number = min(max(page.number + (1 if action is Action.OLDER else -1), 0), last)
    return replace(state, journey=replace(page, number=number), touched_ms=now_ms), ()


def _back(state: State, _action: Action, now_ms: int) -> Step:
    return go(state, page_of(state, WhyPage).came_from, None, now_ms=now_ms), ()


# The articles -----------------------------------------------------------------------------------------------


def may_ask(state: State) -> bool:
    """Whether a PIN would show more of the ticket on the screen."""
    member = state.session.member if state.session else None
    return member is not None and member.asks_pin and not is_answer_awaited(state)


def _show_names(state: State, _action: Action, now_ms: int) -> Step:
    """From a ticket to its articles."""
    if not may_ask(state):
        return replace(state, touched_ms=now_ms), ()
    return open_pad(state, page_of(state, WhyPage), now_ms=now_ms)


def _with_pin(state: State, now_ms: int) -> Step:
    """The ticket is asked about once more, and now names its articles."""
    page = page_of(state, WhyPage)
    return _ask_about(state, WhyPage(ticket=page.ticket, came_from=page.came_from), now_ms)


def _without_pin(state: State, _action: Action, now_ms: int) -> Step:
    """Back to the ticket, without its articles."""
    return go(state, Screen.WHY, page_of(state, WhyPage), now_ms=now_ms), ()


JOURNEY = Journey(
    touches={
        Screen.WHY: {
            Action.BACK: _back,
            Action.OLDER: _turn_lines,
            Action.NEWER: _turn_lines,
            Action.SHOW_NAMES: _show_names,
        },
    },
    told={Why: _told},
    unanswered=_unanswered,
    with_pin=_with_pin,
    without_pin=_without_pin,
)
