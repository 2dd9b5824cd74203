"""A person of staff looks how the terminal is, prints a test page or the day's totals (issues 7 and 8)."""

from dataclasses import dataclass, replace
from typing import Final, Literal

from kiosk.flow.effects import PlaySound, Sound
from kiosk.flow.journeys.base import Journey, Tile, ask, go, is_answer_awaited, page_of
from kiosk.flow.journeys.menu import open_staff_menu
from kiosk.flow.sessions import Step
from kiosk.flow.state import Action, JourneyPage, Screen, State
from wire.printing import PrintOutcome, PrintSlip, PrintTold, SlipKind


@dataclass(frozen=True, slots=True, kw_only=True)
class LookingPage(JourneyPage):
    """`printing`: the page's paper was asked for, and how that ended."""

    screens = frozenset({Screen.HOW_IS_IT, Screen.DAY_TOTALS})
    printing: PrintOutcome | Literal["", "asked"] = ""


def may_look_after(state: State) -> bool:
    """Whether the card of staff that lies there opens this."""
    staff = state.session.staff if state.session else None
    return staff is not None and staff.may_look_after


def _open(state: State, action: Action, now_ms: int) -> Step:
    state = replace(state, is_wish_refused=False)
    return go(state, _PAGES[action], LookingPage(), now_ms=now_ms), ()


def may_print(state: State) -> bool:
    """Whether there is a printer that would print, and no page on its way."""
    printer = state.agent.printer if state.agent else None
    return (
        may_look_after(state) and printer is not None and printer.may_print and not is_answer_awaited(state)
    )


def _print(state: State, _action: Action, now_ms: int) -> Step:
    if not may_print(state):
        return replace(state, touched_ms=now_ms), ()
    session_id, language, what = state.session_id, state.language, _PAPERS[state.screen]
    return ask(
        state,
        replace(page_of(state, LookingPage), printing="asked"),
        lambda asked: PrintSlip(request_id=asked, session_id=session_id, what=what, language=language),
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


_PAGES: Final = {Action.HOW_IS_IT: Screen.HOW_IS_IT, Action.DAY_TOTALS: Screen.DAY_TOTALS}
_PAPERS: Final[dict[Screen, SlipKind]] = {Screen.HOW_IS_IT: "test", Screen.DAY_TOTALS: "totals"}
_TOUCHES: Final = {Action.BACK: _back, Action.PRINT: _print}

JOURNEY = Journey(
    touches={
        **dict.fromkeys(LookingPage.screens, _TOUCHES),
    },
    told={PrintTold: _printed},
    unanswered=_unanswered,
    staff_tiles=tuple(Tile(action=each, enter=_open, is_offered=may_look_after) for each in _PAGES),
)
