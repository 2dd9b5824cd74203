"""Somebody without their card blocks it: number, date of birth, then the code that the member is sent (P-37).

Until the code, right and wrong data lead through the same screens.
"""

from dataclasses import dataclass, field, replace
from typing import Final, Literal

from kiosk.flow.digits_page import (
    BIRTH_DIGITS,
    DigitsPage,
    erase,
    is_year_first,
    read_birth_date,
    type_digit,
)
from kiosk.flow.effects import PlaySound, Sound
from kiosk.flow.journeys.base import Journey, Tile, ask, go, is_answer_awaited, page_of
from kiosk.flow.journeys.menu import leave, open_visitor_menu
from kiosk.flow.sessions import Step
from kiosk.flow.state import CHOICES, DIGITS, Action, Screen, State
from loyalty.limits.lost_cards import LOST_CARD_CODE_DIGITS, LOST_CARD_DIGITS_MAX, LOST_CARD_DIGITS_MIN
from wire.lost_cards import EnterLostCode, LostOutcome, LostTold, ReportLost

LostStep = Literal["number", "birth_date", "code", "wish", "kept", "undone"]
_BACK: Final[dict[LostStep, LostStep]] = {"birth_date": "number", "wish": "code"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LostPage(DigitsPage):
    """What was typed, which no log prints, and how far they are. `trouble`: of what was sent last."""

    screens = frozenset({Screen.LOST_CARD})
    step: LostStep = "number"
    number: str = field(default="", repr=False)
    birth_date: str = field(default="", repr=False)
    code: str = field(default="", repr=False)
    trouble: LostOutcome | Literal["", "no_date"] = ""
    hours: int = 0
    wait_minutes: int = 0

    @property
    def room(self) -> tuple[int, int]:
        """The fewest and the most digits of this step; (0, 0): nothing is typed."""
        match self.step:
            case "number":
                return LOST_CARD_DIGITS_MIN, LOST_CARD_DIGITS_MAX
            case "birth_date":
                return BIRTH_DIGITS, BIRTH_DIGITS
            case "code":
                return LOST_CARD_CODE_DIGITS, LOST_CARD_CODE_DIGITS
        return 0, 0

    @property
    def is_shut(self) -> bool:
        """While an answer is awaited, and after too many tries."""
        return bool(self.request_id) or self.trouble == "too_many"

    def with_digits(self, typed: str) -> "LostPage":
        """Other digits; what was said of the ones before is over."""
        return replace(self, typed=typed, trouble="")


def _open(state: State, _action: Action, now_ms: int) -> Step:
    return go(state, Screen.LOST_CARD, LostPage(), now_ms=now_ms), ()


def _enter(state: State, action: Action, now_ms: int) -> Step:
    """Enough digits: the next step, or the report itself."""
    page, state = page_of(state, LostPage), replace(state, touched_ms=now_ms)
    if not page.takes(action):
        return state, ()
    match page.step:
        case "number":
            page = replace(page, step="birth_date", number=page.typed, typed="", trouble="")
            return go(state, Screen.LOST_CARD, page, now_ms=now_ms), ()
        case "birth_date":
            return _report(state, page, now_ms)
    page = replace(page, step="wish", code=page.typed, typed="", trouble="")
    return go(state, Screen.LOST_CARD, page, now_ms=now_ms), ()


def _report(state: State, page: LostPage, now_ms: int) -> Step:
    born = read_birth_date(page.typed, is_year_first=is_year_first(state))
    if not born:
        return replace(state, journey=replace(page, trouble="no_date", typed="")), (PlaySound(Sound.REFUSAL),)
    number = page.number
    page = replace(page, birth_date=born, trouble="")
    return ask(
        state,
        page,
        lambda asked: ReportLost(request_id=asked, number=number, birth_date=born),
        now_ms=now_ms,
    )


def _wish(state: State, action: Action, now_ms: int) -> Step:
    page, state = page_of(state, LostPage), replace(state, touched_ms=now_ms)
    if page.step != "wish" or is_answer_awaited(state):
        return state, ()
    wish: Literal["keep", "undo"] = "keep" if action is CHOICES[0] else "undo"
    number, born, code = page.number, page.birth_date, page.code
    return ask(
        state,
        page,
        lambda asked: EnterLostCode(request_id=asked, number=number, birth_date=born, code=code, wish=wish),
        now_ms=now_ms,
    )


def _told(state: State, told: LostTold, now_ms: int) -> Step:
    page = page_of(state, LostPage)
    match told.outcome:
        case "noted":
            page = replace(page, step="code", typed="", hours=told.hours, trouble="")
        case "kept" | "undone":
            page = replace(page, step=told.outcome, code="", trouble="")
            return go(state, Screen.LOST_CARD, page, now_ms=now_ms), (PlaySound(Sound.SUCCESS),)
        case "wrong":
            page = replace(page, step="code", code="", typed="", trouble="wrong")
        case _:
            page = replace(page, trouble=told.outcome, wait_minutes=told.wait_minutes)
    sounds = (PlaySound(Sound.REFUSAL),) if page.trouble else ()
    return go(state, Screen.LOST_CARD, page, now_ms=now_ms), sounds


def _unanswered(state: State, now_ms: int) -> Step:
    return _told(state, LostTold(request_id="", outcome="central_unreachable"), now_ms)


def _back(state: State, action: Action, now_ms: int) -> Step:
    """A step back; from what was noted there is no way back, only out."""
    page = page_of(state, LostPage)
    if is_answer_awaited(state):
        return replace(state, touched_ms=now_ms), ()
    if page.step not in _BACK:
        return open_visitor_menu(state, action, now_ms)
    page = replace(page, step=_BACK[page.step], typed="", trouble="")
    return go(state, Screen.LOST_CARD, page, now_ms=now_ms), ()


def _finish(state: State, action: Action, now_ms: int) -> Step:
    return (state, ()) if is_answer_awaited(state) else leave(state, action, now_ms)


JOURNEY = Journey(
    touches={
        Screen.LOST_CARD: {
            **dict.fromkeys(DIGITS, type_digit),
            **dict.fromkeys(CHOICES[:2], _wish),
            Action.ERASE: erase,
            Action.SEND_PIN: _enter,
            Action.BACK: _back,
            Action.FINISH: _finish,
        }
    },
    told={LostTold: _told},
    unanswered=_unanswered,
    visitor_tiles=(Tile(action=Action.LOST_CARD, enter=_open, is_offered=lambda _: True),),
)
