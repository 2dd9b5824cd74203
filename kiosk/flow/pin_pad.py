"""The PIN pad: digits that are forgotten as soon as they are sent, or the pad is left; then the articles."""

from dataclasses import replace

from kiosk.flow.asking_why import ask_about
from kiosk.flow.effects import PlaySound, Send, Sound
from kiosk.flow.ids import next_id
from kiosk.flow.sessions import Step
from kiosk.flow.state import DIGITS, Action, PinPad, Screen, State
from loyalty.limits.cards import PIN_DIGITS_MAX, PIN_DIGITS_MIN
from wire.messages import EnterPin, PinTold


def may_ask(state: State) -> bool:
    """Whether a PIN would show more of the ticket on the screen."""
    member = state.session.member if state.session else None
    return member is not None and member.asks_pin and state.asked is not None


def show_pad(state: State, _action: Action, now_ms: int) -> Step:
    """From a ticket to its articles."""
    if not may_ask(state):
        return replace(state, touched_ms=now_ms), ()
    return replace(state, screen=Screen.PIN, entered_ms=now_ms, touched_ms=now_ms, pad=PinPad()), ()


def type_digit(state: State, action: Action, now_ms: int) -> Step:
    """One digit more, as far as a PIN goes; not while an answer is awaited."""
    state = replace(state, touched_ms=now_ms)
    if state.pad.request_id or len(state.pad.typed) >= PIN_DIGITS_MAX:
        return state, ()
    return replace(state, pad=PinPad(typed=state.pad.typed + DIGITS[action])), ()


def erase(state: State, _action: Action, now_ms: int) -> Step:
    """The last digit goes."""
    state = replace(state, touched_ms=now_ms)
    return (state if state.pad.request_id else replace(state, pad=PinPad(typed=state.pad.typed[:-1]))), ()


def send(state: State, _action: Action, now_ms: int) -> Step:
    """Enough digits go to the agent, and are forgotten here."""
    state, typed = replace(state, touched_ms=now_ms), state.pad.typed
    if state.pad.request_id or len(typed) < PIN_DIGITS_MIN:
        return state, ()
    requests = state.requests + 1
    request_id = next_id(state, "pin")
    state = replace(state, requests=requests, pad=PinPad(request_id=request_id, sent_ms=now_ms))
    return state, (Send(EnterPin(request_id=request_id, session_id=state.session_id, pin=typed)),)


def judged(state: State, told: PinTold, now_ms: int) -> Step:
    """Right: the ticket is asked about once more, and now names its articles. Else say what is wrong."""
    if not state.pad.request_id or told.request_id != state.pad.request_id:
        return state, ()
    state = replace(state, touched_ms=now_ms)
    if told.outcome == "right" and state.asked is not None:
        state, ask = ask_about(state, state.asked.ticket, came_from=state.asked.came_from, now_ms=now_ms)
        return state, (ask, PlaySound(Sound.SUCCESS))
    pad = PinPad(trouble=told.outcome, tries_left=told.tries_left)
    return replace(state, pad=pad), (PlaySound(Sound.REFUSAL),)


def nobody_judged(state: State, now_ms: int) -> Step:
    """The answer did not come in time."""
    state = replace(state, touched_ms=now_ms, pad=PinPad(trouble="central_unreachable"))
    return state, (PlaySound(Sound.REFUSAL),)


def leave(state: State, _action: Action, now_ms: int) -> Step:
    """Back to the ticket, without its articles."""
    return replace(state, screen=Screen.WHY, entered_ms=now_ms, touched_ms=now_ms), ()
