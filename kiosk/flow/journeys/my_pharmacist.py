"""My pharmacist: who it is and how they are reached, a message to them, another one to choose."""

from dataclasses import dataclass, replace

from kiosk.flow.effects import PlaySound, Sound
from kiosk.flow.journeys.base import Journey, Tile, ask, chosen, go, is_answer_awaited, page_of
from kiosk.flow.journeys.menu import open_menu
from kiosk.flow.journeys.my_points import may_see_value
from kiosk.flow.journeys.shop_messages import open_to
from kiosk.flow.sessions import Step
from kiosk.flow.state import CHOICES, Action, JourneyPage, Screen, State
from wire.pharmacist import AskPharmacist, ChoosePharmacist, PharmacistTold


@dataclass(frozen=True, slots=True, kw_only=True)
class PharmacistPage(JourneyPage):
    """What was told, None while it is awaited first. `is_choosing`: the others are shown."""

    screens = frozenset({Screen.MY_PHARMACIST})
    told: PharmacistTold | None = None
    is_choosing: bool = False
    has_failed: bool = False
    """The last choice came to nothing."""


def _open(state: State, _action: Action, now_ms: int) -> Step:
    page, session_id = PharmacistPage(), state.session_id
    return ask(
        go(state, Screen.MY_PHARMACIST, page, now_ms=now_ms),
        page,
        lambda asked: AskPharmacist(request_id=asked, session_id=session_id),
        now_ms=now_ms,
        only_reads=True,
    )


def _told(state: State, told: PharmacistTold, now_ms: int) -> Step:
    page = page_of(state, PharmacistPage)
    if page.told is not None and told.trouble:  # a choice: what was known stays
        return replace(state, journey=replace(page, has_failed=True), touched_ms=now_ms), (
            PlaySound(Sound.REFUSAL),
        )
    is_first = page.told is None
    is_choosing = is_first and told.mine is None and bool(told.others)
    page = replace(page, told=told, is_choosing=is_choosing, has_failed=False)
    sounds = () if is_first else (PlaySound(Sound.SUCCESS),)
    return go(state, Screen.MY_PHARMACIST, page, now_ms=now_ms), sounds


def _unanswered(state: State, now_ms: int) -> Step:
    return _told(state, PharmacistTold(request_id="", trouble="central_unreachable"), now_ms)


def _change(state: State, _action: Action, now_ms: int) -> Step:
    """To the others, if there are any."""
    page = page_of(state, PharmacistPage)
    if is_answer_awaited(state) or page.is_choosing or page.told is None or not page.told.others:
        return replace(state, touched_ms=now_ms), ()
    page = replace(page, is_choosing=True, has_failed=False)
    return go(state, Screen.MY_PHARMACIST, page, now_ms=now_ms), ()


def _choose(state: State, action: Action, now_ms: int) -> Step:
    page, place, session_id = page_of(state, PharmacistPage), chosen(action), state.session_id
    others = page.told.others if page.told else ()
    if is_answer_awaited(state) or not page.is_choosing or place >= len(others):
        return replace(state, touched_ms=now_ms), ()
    staff_id = others[place].staff_id
    return ask(
        state,
        replace(page, has_failed=False),
        lambda asked: ChoosePharmacist(request_id=asked, session_id=session_id, staff_id=staff_id),
        now_ms=now_ms,
    )


def _write(state: State, _action: Action, now_ms: int) -> Step:
    """A message to this person."""
    page = page_of(state, PharmacistPage)
    mine = page.told.mine if page.told else None
    if is_answer_awaited(state) or page.is_choosing or mine is None:
        return replace(state, touched_ms=now_ms), ()
    return open_to(state, mine.staff_id, mine.name, now_ms=now_ms)


def _back(state: State, action: Action, now_ms: int) -> Step:
    page = page_of(state, PharmacistPage)
    if is_answer_awaited(state) and page.told is not None:
        return replace(state, touched_ms=now_ms), ()
    if page.is_choosing and page.told is not None and page.told.mine is not None:
        page = replace(page, is_choosing=False, has_failed=False)
        return go(state, Screen.MY_PHARMACIST, page, now_ms=now_ms), ()
    return open_menu(state, action, now_ms)


JOURNEY = Journey(
    touches={
        Screen.MY_PHARMACIST: {
            **dict.fromkeys(CHOICES, _choose),
            Action.CHANGE: _change,
            Action.SHOP_MESSAGE: _write,
            Action.BACK: _back,
        }
    },
    told={PharmacistTold: _told},
    unanswered=_unanswered,
    member_tiles=(Tile(action=Action.MY_PHARMACIST, enter=_open, is_offered=may_see_value),),
)
