"""Head office asks to see this screen: a person of staff reads why, and allows it or does not (issue 8)."""

from dataclasses import dataclass, replace

from kiosk.flow.effects import PlaySound, Sound
from kiosk.flow.journeys.base import Journey, Tile, ask, go, is_answer_awaited, page_of
from kiosk.flow.journeys.looking_after import may_look_after
from kiosk.flow.journeys.menu import open_staff_menu
from kiosk.flow.sessions import Step
from kiosk.flow.sharing import support_of
from kiosk.flow.state import Action, JourneyPage, Screen, State
from wire.looking_after import AnswerSupport
from wire.messages import CommandResult


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportPage(JourneyPage):
    """is_refused: what was wished was not done. Whether it is asked or goes on, the agent's state says."""

    screens = frozenset({Screen.SUPPORT})
    is_refused: bool = False


def _is_offered(state: State) -> bool:
    return may_look_after(state) and support_of(state) is not None


def is_asked(state: State) -> bool:
    """Whether there is a question to answer."""
    support = support_of(state)
    return support is not None and support.state == "asked"


def _open(state: State, _action: Action, now_ms: int) -> Step:
    return go(replace(state, is_wish_refused=False), Screen.SUPPORT, SupportPage(), now_ms=now_ms), ()


def _answer(state: State, action: Action, now_ms: int) -> Step:
    support, session_id = support_of(state), state.session_id
    if support is None or not is_asked(state) or is_answer_awaited(state) or not may_look_after(state):
        return replace(state, touched_ms=now_ms), ()
    is_allowed = action is Action.AGREE
    return ask(
        state,
        SupportPage(),
        lambda asked: AnswerSupport(
            request_id=asked, session_id=session_id, support_id=support.support_id, is_allowed=is_allowed
        ),
        now_ms=now_ms,
    )


def _told(state: State, result: CommandResult, now_ms: int) -> Step:
    page = replace(page_of(state, SupportPage), is_refused=not result.is_done)
    sound = Sound.SUCCESS if result.is_done else Sound.REFUSAL
    return replace(state, journey=page, touched_ms=now_ms), (PlaySound(sound),)


def _unanswered(state: State, now_ms: int) -> Step:
    return _told(state, CommandResult(request_id="", is_done=False), now_ms)


def _back(state: State, action: Action, now_ms: int) -> Step:
    if is_answer_awaited(state):
        return replace(state, touched_ms=now_ms), ()
    return open_staff_menu(state, action, now_ms)


JOURNEY = Journey(
    touches={Screen.SUPPORT: {Action.AGREE: _answer, Action.SAY_NO: _answer, Action.BACK: _back}},
    told={CommandResult: _told},
    unanswered=_unanswered,
    staff_tiles=(Tile(action=Action.SUPPORT, enter=_open, is_offered=_is_offered),),
)
