"""Why these points? Asked from a ticket on the screen, answered by the agent, then forgotten (R-23)."""

from dataclasses import replace

import msgspec

from kiosk.flow.effects import PlaySound, Send, Sound
from kiosk.flow.ids import next_id
from kiosk.flow.sessions import Step
from kiosk.flow.state import COVERS, WHY_ROWS, Action, Asked, PinPad, Screen, State
from loyalty.limits.kiosk import KIOSK_TICKETS_PER_PAGE, KIOSK_WHY_LINES_PER_PAGE
from wire.messages import AskWhy, MemberView, Ticket, Why


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


def is_waiting(asked: Asked | None) -> bool:
    """Whether an answer is still to come."""
    return asked is not None and asked.answer is None


def show_why(state: State, action: Action, now_ms: int) -> Step:
    """Ask about the touched ticket; what is known of it is shown at once."""
    member = state.session.member if state.session else None
    ticket = _touched_ticket(member, action, state.page) if member else None
    if ticket is None:
        return replace(state, touched_ms=now_ms), ()
    state, ask = ask_about(state, ticket, came_from=state.screen, now_ms=now_ms)
    return state, (ask, PlaySound(Sound.TOUCH))


def ask_about(state: State, ticket: Ticket, *, came_from: Screen, now_ms: int) -> tuple[State, Send]:
    """Ask about a ticket, and show that it is asked."""
    requests = state.requests + 1
    request_id = next_id(state, "why")
    asked = Asked(ticket=ticket, request_id=request_id, asked_ms=now_ms, came_from=came_from)
    state = replace(
        state, screen=Screen.WHY, entered_ms=now_ms, touched_ms=now_ms, requests=requests, asked=asked
    )
    return state, Send(AskWhy(request_id=request_id, session_id=state.session_id, sale_id=ticket.sale_id))


def _touched_ticket(member: MemberView, action: Action, page: int) -> Ticket | None:
    if action is Action.WHY_TODAY:
        return ticket_behind_today(member)
    at = page * KIOSK_TICKETS_PER_PAGE + WHY_ROWS.index(action)
    ticket = next(iter(latest_first(member)[at : at + 1]), None)
    return ticket if ticket is not None and is_explained(member, ticket) else None


def why_told(state: State, told: Why, _now_ms: int) -> Step:
    """The answer, or more lines of it; one to another question, or one that was over, is not for us."""
    asked = state.asked
    if asked is None or told.request_id != asked.request_id:
        return state, ()
    if asked.answer is not None:
        if asked.answer.is_last:
            return state, ()
        lines = (*asked.answer.lines, *told.lines)
        told = msgspec.structs.replace(asked.answer, lines=lines, is_last=told.is_last)
    return replace(state, asked=replace(asked, answer=told)), ()


def turn_lines(state: State, action: Action, now_ms: int) -> Step:
    """Earlier or later lines, as far as there are any."""
    asked = state.asked
    if asked is None or asked.answer is None:
        return replace(state, touched_ms=now_ms), ()
    last = max(0, (len(asked.answer.lines) - 1) // KIOSK_WHY_LINES_PER_PAGE)
    page = min(max(asked.page + (1 if action is Action.OLDER else -1), 0), last)
    return replace(state, asked=replace(asked, page=page), touched_ms=now_ms), ()


def nobody_told_why(state: State) -> Step:
    """The answer did not come in time."""
    assert state.asked is not None
    answer = Why(request_id=state.asked.request_id, trouble="central_unreachable")
    return replace(state, asked=replace(state.asked, answer=answer)), ()


def keep_only_shown(state: State) -> State:
    """Forget question and answer unless on the screen, or covered; a PIN leaves with its pad, a journey with
    its screens.
    """
    if state.screen not in (Screen.PIN, Screen.DETAILS_PIN, Screen.REPLACE_PIN) and state.pad != PinPad():
        state = replace(state, pad=PinPad())
    is_covered = state.screen in COVERS or state.screen is Screen.TILL_ASKS
    shown = state.behind if is_covered else state.screen
    if state.journey is not None and shown not in state.journey.screens:
        state = replace(state, journey=None)
    if state.asked is None or shown in (Screen.WHY, Screen.PIN):
        return state
    return replace(state, asked=None)
