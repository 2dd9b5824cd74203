"""A member gives points to an association: whom, how many, asked twice; and what it got (C-22, C-24)."""

from dataclasses import dataclass, replace

from kiosk.flow.journeys.base import chosen, go, page_of
from kiosk.flow.journeys.menu import open_menu
from kiosk.flow.journeys.moving import Asking, MovePage, Moving, journey
from kiosk.flow.sessions import Step
from kiosk.flow.state import CHOICES, Action, Screen, State
from loyalty.limits.my_value import KIOSK_ASSOCIATIONS_PER_PAGE, KIOSK_DONATIONS
from wire.my_value import AskAssociations, Association, AssociationsTold, DonatedTold, DonatePoints


@dataclass(frozen=True, slots=True, kw_only=True)
class DonatePage(MovePage):
    """Who may be given to, who was chosen, and how many points. `number`: the page of the list."""

    screens = frozenset({Screen.DONATE, Screen.DONATE_AMOUNT, Screen.DONATE_CONFIRM, Screen.PIN})
    told: AssociationsTold | None = None
    number: int = 0
    association: Association | None = None
    points: int = 0
    done: DonatedTold | None = None

    @property
    def associations(self) -> tuple[Association, ...]:
        """All that can be chosen."""
        return () if self.told is None else self.told.associations

    @property
    def rows(self) -> tuple[Association, ...]:
        """Those of the page that is shown."""
        first = self.number * KIOSK_ASSOCIATIONS_PER_PAGE
        return self.associations[first : first + KIOSK_ASSOCIATIONS_PER_PAGE]

    @property
    def amounts(self) -> tuple[int, ...]:
        """What can be given with one touch."""
        most = 0 if self.told is None else self.told.points
        return tuple(points for points in KIOSK_DONATIONS if points <= most)


def may_donate(state: State) -> bool:
    """Whether this card proves enough, or can."""
    member = state.session.member if state.session else None
    return member is not None and member.may_donate


def _ask_whom(request_id: str, session_id: str) -> AskAssociations:
    return AskAssociations(request_id=request_id, session_id=session_id)


def _turn(state: State, action: Action, now_ms: int) -> Step:
    page = page_of(state, DonatePage)
    last = max(0, (len(page.associations) - 1) // KIOSK_ASSOCIATIONS_PER_PAGE)
    number = min(max(page.number + (1 if action is Action.OLDER else -1), 0), last)
    return replace(state, journey=replace(page, number=number), touched_ms=now_ms), ()


def _choose(state: State, action: Action, now_ms: int) -> Step:
    page = page_of(state, DonatePage)
    association = next(iter(page.rows[chosen(action) :][:1]), None)
    if association is None:
        return replace(state, touched_ms=now_ms), ()
    return go(state, Screen.DONATE_AMOUNT, replace(page, association=association), now_ms=now_ms), ()


def _choose_amount(state: State, action: Action, now_ms: int) -> Step:
    page = page_of(state, DonatePage)
    points = next(iter(page.amounts[chosen(action) :][:1]), 0)
    if not points:
        return replace(state, touched_ms=now_ms), ()
    page = replace(page, points=points, act_id="", done=None)
    return go(state, Screen.DONATE_CONFIRM, page, now_ms=now_ms), ()


def _act(page: DonatePage, act_id: str) -> Asking | None:
    association, points = page.association, page.points
    if association is None:
        return None
    return lambda request_id, session_id: DonatePoints(
        request_id=request_id,
        session_id=session_id,
        act_id=act_id,
        association_id=association.association_id,
        points=points,
    )


def _back_to_list(state: State, _action: Action, now_ms: int) -> Step:
    return go(state, Screen.DONATE, replace(page_of(state, DonatePage), association=None), now_ms=now_ms), ()


_MOVING = Moving(
    page=DonatePage,
    first=Screen.DONATE,
    before=Screen.DONATE_AMOUNT,
    question=Screen.DONATE_CONFIRM,
    lists=_ask_whom,
    listed=AssociationsTold,
    act=_act,
    name="gift",
    acted=DonatedTold,
)
JOURNEY = journey(
    _MOVING,
    {
        Screen.DONATE: {
            Action.BACK: open_menu,
            Action.OLDER: _turn,
            Action.NEWER: _turn,
            **dict.fromkeys(CHOICES[:KIOSK_ASSOCIATIONS_PER_PAGE], _choose),
        },
        Screen.DONATE_AMOUNT: {
            Action.BACK: _back_to_list,
            **dict.fromkeys(CHOICES[: len(KIOSK_DONATIONS)], _choose_amount),
        },
    },
    tile=Action.DONATE,
    is_offered=may_donate,
)
