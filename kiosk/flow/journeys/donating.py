"""A member gives points to an association: whom, how many, asked twice; and what it got (C-22, C-24)."""

from dataclasses import dataclass, replace

from kiosk.flow.effects import PlaySound, Sound
from kiosk.flow.ids import next_id
from kiosk.flow.journeys.base import Journey, Tile, ask, chosen, go, is_answer_awaited, page_of
from kiosk.flow.journeys.menu import open_menu
from kiosk.flow.sessions import Step
from kiosk.flow.state import CHOICES, Action, JourneyPage, Screen, State
from loyalty.limits.my_value import KIOSK_ASSOCIATIONS_PER_PAGE, KIOSK_DONATIONS
from wire.my_value import AskAssociations, Association, AssociationsTold, DonatedTold, DonatePoints


@dataclass(frozen=True, slots=True, kw_only=True)
class DonatePage(JourneyPage):
    """Who may be given to, who was chosen, and how many points.

    `act_id`: of this gift, the same for every try of it. `done`: what came of it, None before.
    """

    screens = frozenset({Screen.DONATE, Screen.DONATE_AMOUNT, Screen.DONATE_CONFIRM})
    told: AssociationsTold | None = None
    number: int = 0
    association: Association | None = None
    points: int = 0
    act_id: str = ""
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
    def has_more(self) -> bool:
        """Whether another page follows."""
        return len(self.associations) > (self.number + 1) * KIOSK_ASSOCIATIONS_PER_PAGE

    @property
    def amounts(self) -> tuple[int, ...]:
        """What can be given with one touch."""
        most = 0 if self.told is None else self.told.points
        return tuple(points for points in KIOSK_DONATIONS if points <= most)

    @property
    def is_done(self) -> bool:
        """Whether the points are there."""
        return self.done is not None and not self.done.trouble


def may_donate(state: State) -> bool:
    """Whether this card proves enough, or can."""
    member = state.session.member if state.session else None
    return member is not None and member.may_donate


def _open(state: State, _action: Action, now_ms: int) -> Step:
    page, session_id = DonatePage(), state.session_id
    return ask(
        go(state, Screen.DONATE, page, now_ms=now_ms),
        page,
        lambda asked: AskAssociations(request_id=asked, session_id=session_id),
        now_ms=now_ms,
    )


def _told(state: State, told: AssociationsTold, _now_ms: int) -> Step:
    return replace(state, journey=replace(page_of(state, DonatePage), told=told)), ()


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


def _agree(state: State, _action: Action, now_ms: int) -> Step:
    """Yes, give them. A try whose end is not known is made again as the same gift."""
    page = page_of(state, DonatePage)
    association = page.association
    if association is None or page.is_done or is_answer_awaited(state):
        return replace(state, touched_ms=now_ms), ()
    act_id = page.act_id or next_id(state, "gift")
    session_id = state.session_id
    return ask(
        state,
        replace(page, act_id=act_id, done=None),
        lambda asked: DonatePoints(
            request_id=asked,
            session_id=session_id,
            act_id=act_id,
            association_id=association.association_id,
            points=page.points,
        ),
        now_ms=now_ms,
    )


def _donated(state: State, done: DonatedTold, now_ms: int) -> Step:
    page = replace(page_of(state, DonatePage), done=done)
    sound = Sound.REFUSAL if done.trouble else Sound.SUCCESS
    return replace(state, journey=page, touched_ms=now_ms), (PlaySound(sound),)


def _unanswered(state: State, now_ms: int) -> Step:
    if state.screen is Screen.DONATE_CONFIRM:
        return _donated(state, DonatedTold(request_id="", trouble="central_unreachable"), now_ms)
    return _told(state, AssociationsTold(request_id="", trouble="central_unreachable"), now_ms)


def _back_to_list(state: State, _action: Action, now_ms: int) -> Step:
    return go(state, Screen.DONATE, replace(page_of(state, DonatePage), association=None), now_ms=now_ms), ()


def _back_from_question(state: State, action: Action, now_ms: int) -> Step:
    """Before anything was sent, to the amounts; afterwards all is asked anew; in between nowhere."""
    page = page_of(state, DonatePage)
    if is_answer_awaited(state):
        return replace(state, touched_ms=now_ms), ()
    if page.is_done:
        return open_menu(state, action, now_ms)
    if page.act_id:
        return _open(state, action, now_ms)
    return go(state, Screen.DONATE_AMOUNT, page, now_ms=now_ms), ()


JOURNEY = Journey(
    touches={
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
        Screen.DONATE_CONFIRM: {Action.BACK: _back_from_question, Action.AGREE: _agree},
    },
    told={AssociationsTold: _told, DonatedTold: _donated},
    unanswered=_unanswered,
    member_tiles=(Tile(action=Action.DONATE, enter=_open, is_offered=may_donate),),
)
