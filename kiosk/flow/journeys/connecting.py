"""A person of staff connects a till: their code first, where they have one (P-12); the rest is the flow's."""

from dataclasses import dataclass, replace

from kiosk.flow import pin_pad
from kiosk.flow.journeys.base import Journey, Tile, go, is_answer_awaited
from kiosk.flow.journeys.menu import open_staff_menu
from kiosk.flow.pairing_tills import may_pair, open_code
from kiosk.flow.sessions import Step
from kiosk.flow.state import Action, JourneyPage, PinPad, Screen, State
from wire.looking_after import EnterStaffPin


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffPinPage(JourneyPage):
    """What was typed is in `State.pad`."""

    screens = frozenset({Screen.STAFF_PIN})


def _open(state: State, action: Action, now_ms: int) -> Step:
    staff = state.session.staff if state.session else None
    if staff is None or not staff.asks_pin or state.request_id:
        return open_code(state, action, now_ms)
    state = replace(state, is_wish_refused=False, pad=PinPad())
    return go(state, Screen.STAFF_PIN, StaffPinPage(), now_ms=now_ms), ()


def _send(state: State, _action: Action, now_ms: int) -> Step:
    session_id = state.session_id
    return pin_pad.send_typed(
        state,
        lambda asked, pin: EnterStaffPin(request_id=asked, session_id=session_id, pin=pin),
        now_ms=now_ms,
    )


def _with_pin(state: State, now_ms: int) -> Step:
    """Right: the agent's state came first, and its session asks for no code any more."""
    state, _ = open_staff_menu(state, Action.BACK, now_ms)
    return open_code(state, Action.PAIR_TILL, now_ms)


def _back(state: State, action: Action, now_ms: int) -> Step:
    if is_answer_awaited(state):
        return replace(state, touched_ms=now_ms), ()
    return open_staff_menu(state, action, now_ms)


JOURNEY = Journey(
    touches={
        Screen.STAFF_PIN: {
            **pin_pad.KEYS,
            Action.SEND_PIN: _send,
            Action.BACK: _back,
        },
    },
    with_pin=_with_pin,
    unanswered=pin_pad.unanswered,
    staff_tiles=(Tile(action=Action.PAIR_TILL, enter=_open, is_offered=may_pair),),
)
