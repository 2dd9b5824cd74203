"""A clerk has a member choose a PIN, or unlocks theirs: what, and by what the clerk knows who it is.

The clerk's visit ends here: the member's own card comes next, the clerk confirms by their code that it is
this member's, and the member types alone (both `new_pin`).
"""

from dataclasses import dataclass, replace
from typing import Final, get_args

from kiosk.flow.effects import PlaySound, Sound
from kiosk.flow.journeys.base import Journey, Tile, ask, chosen, go, is_answer_awaited, page_of
from kiosk.flow.journeys.looking_after import may_look_after
from kiosk.flow.journeys.menu import open_staff_menu
from kiosk.flow.sessions import Step, close, forget, to_idle
from kiosk.flow.state import CHOICES, Action, JourneyPage, Screen, State
from wire.api_counter import Identity
from wire.messages import CommandResult
from wire.new_pins import WishPin

IDENTITIES: Final[tuple[Identity, ...]] = get_args(Identity)
"""By what the clerk knows the member, in the order of the tiles."""
ACTS: Final = (False, True)
"""Whether it is unlocked, in the order of the tiles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberPinPage(JourneyPage):
    """What the clerk chose so far. is_refused: the agent would not, or could not."""

    screens = frozenset({Screen.MEMBER_PIN})
    is_unlock: bool | None = None
    identity: Identity = "known_person"
    is_refused: bool = False


def _open(state: State, _action: Action, now_ms: int) -> Step:
    return go(replace(state, is_wish_refused=False), Screen.MEMBER_PIN, MemberPinPage(), now_ms=now_ms), ()


def _choose(state: State, action: Action, now_ms: int) -> Step:
    """What is wished, then by what the member is known: with that the agent waits for their card."""
    page, at = page_of(state, MemberPinPage), chosen(action)
    if is_answer_awaited(state):
        return replace(state, touched_ms=now_ms), ()
    if page.is_unlock is None:
        page = replace(page, is_unlock=ACTS[at]) if at < len(ACTS) else page
        return go(state, Screen.MEMBER_PIN, page, now_ms=now_ms), ()
    if at >= len(IDENTITIES):
        return replace(state, touched_ms=now_ms), ()
    session_id, is_unlock, identity = state.session_id, page.is_unlock, IDENTITIES[at]
    return ask(
        state,
        replace(page, identity=identity, is_refused=False),
        lambda asked: WishPin(
            request_id=asked, session_id=session_id, is_unlock=is_unlock, identity=identity
        ),
        now_ms=now_ms,
    )


def _told(state: State, result: CommandResult, now_ms: int) -> Step:
    """The agent's state came first: it waits for a member's card, and so does the screen."""
    if not result.is_done:
        page = replace(page_of(state, MemberPinPage), is_refused=True)
        return replace(state, journey=page, touched_ms=now_ms), (PlaySound(Sound.REFUSAL),)
    state, effects = close(state)
    idle = to_idle(forget(replace(state, screen=Screen.GOODBYE)), now_ms=now_ms)
    return idle, (*effects, PlaySound(Sound.SUCCESS))


def _unanswered(state: State, now_ms: int) -> Step:
    return _told(state, CommandResult(request_id="", is_done=False), now_ms)


def _back(state: State, action: Action, now_ms: int) -> Step:
    if is_answer_awaited(state):
        return replace(state, touched_ms=now_ms), ()
    if page_of(state, MemberPinPage).is_unlock is not None:
        return go(state, Screen.MEMBER_PIN, MemberPinPage(), now_ms=now_ms), ()
    return open_staff_menu(state, action, now_ms)


JOURNEY = Journey(
    touches={
        Screen.MEMBER_PIN: {**dict.fromkeys(CHOICES[: len(IDENTITIES)], _choose), Action.BACK: _back},
    },
    told={CommandResult: _told},
    unanswered=_unanswered,
    staff_tiles=(Tile(action=Action.MEMBER_PIN, enter=_open, is_offered=may_look_after),),
)
