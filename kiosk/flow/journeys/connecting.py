"""A person of staff connects a till: their code first, where they have one (P-12); the rest is the flow's."""

from dataclasses import dataclass, replace

from kiosk.flow import pin_pad
from kiosk.flow.journeys.base import Journey, Tile, ask, go, is_answer_awaited, page_of
from kiosk.flow.journeys.menu import open_staff_menu
from kiosk.flow.pairing_tills import may_pair, open_code
from kiosk.flow.sessions import Step
from kiosk.flow.state import DIGITS, Action, JourneyPage, PinPad, Screen, State
from loyalty.limits.cards import PIN_DIGITS_MIN
from wire.looking_after import EnterStaffPin
from wire.messages import PinTold


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
    page, typed = page_of(state, StaffPinPage), state.pad.typed
    if page.request_id or len(typed) < PIN_DIGITS_MIN:
        return replace(state, touched_ms=now_ms), ()
    session_id = state.session_id
    return ask(
        replace(state, pad=PinPad()),
        page,
        lambda request_id: EnterStaffPin(request_id=request_id, session_id=session_id, pin=typed),
        now_ms=now_ms,
    )


def _with_pin(state: State, now_ms: int) -> Step:
    """Right: the agent's state came first, and its session asks for no code any more."""
    state, _ = open_staff_menu(state, Action.BACK, now_ms)
    return open_code(state, Action.PAIR_TILL, now_ms)


def _unanswered(state: State, now_ms: int) -> Step:
    return pin_pad.refused(state, PinTold(request_id="", outcome="central_unreachable"), now_ms)


def _back(state: State, action: Action, now_ms: int) -> Step:
    if is_answer_awaited(state):
        return replace(state, touched_ms=now_ms), ()
    return open_staff_menu(state, action, now_ms)


JOURNEY = Journey(
    touches={
        Screen.STAFF_PIN: {
            **dict.fromkeys(DIGITS, pin_pad.type_digit),
            Action.ERASE: pin_pad.erase,
            Action.SEND_PIN: _send,
            Action.BACK: _back,
        },
    },
    with_pin=_with_pin,
    unanswered=_unanswered,
    staff_tiles=(Tile(action=Action.PAIR_TILL, enter=_open, is_offered=may_pair),),
)
