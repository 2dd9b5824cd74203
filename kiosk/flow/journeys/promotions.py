"""Today's offers for me, each with the reason and its last day; then those of everybody (C-30, P-18)."""

from dataclasses import dataclass, replace

from kiosk.flow.journeys.base import Journey, Tile, ask, go, page_of
from kiosk.flow.journeys.menu import open_menu
from kiosk.flow.journeys.my_points import may_see_value
from kiosk.flow.sessions import Step
from kiosk.flow.state import Action, JourneyPage, Screen, State
from loyalty.limits.my_value import KIOSK_PROMOTIONS_PER_PAGE
from wire.promotions import AskPromotions, Promotion, PromotionsTold


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionsPage(JourneyPage):
    """What was told, None while it is awaited; `number`: which page of it, from 0."""

    screens = frozenset({Screen.PROMOTIONS})
    told: PromotionsTold | None = None
    number: int = 0

    @property
    def promotions(self) -> tuple[Promotion, ...]:
        """All of them."""
        return () if self.told is None else self.told.promotions

    @property
    def rows(self) -> tuple[Promotion, ...]:
        """Those of the page that is shown."""
        first = self.number * KIOSK_PROMOTIONS_PER_PAGE
        return self.promotions[first : first + KIOSK_PROMOTIONS_PER_PAGE]


def _open(state: State, _action: Action, now_ms: int) -> Step:
    page, session_id = PromotionsPage(), state.session_id
    return ask(
        go(state, Screen.PROMOTIONS, page, now_ms=now_ms),
        page,
        lambda asked: AskPromotions(request_id=asked, session_id=session_id),
        now_ms=now_ms,
        only_reads=True,
    )


def _told(state: State, told: PromotionsTold, _now_ms: int) -> Step:
    return replace(state, journey=replace(page_of(state, PromotionsPage), told=told)), ()


def _unanswered(state: State, now_ms: int) -> Step:
    return _told(state, PromotionsTold(request_id="", trouble="central_unreachable"), now_ms)


def _turn(state: State, action: Action, now_ms: int) -> Step:
    page = page_of(state, PromotionsPage)
    last = max(0, (len(page.promotions) - 1) // KIOSK_PROMOTIONS_PER_PAGE)
    number = min(max(page.number + (1 if action is Action.OLDER else -1), 0), last)
    return replace(state, journey=replace(page, number=number), touched_ms=now_ms), ()


JOURNEY = Journey(
    touches={
        Screen.PROMOTIONS: {Action.BACK: open_menu, Action.OLDER: _turn, Action.NEWER: _turn},
    },
    told={PromotionsTold: _told},
    unanswered=_unanswered,
    member_tiles=(Tile(action=Action.PROMOTIONS, enter=_open, is_offered=may_see_value),),
)
