"""A page on whose pad digits are typed: a number, a date of birth, a code. No log prints them."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from kiosk.flow.sessions import Step
from kiosk.flow.state import DIGITS, Action, JourneyPage, State

BIRTH_DIGITS: Final = 8
_OLDEST_YEAR: Final = 1900


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitsPage(JourneyPage):
    """What was typed so far."""

    typed: str = field(default="", repr=False)

    @property
    def room(self) -> tuple[int, int]:
        """The fewest and the most digits of this step; (0, 0): nothing is typed."""
        return 0, 0

    @property
    def is_shut(self) -> bool:
        """Whether no key does anything."""
        return bool(self.request_id)

    def takes(self, key: Action) -> bool:
        """Whether a key of the pad does something now."""
        if self.is_shut:
            return False
        least, most = self.room
        count = len(self.typed)
        if key in DIGITS:
            return count < most
        return count >= 1 if key is Action.ERASE else 0 < least <= count

    def with_digits(self, typed: str) -> "DigitsPage":
        """Other digits; what was said of the ones before is over."""
        return replace(self, typed=typed)


def digits_page_of(state: State) -> DigitsPage:
    """The page that is on the screen."""
    assert isinstance(state.journey, DigitsPage), f"{state.screen} without a page of digits"
    return state.journey


def type_digit(state: State, action: Action, now_ms: int) -> Step:
    """One digit more, as far as this step takes them."""
    page, state = digits_page_of(state), replace(state, touched_ms=now_ms)
    if not page.takes(action):
        return state, ()
    return replace(state, journey=page.with_digits(page.typed + DIGITS[action])), ()


def erase(state: State, action: Action, now_ms: int) -> Step:
    """The last digit goes."""
    page, state = digits_page_of(state), replace(state, touched_ms=now_ms)
    if not page.takes(action):
        return state, ()
    return replace(state, journey=replace(page, typed=page.typed[:-1])), ()


def is_year_first(state: State) -> bool:
    """Whether dates begin with the year in the language that is spoken."""
    return state.language == "zh"


def read_birth_date(digits: str, *, is_year_first: bool) -> str:
    """An ISO date of day, month and year (or year, month and day); empty where there is no such day."""
    parts = (digits[:4], digits[4:6], digits[6:]) if is_year_first else (digits[4:], digits[2:4], digits[:2])
    year, month, day = (int(part) for part in parts)
    try:
        born = date(year, month, day)
    except ValueError:
        return ""
    return born.isoformat() if year >= _OLDEST_YEAR else ""
