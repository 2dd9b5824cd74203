"""Moments of somebody who blocks a card without it."""

from typing import Final

from kiosk.flow import Action
from kiosk.flow.events import AnyEvent, Told, Touched
from kiosk.flow.state import CHOICES, DIGITS
from kiosk.scenes.base import Scene, idle, scene, visitor_way_to
from wire.lost_cards import LostOutcome, LostTold

_KEYS: Final = {digit: action for action, digit in DIGITS.items()}
_NUMBER: Final = (*(_KEYS[digit] for digit in "2990000000019"), Action.SEND_PIN)
_BORN: Final = tuple(_KEYS[digit] for digit in "12041961")
_BORN_YEAR_FIRST: Final = tuple(_KEYS[digit] for digit in "19610412")
_CODE: Final = tuple(_KEYS[digit] for digit in "482913")


def _touches(*actions: Action) -> list[AnyEvent]:
    way = (*visitor_way_to(Action.LOST_CARD), *actions)
    return [*idle(), *(Touched(now_ms=2_000 + 20 * index, action=each) for index, each in enumerate(way))]


def _born(language: str) -> tuple[Action, ...]:
    return (*(_BORN_YEAR_FIRST if language == "zh" else _BORN), Action.SEND_PIN)


def _answered(language: str, outcome: LostOutcome, minutes: int = 0) -> list[AnyEvent]:
    told = LostTold(request_id="visitor.1", outcome=outcome, hours=24, wait_minutes=minutes)
    return [*_touches(*_NUMBER, *_born(language)), Told(now_ms=3_000, answer=told)]


def _with_code(language: str, *actions: Action) -> list[AnyEvent]:
    later = (*_CODE, Action.SEND_PIN, *actions)
    touched = [Touched(now_ms=3_100 + 20 * index, action=each) for index, each in enumerate(later)]
    return [*_answered(language, "noted"), *touched]


def _ended(language: str, outcome: LostOutcome, choice: Action) -> list[AnyEvent]:
    told = Told(now_ms=3_600, answer=LostTold(request_id="visitor.2", outcome=outcome))
    return [*_with_code(language, choice), told]


SCENES: Final[tuple[Scene, ...]] = (
    scene("lost_number", lambda _: _touches(*_NUMBER[:-1])),
    scene("lost_born", lambda lang: _touches(*_NUMBER, *_born(lang)[:4])),
    scene("lost_asking", lambda lang: _touches(*_NUMBER, *_born(lang)), 2_000),
    scene("lost_no_such_day", lambda _: _touches(*_NUMBER, *[_KEYS["0"]] * 8, Action.SEND_PIN)),
    scene("lost_too_many", lambda lang: _answered(lang, "too_many", minutes=47)),
    scene("lost_central_away", lambda lang: _answered(lang, "central_unreachable")),
    scene("lost_noted", lambda lang: _answered(lang, "noted")),
    scene("lost_wish", _with_code),
    scene("lost_code_wrong", lambda lang: _ended(lang, "wrong", CHOICES[0])),
    scene("lost_wish_unanswered", lambda lang: _ended(lang, "central_unreachable", CHOICES[0])),
    scene("lost_kept", lambda lang: _ended(lang, "kept", CHOICES[0])),
    scene("lost_undone", lambda lang: _ended(lang, "undone", CHOICES[1])),
)
