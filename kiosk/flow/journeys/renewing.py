"""A person of staff has the terminal enrolled anew: what it means, and the first of two words (issue 8)."""

from dataclasses import dataclass, replace

from kiosk.flow.effects import PlaySound, Sound
from kiosk.flow.journeys.base import Journey, Tile, ask, go, is_answer_awaited, page_of
from kiosk.flow.journeys.looking_after import may_look_after
from kiosk.flow.journeys.menu import open_staff_menu
from kiosk.flow.sessions import Step
from kiosk.flow.state import Action, JourneyPage, Screen, State
from wire.looking_after import BeginReenrolment
from wire.messages import CommandResult


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewingPage(JourneyPage):
    """is_refused: it could not be begun."""

    screens = frozenset({Screen.REENROL})
    is_refused: bool = False


def _open(state: State, _action: Action, now_ms: int) -> Step:
    return go(replace(state, is_wish_refused=False), Screen.REENROL, RenewingPage(), now_ms=now_ms), ()


def _begin(state: State, _action: Action, now_ms: int) -> Step:
    if is_answer_awaited(state) or not may_look_after(state):
        return replace(state, touched_ms=now_ms), ()
    session_id = state.session_id
    return ask(
        state,
        RenewingPage(),
        lambda asked: BeginReenrolment(request_id=asked, session_id=session_id),
        now_ms=now_ms,
    )


def _told(state: State, result: CommandResult, now_ms: int) -> Step:
    """Done: the agent's state came first, and its screen is shown; here is only what was refused."""
    page = replace(page_of(state, RenewingPage), is_refused=not result.is_done)
    sound = Sound.SUCCESS if result.is_done else Sound.REFUSAL
    return replace(state, journey=page, touched_ms=now_ms), (PlaySound(sound),)


def _unanswered(state: State, now_ms: int) -> Step:
    return _told(state, CommandResult(request_id="", is_done=False), now_ms)


def _back(state: State, action: Action, now_ms: int) -> Step:
    if is_answer_awaited(state):
        return replace(state, touched_ms=now_ms), ()
    return open_staff_menu(state, action, now_ms)


JOURNEY = Journey(
    touches={Screen.REENROL: {Action.AGREE: _begin, Action.BACK: _back}},
    told={CommandResult: _told},
    unanswered=_unanswered,
    staff_tiles=(Tile(action=Action.REENROL, enter=_open, is_offered=may_look_after),),
)
