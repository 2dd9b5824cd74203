"""Who acts for me: after the PIN a list, one taken back, or a new card for somebody else.

As with a card that is replaced, the visit ends before the new card comes: the member's own may be taken off.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal

from kiosk.flow.effects import PlaySound, Sound
from kiosk.flow.ids import next_id
from kiosk.flow.journeys.base import Journey, Tile, ask, chosen, go, is_answer_awaited, page_of
from kiosk.flow.journeys.menu import leave, open_menu
from kiosk.flow.keyboard import TYPING_ACTIONS, TypingPage, a_text, type_key
from kiosk.flow.pin_pad import open_pad
from kiosk.flow.sessions import Step, close, forget
from kiosk.flow.state import CHOICES, Action, Screen, State
from loyalty.limits.carers import CARER_DAYS_OFFERED, CARER_NAME_CHARS_MAX, CARERS_PER_MEMBER
from wire.carers import (
    AskCarers,
    Carer,
    CarerMay,
    CarersOutcome,
    CarersTold,
    EndCarer,
    HandCarer,
    PrepareCarer,
)
from wire.messages import FromKiosk

GRANTS: Final[tuple[tuple[CarerMay, ...], ...]] = ((), ("spend",), ("purchases",), ("spend", "purchases"))
"""What may be granted, the least first: by the place of its row."""
_GOOD: Final = frozenset({"list", "prepared", "given", "ended"})
_ENDS: Final = frozenset({"over", "needs_pin", "not_here", "enough", "too_many"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CarersPage(TypingPage):
    """Who acts for the member, who is being taken back, or what is wished for somebody new.

    `carers` None: not told yet. `step`: on the page without a visit, whether the card is still to come.
    """

    screens = frozenset(
        {
            Screen.PIN,
            Screen.CARERS,
            Screen.CARER_END,
            Screen.CARER_NAME,
            Screen.CARER_MAY,
            Screen.CARER_CARD,
        }
    )
    carers: tuple[Carer, ...] | None = None
    ending: Carer | None = None
    wish_id: str = ""
    may: tuple[CarerMay, ...] | None = None
    """What is granted to somebody new; None: not chosen yet, and how long comes after it."""
    step: Literal["", "card", "done"] = ""
    trouble: CarersOutcome | Literal[""] = ""

    @property
    def takes_cards(self) -> bool:
        """The card of whoever is to act for the member."""
        return self.step == "card" and self.trouble not in _ENDS

    @property
    def is_over(self) -> bool:
        """Whether nothing helps but to begin anew."""
        return self.trouble in _ENDS


def _may_see(state: State) -> bool:
    """A bare number proves nobody, and who acts for somebody lets nobody else do so."""
    member = state.session.member if state.session else None
    return member is not None and member.points is not None and not member.is_carer


def _open(state: State, _action: Action, now_ms: int) -> Step:
    page = CarersPage(typing=a_text(CARER_NAME_CHARS_MAX))
    member = state.session.member if state.session else None
    if member is not None and member.asks_pin:
        return open_pad(state, page, now_ms=now_ms)
    return _list(state, page, now_ms)


def _list(state: State, page: CarersPage, now_ms: int) -> Step:
    return _ask(
        go(state, Screen.CARERS, page, now_ms=now_ms),
        page,
        lambda asked, session_id: AskCarers(request_id=asked, session_id=session_id),
        now_ms,
        only_reads=True,
    )


def _ask(
    state: State,
    page: CarersPage,
    make: Callable[[str, str], FromKiosk],
    now_ms: int,
    *,
    only_reads: bool = False,
) -> Step:
    session_id = state.session_id
    page = replace(page, trouble="")
    return ask(
        state,
        page,
        lambda request_id: make(request_id, session_id),
        now_ms=now_ms,
        only_reads=only_reads,
    )


def _with_pin(state: State, now_ms: int) -> Step:
    """A right one was typed."""
    return _list(state, page_of(state, CarersPage), now_ms)


def may_add(page: CarersPage) -> bool:
    """Whether somebody more may act for the member."""
    return page.carers is not None and len(page.carers) < CARERS_PER_MEMBER and not page.request_id


def _choose(state: State, action: Action, now_ms: int) -> Step:
    """A row of the list: that one is to be taken back."""
    page, state = page_of(state, CarersPage), replace(state, touched_ms=now_ms)
    at, carers = chosen(action), page.carers or ()
    if page.request_id or at >= len(carers):
        return state, ()
    page = replace(page, ending=carers[at], trouble="")
    return go(state, Screen.CARER_END, page, now_ms=now_ms), ()


def _end(state: State, _action: Action, now_ms: int) -> Step:
    page, state = page_of(state, CarersPage), replace(state, touched_ms=now_ms)
    ending = page.ending
    if page.request_id or ending is None:
        return state, ()
    return _ask(
        state,
        page,
        lambda asked, session_id: EndCarer(request_id=asked, session_id=session_id, carer_id=ending.carer_id),
        now_ms,
    )


def _add(state: State, _action: Action, now_ms: int) -> Step:
    page, state = page_of(state, CarersPage), replace(state, touched_ms=now_ms)
    if not may_add(page):
        return state, ()
    page = replace(page, typing=a_text(CARER_NAME_CHARS_MAX), trouble="")
    return go(state, Screen.CARER_NAME, page, now_ms=now_ms), ()


def _named(state: State, _action: Action, now_ms: int) -> Step:
    page, state = page_of(state, CarersPage), replace(state, touched_ms=now_ms)
    if not page.typing.said:
        return state, ()
    return go(state, Screen.CARER_MAY, replace(page, may=None, trouble=""), now_ms=now_ms), ()


def _grant(state: State, action: Action, now_ms: int) -> Step:
    """What they may, then how long: so it is sent."""
    page, state = page_of(state, CarersPage), replace(state, touched_ms=now_ms)
    if page.request_id:
        return state, ()
    if page.may is None:
        page = replace(page, may=GRANTS[chosen(action)], trouble="")
        return go(state, Screen.CARER_MAY, page, now_ms=now_ms), ()
    if chosen(action) >= len(CARER_DAYS_OFFERED):
        return state, ()
    wish_id, name, may = next_id(state, "carer"), page.typing.said, page.may
    days = CARER_DAYS_OFFERED[chosen(action)]
    return _ask(
        state,
        replace(page, wish_id=wish_id),
        lambda asked, session_id: PrepareCarer(
            request_id=asked, session_id=session_id, wish_id=wish_id, name=name, may=may, days=days
        ),
        now_ms,
    )


def _handed(state: State, tap_id: str, now_ms: int) -> Step:
    """A card was held there; while one is looked at, another is let go."""
    page, state = page_of(state, CarersPage), replace(state, touched_ms=now_ms)
    if page.request_id:
        return state, ()
    wish_id = page.wish_id
    state, effects = _ask(
        state,
        page,
        lambda asked, _: HandCarer(request_id=asked, wish_id=wish_id, tap_id=tap_id),
        now_ms,
    )
    return state, (*effects, PlaySound(Sound.TOUCH))


def _told(state: State, told: CarersTold, now_ms: int) -> Step:
    page = page_of(state, CarersPage)
    if told.outcome not in _GOOD:
        page = replace(page, trouble=told.outcome)
        return replace(state, journey=page, touched_ms=now_ms), (PlaySound(Sound.REFUSAL),)
    if told.outcome == "prepared":
        page = replace(page, step="card", carers=None, ending=None, typing=a_text(CARER_NAME_CHARS_MAX))
        state, effects = close(state)
        state = forget(state, keeps_choice=True)
        return go(state, Screen.CARER_CARD, page, now_ms=now_ms), (*effects, PlaySound(Sound.SUCCESS))
    if told.outcome == "given":
        page = replace(page, step="done", carers=None)
        return go(state, Screen.CARER_CARD, page, now_ms=now_ms), (PlaySound(Sound.SUCCESS),)
    page = replace(page, carers=told.carers, ending=None, trouble="")
    sounds = (PlaySound(Sound.SUCCESS),) if told.outcome == "ended" else ()
    return go(state, Screen.CARERS, page, now_ms=now_ms), sounds


def _unanswered(state: State, now_ms: int) -> Step:
    return _told(state, CarersTold(request_id="", outcome="central_unreachable"), now_ms)


_UP: Final = {
    Screen.CARER_END: Screen.CARERS,
    Screen.CARER_NAME: Screen.CARERS,
    Screen.CARER_MAY: Screen.CARER_NAME,
}


def _back(state: State, action: Action, now_ms: int) -> Step:
    if is_answer_awaited(state):
        return replace(state, touched_ms=now_ms), ()
    target = _UP.get(state.screen)
    if target is None:
        return open_menu(state, action, now_ms)
    page = replace(page_of(state, CarersPage), trouble="", ending=None)
    if page.may is not None:  # from how long to what
        target, page = Screen.CARER_MAY, replace(page, may=None)
    return go(state, target, page, now_ms=now_ms), ()


def _finish(state: State, action: Action, now_ms: int) -> Step:
    return (state, ()) if is_answer_awaited(state) else leave(state, action, now_ms)


JOURNEY = Journey(
    touches={
        Screen.CARERS: {
            **dict.fromkeys(CHOICES[:CARERS_PER_MEMBER], _choose),
            Action.AGREE: _add,
            Action.BACK: _back,
        },
        Screen.CARER_END: {Action.AGREE: _end, Action.BACK: _back},
        Screen.CARER_NAME: {
            **dict.fromkeys(TYPING_ACTIONS, type_key),
            Action.SEND: _named,
            Action.BACK: _back,
        },
        Screen.CARER_MAY: {**dict.fromkeys(CHOICES[: len(GRANTS)], _grant), Action.BACK: _back},
        Screen.CARER_CARD: {Action.FINISH: _finish},
    },
    told={CarersTold: _told},
    unanswered=_unanswered,
    handed=_handed,
    with_pin=_with_pin,
    without_pin=_back,
    member_tiles=(Tile(action=Action.CARERS, enter=_open, is_offered=_may_see),),
)
