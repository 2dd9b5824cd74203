"""The day's totals: a person of staff reads them till by till, and prints them where there is a printer."""

from dataclasses import dataclass, replace

from kiosk.flow.journeys.base import Journey, Tile, ask, go, is_answer_awaited, page_of
from kiosk.flow.journeys.looking_after import may_look_after
from kiosk.flow.journeys.menu import open_staff_menu
from kiosk.flow.printing import PrintingPage, ask_paper, has_a_printer, paper_told, paper_unanswered
from kiosk.flow.sessions import Step
from kiosk.flow.state import Action, Screen, State
from loyalty.limits.kiosk import KIOSK_TILL_SUMS_PER_PAGE
from wire.day_totals import AskDayTotals, DayTotalsTold, TillSum
from wire.printing import PrintTold


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalsPage(PrintingPage):
    """`told`: the figures; None until they are there. `is_unanswered`: nobody told any. `number`: of the page
    that is shown.
    """

    screens = frozenset({Screen.DAY_TOTALS})
    told: DayTotalsTold | None = None
    is_unanswered: bool = False
    number: int = 0

    @property
    def sheets(self) -> tuple[tuple[TillSum, ...], ...]:
        """The sums page by page: no page has two tills on it."""
        sums = self.told.sums if self.told else ()
        tills = dict.fromkeys(each.sale_id for each in sums)
        of_tills = [[each for each in sums if each.sale_id == till] for till in tills]
        size = KIOSK_TILL_SUMS_PER_PAGE
        return tuple(
            tuple(of_till[at : at + size]) for of_till in of_tills for at in range(0, len(of_till), size)
        )


def _open(state: State, _action: Action, now_ms: int) -> Step:
    state = replace(state, is_wish_refused=False)
    state = go(state, Screen.DAY_TOTALS, TotalsPage(), now_ms=now_ms)
    session_id = state.session_id
    return ask(
        state,
        page_of(state, TotalsPage),
        lambda asked: AskDayTotals(request_id=asked, session_id=session_id),
        now_ms=now_ms,
    )


def _told(state: State, told: DayTotalsTold, now_ms: int) -> Step:
    page = page_of(state, TotalsPage)
    if not told.is_told:
        return _unanswered(state, now_ms)
    return replace(state, journey=replace(page, told=told), touched_ms=now_ms), ()


def _turn(state: State, _action: Action, now_ms: int) -> Step:
    """The next page, and behind the last one the first."""
    page = page_of(state, TotalsPage)
    if is_answer_awaited(state):
        return replace(state, touched_ms=now_ms), ()
    page = replace(page, number=(page.number + 1) % max(1, len(page.sheets)), printing="")
    return replace(state, journey=page, touched_ms=now_ms), ()


def may_print_totals(state: State) -> bool:
    """Whether there is a printer that would print, and nothing is awaited."""
    return may_look_after(state) and has_a_printer(state) and not is_answer_awaited(state)


def _print(state: State, _action: Action, now_ms: int) -> Step:
    if not may_print_totals(state):
        return replace(state, touched_ms=now_ms), ()
    return ask_paper(state, page_of(state, TotalsPage), "totals", language=state.language, now_ms=now_ms)


def _unanswered(state: State, now_ms: int) -> Step:
    page = page_of(state, TotalsPage)
    if page.printing == "asked":
        return paper_unanswered(state, now_ms)
    return replace(state, journey=replace(page, is_unanswered=True), touched_ms=now_ms), ()


def _back(state: State, action: Action, now_ms: int) -> Step:
    """What is on its way is waited for: the paper and the screen say the same."""
    if is_answer_awaited(state):
        return replace(state, touched_ms=now_ms), ()
    return open_staff_menu(state, action, now_ms)


JOURNEY = Journey(
    touches={
        Screen.DAY_TOTALS: {Action.BACK: _back, Action.PRINT: _print, Action.OLDER: _turn},
    },
    told={PrintTold: paper_told, DayTotalsTold: _told},
    unanswered=_unanswered,
    staff_tiles=(Tile(action=Action.DAY_TOTALS, enter=_open, is_offered=may_look_after),),
)
