"""Moments of the PIN pad, for `kiosk.scenes`: what happens after a ticket was asked about."""

from collections.abc import Mapping, Sequence
from typing import Final

from kiosk.flow import Action
from kiosk.flow.events import AnyEvent, Told, Touched
from wire.messages import PinOutcome, PinTold
from wire.why import Why, WhyLine, WhyRule

_FIRST_MS: Final = 2_600
_TYPED: Final = (Action.SHOW_NAMES, Action.DIGIT_2, Action.DIGIT_4, Action.DIGIT_8)
_SENT: Final = (*_TYPED, Action.DIGIT_6, Action.SEND_PIN)


def _touches(*actions: Action) -> list[AnyEvent]:
    return [Touched(now_ms=_FIRST_MS + 100 * index, action=action) for index, action in enumerate(actions)]


def _judged(outcome: PinOutcome, tries_left: int = 0) -> list[AnyEvent]:
    told = PinTold(request_id="session-1.2", outcome=outcome, tries_left=tries_left)
    return [*_touches(*_SENT), Told(now_ms=3_400, answer=told)]


def _named(rule: WhyRule) -> list[AnyEvent]:
    lines = (
        WhyLine(numbers=((1, 1),), points=12, parts=((0, 12),), name="Crème solaire SPF 50+ 100 ml"),
        WhyLine(numbers=((2, 2),), points=25, parts=((0, 25),), name="Shampooing doux 300 ml"),
        WhyLine(numbers=((3, 3),), nothing="law", name="Dafalgan 500 mg cpr 30"),
    )
    answer = Why(request_id="session-1.3", points=37, is_known=True, rules=(rule,), lines=lines)
    return [*_judged("right"), Told(now_ms=3_600, answer=answer)]


def pin_moments(rule: WhyRule) -> Mapping[str, Sequence[AnyEvent]]:
    """By name; the ticket of `rule` was asked about before."""
    return {
        "why_may_ask_pin": (),
        "pin": _touches(Action.SHOW_NAMES),
        "pin_typed": _touches(*_TYPED),
        "pin_wrong": _judged("wrong", 2),
        "pin_last_try": _judged("wrong", 1),
        "pin_locked": _judged("locked"),
        "pin_central_away": _judged("central_unreachable"),
        "why_with_names": _named(rule),
    }
