"""A person of staff looks how the terminal is, and prints a test page (issues 7 and 8)."""

from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Final

from kiosk.flow.effects import Effect
from kiosk.flow.journeys.base import Journey, Tile, ask, go, page_of
from kiosk.flow.journeys.menu import open_staff_menu
from kiosk.flow.printing import PrintingPage, ask_paper, has_a_printer, paper_told, paper_unanswered
from kiosk.flow.sessions import Step
from kiosk.flow.state import Action, Screen, State
from loyalty.limits.kiosk import KIOSK_DIAGNOSIS_EVERY_S, KIOSK_FINDINGS_PER_PAGE
from wire.looking_after import AskDiagnosis, DiagnosisTold, Finding
from wire.printing import PrintTold

_VERSION: Final = version("officine")


@dataclass(frozen=True, slots=True, kw_only=True)
class LookingPage(PrintingPage):
    """`findings`: how each part is; `number`: which page of them is shown; `is_told`: an answer came."""

    screens = frozenset({Screen.HOW_IS_IT})
    findings: tuple[Finding, ...] = ()
    is_told: bool = False
    number: int = 0


def may_look_after(state: State) -> bool:
    """Whether the card of staff that lies there opens this."""
    staff = state.session.staff if state.session else None
    return staff is not None and staff.may_look_after


def pages_of(page: LookingPage) -> int:
    """How many pages the findings take."""
    return max(1, -(-len(page.findings) // KIOSK_FINDINGS_PER_PAGE))


def _open(state: State, _action: Action, now_ms: int) -> Step:
    state = go(replace(state, is_wish_refused=False), Screen.HOW_IS_IT, LookingPage(), now_ms=now_ms)
    return _look(state, now_ms)


def _look(state: State, now_ms: int) -> Step:
    """Ask how it is. That is no sign that somebody is still there."""
    session_id, touched_ms = state.session_id, state.touched_ms
    state, effects = ask(
        state,
        page_of(state, LookingPage),
        lambda asked: AskDiagnosis(request_id=asked, session_id=session_id, kiosk_version=_VERSION),
        now_ms=now_ms,
    )
    return replace(state, touched_ms=touched_ms), effects


def _found(state: State, told: DiagnosisTold, now_ms: int) -> Step:
    page = page_of(state, LookingPage)
    return replace(
        state, journey=_again_later(replace(page, findings=told.findings, is_told=True), now_ms)
    ), ()


def _again_later(page: LookingPage, now_ms: int) -> LookingPage:
    """Look again soon; the page that is shown may be gone by then."""
    number = min(page.number, pages_of(page) - 1)
    return replace(page, number=number, wakes_ms=now_ms + KIOSK_DIAGNOSIS_EVERY_S * 1000)


def _turn(state: State, _action: Action, now_ms: int) -> Step:
    """The next page, and behind the last one the first: what is worst stands there."""
    page = page_of(state, LookingPage)
    page = replace(page, number=(page.number + 1) % pages_of(page))
    return replace(state, journey=page, touched_ms=now_ms), ()


def may_print(state: State) -> bool:
    """Whether there is a printer that would print, and no page on its way."""
    return may_look_after(state) and has_a_printer(state) and not _is_printing(state)


def _is_printing(state: State) -> bool:
    return isinstance(state.journey, LookingPage) and state.journey.printing == "asked"


def _print(state: State, _action: Action, now_ms: int) -> Step:
    """How the terminal is, is asked again afterwards: an answer that is on its way is not waited for."""
    if not may_print(state):
        return replace(state, touched_ms=now_ms), ()
    page = replace(page_of(state, LookingPage), wakes_ms=0)
    return ask_paper(state, page, "test", language=state.language, now_ms=now_ms)


def _printed(state: State, told: PrintTold, now_ms: int) -> Step:
    return _looked_again(*paper_told(state, told, now_ms), now_ms)


def _looked_again(state: State, effects: tuple[Effect, ...], now_ms: int) -> Step:
    """How the printer is, stands first; it is looked at soon."""
    page = _again_later(replace(page_of(state, LookingPage), number=0), now_ms)
    return replace(state, journey=page), effects


def _unanswered(state: State, now_ms: int) -> Step:
    page = page_of(state, LookingPage)
    if page.printing == "asked":
        return _looked_again(*paper_unanswered(state, now_ms), now_ms)
    return replace(state, journey=replace(page, findings=(), is_told=True, number=0)), ()


def _back(state: State, action: Action, now_ms: int) -> Step:
    """A page that is on its way is waited for: the paper and the screen say the same."""
    if _is_printing(state):
        return replace(state, touched_ms=now_ms), ()
    return open_staff_menu(state, action, now_ms)


JOURNEY = Journey(
    touches={
        Screen.HOW_IS_IT: {Action.BACK: _back, Action.PRINT: _print, Action.OLDER: _turn},
    },
    told={PrintTold: _printed, DiagnosisTold: _found},
    unanswered=_unanswered,
    woken=_look,
    staff_tiles=(Tile(action=Action.HOW_IS_IT, enter=_open, is_offered=may_look_after),),
)
