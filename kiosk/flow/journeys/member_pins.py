"""A clerk has a member choose a PIN, or unlocks theirs: who the member is, the clerk's code, then the card.

The clerk's visit ends here: the member's own card comes next, and the member types alone (`new_pin`).
"""

from dataclasses import dataclass, replace
from typing import Final, get_args

from kiosk.flow import pin_pad
from kiosk.flow.journeys.base import Journey, Tile, ask, chosen, go, is_answer_awaited, page_of
from kiosk.flow.journeys.looking_after import may_look_after
from kiosk.flow.journeys.menu import open_staff_menu
from kiosk.flow.sessions import Step, close, forget, to_idle
from kiosk.flow.state import CHOICES, DIGITS, Action, JourneyPage, PinPad, Screen, State
from loyalty.limits.cards import PIN_DIGITS_MIN
from wire.api_counter import Identity
from wire.messages import PinTold
from wire.new_pins import WishPin

IDENTITIES: Final[tuple[Identity, ...]] = get_args(Identity)
"""By what the clerk knows the member, in the order of the tiles."""
ACTS: Final = (False, True)
"""Whether it is unlocked, in the order of the tiles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberPinPage(JourneyPage):
    """What the clerk chose so far. What they type is in `State.pad`."""

    screens = frozenset({Screen.MEMBER_PIN, Screen.MEMBER_PIN_CODE})
    is_unlock: bool | None = None
    identity: Identity = "known_person"


def _open(state: State, _action: Action, now_ms: int) -> Step:
    return go(replace(state, is_wish_refused=False), Screen.MEMBER_PIN, MemberPinPage(), now_ms=now_ms), ()


def _choose(state: State, action: Action, now_ms: int) -> Step:
    """What is wished, then by what the member is known."""
    page, at = page_of(state, MemberPinPage), chosen(action)
    if page.is_unlock is None:
        page = replace(page, is_unlock=ACTS[at]) if at < len(ACTS) else page
        return go(state, Screen.MEMBER_PIN, page, now_ms=now_ms), ()
    if at >= len(IDENTITIES):
        return replace(state, touched_ms=now_ms), ()
    page = replace(page, identity=IDENTITIES[at])
    return replace(go(state, Screen.MEMBER_PIN_CODE, page, now_ms=now_ms), pad=PinPad()), ()


def _send(state: State, _action: Action, now_ms: int) -> Step:
    page, typed = page_of(state, MemberPinPage), state.pad.typed
    if page.request_id or len(typed) < PIN_DIGITS_MIN:
        return replace(state, touched_ms=now_ms), ()
    session_id = state.session_id
    return ask(
        replace(state, pad=PinPad()),
        page,
        lambda asked: WishPin(
            request_id=asked,
            session_id=session_id,
            is_unlock=bool(page.is_unlock),
            identity=page.identity,
            code=typed,
        ),
        now_ms=now_ms,
    )


def _with_pin(state: State, now_ms: int) -> Step:
    """The agent's state came first: it waits for a member's card, and so does the screen."""
    state, effects = close(state)
    return to_idle(forget(replace(state, screen=Screen.GOODBYE)), now_ms=now_ms), effects


def _unanswered(state: State, now_ms: int) -> Step:
    return pin_pad.refused(state, PinTold(request_id="", outcome="central_unreachable"), now_ms)


def _back(state: State, action: Action, now_ms: int) -> Step:
    page = page_of(state, MemberPinPage)
    if is_answer_awaited(state):
        return replace(state, touched_ms=now_ms), ()
    if state.screen is Screen.MEMBER_PIN_CODE:
        return go(state, Screen.MEMBER_PIN, page, now_ms=now_ms), ()
    if page.is_unlock is not None:
        return go(state, Screen.MEMBER_PIN, MemberPinPage(), now_ms=now_ms), ()
    return open_staff_menu(state, action, now_ms)


JOURNEY = Journey(
    touches={
        Screen.MEMBER_PIN: {**dict.fromkeys(CHOICES[: len(IDENTITIES)], _choose), Action.BACK: _back},
        Screen.MEMBER_PIN_CODE: {
            **dict.fromkeys(DIGITS, pin_pad.type_digit),
            Action.ERASE: pin_pad.erase,
            Action.SEND_PIN: _send,
            Action.BACK: _back,
        },
    },
    with_pin=_with_pin,
    unanswered=_unanswered,
    staff_tiles=(Tile(action=Action.MEMBER_PIN, enter=_open, is_offered=may_look_after),),
)
