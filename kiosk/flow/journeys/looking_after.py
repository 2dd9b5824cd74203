"""A person of staff looks how the terminal is, and prints a test page (issue 8)."""

from dataclasses import dataclass, replace
from typing import Literal

from kiosk.flow.effects import PlaySound, Sound
from kiosk.flow.journeys.base import Journey, Tile, ask, go, is_answer_awaited, page_of
from kiosk.flow.journeys.menu import open_staff_menu
from kiosk.flow.sessions import Step
from kiosk.flow.state import Action, JourneyPage, Screen, State
from wire.printing import PrintOutcome, PrintSlip, PrintTold


@dataclass(frozen=True, slots=True, kw_only=True)
class LookingPage(JourneyPage):
    """`printing`: a test page was asked for, and how that ended."""

    screens = frozenset({Screen.HOW_IS_IT})
    printing: PrintOutcome | Literal["", "asked"] = ""


def may_look_after(state: State) -> bool:
    """Whether the card of staff that lies there opens this."""
    staff = state.session.staff if state.session else None
    return staff is not None and staff.may_look_after


def _open(state: State, _action: Action, now_ms: int) -> Step:
    return go(replace(state, is_wish_refused=False), Screen.HOW_IS_IT, LookingPage(), now_ms=now_ms), ()


def may_print(state: State) -> bool:
    """Whether there is a printer that would print, and no page on its way."""
    printer = state.agent.printer if state.agent else None
    return (
        may_look_after(state) and printer is not None and printer.may_print and not is_answer_awaited(state)
    )


def _print(state: State, _action: Action, now_ms: int) -> Step:
    if not may_print(state):
        return replace(state, touched_ms=now_ms), ()
    session_id, language = state.session_id, state.language
    return ask(
        state,
        replace(page_of(state, LookingPage), printing="asked"),
        lambda asked: PrintSlip(request_id=asked, session_id=session_id, what="test", language=language),
        now_ms=now_ms,
    )


def _printed(state: State, told: PrintTold, now_ms: int) -> Step:
    page = replace(page_of(state, LookingPage), printing=told.outcome)
    sound = Sound.SUCCESS if told.outcome == "printed" else Sound.REFUSAL
    return replace(state, journey=page, touched_ms=now_ms), (PlaySound(sound),)


def _unanswered(state: State, now_ms: int) -> Step:
    return _printed(state, PrintTold(request_id="", outcome="uncertain"), now_ms)


def _back(state: State, action: Action, now_ms: int) -> Step:
    """A page that is on its way is waited for: the paper and the screen say the same."""
    if is_answer_awaited(state):
        return replace(state, touched_ms=now_ms), ()
    return open_staff_menu(state, action, now_ms)


JOURNEY = Journey(
    touches={
        Screen.HOW_IS_IT: {Action.BACK: _back, Action.PRINT: _print},
    },
    told={PrintTold: _printed},
    unanswered=_unanswered,
    staff_tiles=(Tile(action=Action.HOW_IS_IT, enter=_open, is_offered=may_look_after),),
)
