"""My points: the balance, the way to the next tier, and all that expires, month by month (P-11, P-19)."""

from dataclasses import dataclass, replace

from kiosk.flow.journeys.base import Journey, Tile, ask, go, page_of
from kiosk.flow.journeys.menu import open_menu
from kiosk.flow.sessions import Step
from kiosk.flow.state import Action, JourneyPage, Screen, State
from loyalty.limits.my_value import KIOSK_ENDINGS_PER_PAGE
from wire.my_value import AskMyValue, MyValueTold


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsPage(JourneyPage):
    """What was told, None while it is awaited; `number`: which page of the endings, from 0."""

    screens = frozenset({Screen.MY_POINTS})
    told: MyValueTold | None = None
    number: int = 0

    @property
    def rows(self) -> int:
        """How many rows the list has: a month each, and one for what never expires."""
        return 0 if self.told is None else len(self.told.endings) + bool(self.told.lasting)


def may_see_value(state: State) -> bool:
    """Whether the evidence shows the balance itself: then what makes it up, too."""
    member = state.session.member if state.session else None
    return member is not None and member.points is not None


def ask_value(state: State, page: JourneyPage, *, now_ms: int) -> Step:
    """Ask what the member has."""
    session_id = state.session_id
    return ask(
        state,
        page,
        lambda asked: AskMyValue(request_id=asked, session_id=session_id),
        now_ms=now_ms,
        only_reads=True,
    )


def _open(state: State, _action: Action, now_ms: int) -> Step:
    page = PointsPage()
    return ask_value(go(state, Screen.MY_POINTS, page, now_ms=now_ms), page, now_ms=now_ms)


def _told(state: State, told: MyValueTold, _now_ms: int) -> Step:
    return replace(state, journey=replace(page_of(state, PointsPage), told=told)), ()


def _unanswered(state: State, now_ms: int) -> Step:
    return _told(state, MyValueTold(request_id="", trouble="central_unreachable"), now_ms)


def _turn(state: State, action: Action, now_ms: int) -> Step:
    page = page_of(state, PointsPage)
    last = max(0, (page.rows - 1) // KIOSK_ENDINGS_PER_PAGE)
    number = page.number + (1 if action is Action.OLDER else -1)
    return replace(state, journey=replace(page, number=min(max(number, 0), last)), touched_ms=now_ms), ()


JOURNEY = Journey(
    touches={
        Screen.MY_POINTS: {Action.BACK: open_menu, Action.OLDER: _turn, Action.NEWER: _turn},
    },
    told={MyValueTold: _told},
    unanswered=_unanswered,
    member_tiles=(Tile(action=Action.MY_POINTS, enter=_open, is_offered=may_see_value),),
)
