"""The PIN pad: digits that are forgotten as soon as they are sent, or the pad is left.

Any journey may open it for its page; what follows a right PIN, and the way back, are the journey's
(`with_pin`, `without_pin`).
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from kiosk.flow.effects import PlaySound, Sound
from kiosk.flow.journeys.base import Touch, ask, go, is_answer_awaited
from kiosk.flow.sessions import Step
from kiosk.flow.state import DIGITS, Action, JourneyPage, PinPad, Screen, State
from loyalty.limits.cards import PIN_DIGITS_MAX, PIN_DIGITS_MIN
from wire.messages import EnterPin, FromKiosk, PinTold


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


KEYS: Final[Mapping[Action, Touch]] = {**dict.fromkeys(DIGITS, type_digit), Action.ERASE: erase}
"""What the keys of a pad do; sending and going back are of each screen."""


def send(state: State, _action: Action, now_ms: int) -> Step:
    """The member's PIN goes to the agent."""
    session_id = state.session_id
    return send_typed(
        state, lambda asked, pin: EnterPin(request_id=asked, session_id=session_id, pin=pin), now_ms=now_ms
    )


def send_typed(state: State, make: Callable[[str, str], FromKiosk], *, now_ms: int) -> Step:
    """Enough digits go to the agent in what `make(request_id, digits)` builds, and are forgotten here."""
    page, typed = state.journey, state.pad.typed
    if page is None or page.request_id or len(typed) < PIN_DIGITS_MIN:
        return replace(state, touched_ms=now_ms), ()
    return ask(replace(state, pad=PinPad()), page, lambda asked: make(asked, typed), now_ms=now_ms)


def refused(state: State, told: PinTold, now_ms: int) -> Step:
    """It is not right, or could not be judged: said, and typed anew."""
    pad = PinPad(trouble=told.outcome, tries_left=told.tries_left)
    return replace(state, pad=pad, touched_ms=now_ms), (PlaySound(Sound.REFUSAL),)


def unanswered(state: State, now_ms: int) -> Step:
    """Nobody judged it: said, and typed anew."""
    return refused(state, PinTold(request_id="", outcome="central_unreachable"), now_ms)
