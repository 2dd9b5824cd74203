"""The PIN pad: digits that are forgotten as soon as they are sent, or the pad is left.

Any journey may open it for its page; what follows a right PIN, and the way back, are the journey's
(`with_pin`, `without_pin`).
"""

from dataclasses import replace

from kiosk.flow.effects import PlaySound, Sound
from kiosk.flow.journeys.base import ask, go, is_answer_awaited
from kiosk.flow.sessions import Step
from kiosk.flow.state import DIGITS, Action, JourneyPage, PinPad, Screen, State
from loyalty.limits.cards import PIN_DIGITS_MAX, PIN_DIGITS_MIN
from wire.messages import EnterPin, PinTold


def open_pad(state: State, page: JourneyPage, *, now_ms: int) -> Step:
    """Ask for the PIN; `page` is kept meanwhile, and has `Screen.PIN` among its screens."""
    return replace(go(state, Screen.PIN, page, now_ms=now_ms), pad=PinPad()), ()


def type_digit(state: State, action: Action, now_ms: int) -> Step:
    """One digit more, as far as a PIN goes; not while an answer is awaited."""
    state = replace(state, touched_ms=now_ms)
    if is_answer_awaited(state) or len(state.pad.typed) >= PIN_DIGITS_MAX:
        return state, ()
    return replace(state, pad=PinPad(typed=state.pad.typed + DIGITS[action])), ()


def erase(state: State, _action: Action, now_ms: int) -> Step:
    """The last digit goes."""
    state = replace(state, touched_ms=now_ms)
    if is_answer_awaited(state):
        return state, ()
    return replace(state, pad=PinPad(typed=state.pad.typed[:-1])), ()


def send(state: State, _action: Action, now_ms: int) -> Step:
    """Enough digits go to the agent, and are forgotten here."""
    page, typed, session_id = state.journey, state.pad.typed, state.session_id
    if page is None or page.request_id or len(typed) < PIN_DIGITS_MIN:
        return replace(state, touched_ms=now_ms), ()
    return ask(
        replace(state, pad=PinPad()),
        page,
        lambda asked: EnterPin(request_id=asked, session_id=session_id, pin=typed),
        now_ms=now_ms,
    )


def refused(state: State, told: PinTold, now_ms: int) -> Step:
    """It is not right, or could not be judged: said, and typed anew."""
    pad = PinPad(trouble=told.outcome, tries_left=told.tries_left)
    return replace(state, pad=pad, touched_ms=now_ms), (PlaySound(Sound.REFUSAL),)
