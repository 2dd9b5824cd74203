"""Moments of somebody whose card is replaced: with it, and without."""

from typing import Final

from kiosk.flow import Action
from kiosk.flow.events import AnyEvent, CardSeen, Told, Touched
from kiosk.flow.state import CHOICES, DIGITS
from kiosk.scenes.base import Scene, idle, scene, touch, visit, visitor_way_to, way_to
from kiosk.scenes.demo import a_member
from wire.messages import Language, PinTold
from wire.replacements import ReplacementOutcome, ReplacementTold

_KEYS: Final = {digit: action for action, digit in DIGITS.items()}
_CODE: Final = tuple(_KEYS[digit] for digit in "482913")
_NUMBER: Final = (*(_KEYS[digit] for digit in "2990000000019"), Action.SEND_PIN)
_PIN: Final = (*(_KEYS[digit] for digit in "2486"), Action.SEND_PIN)


def _told(number: int, outcome: ReplacementOutcome, at_ms: int, **more: object) -> Told:
    owner = more.pop("owner", "session-1")
    answer = ReplacementTold(request_id=f"{owner}.{number}", outcome=outcome, **more)  # type: ignore[arg-type]
    return Told(now_ms=at_ms, answer=answer)


def _offer(language: Language, *actions: Action, with_pin: bool = False) -> list[AnyEvent]:
    member = a_member(language=language, asks_pin=with_pin)
    return [*visit(member), *touch(*way_to(Action.REPLACE_CARD, member), *actions)]


def _at_pin(language: Language, *actions: Action) -> list[AnyEvent]:
    return _offer(language, CHOICES[0], *actions, with_pin=True)


def _refused(language: Language, outcome: ReplacementOutcome, minutes: int = 0) -> list[AnyEvent]:
    return [*_offer(language, CHOICES[0]), _told(1, outcome, 3_500, wait_minutes=minutes)]


def _code_asked(language: Language, *actions: Action) -> list[AnyEvent]:
    told = _told(1, "code", 3_500, replacement_id="r-1", channel="sms")
    later = [Touched(now_ms=3_600 + 20 * at, action=each) for at, each in enumerate(actions)]
    return [*_offer(language, CHOICES[0]), told, *later]


def _code_said(language: Language, outcome: ReplacementOutcome) -> list[AnyEvent]:
    return [*_code_asked(language, *_CODE, Action.SEND_PIN), _told(2, outcome, 4_000, owner="visitor")]


def _staff(language: Language, outcome: ReplacementOutcome | None = None) -> list[AnyEvent]:
    events: list[AnyEvent] = [*_offer(language, CHOICES[0]), _told(1, "staff", 3_500, replacement_id="r-1")]
    if outcome is not None:
        events += [CardSeen(now_ms=4_000, tap_id="tap-2"), _told(2, outcome, 4_100, owner="visitor")]
    return events


def _new_card(language: Language, *after: AnyEvent) -> list[AnyEvent]:
    return [*_code_said(language, "card"), *after]


def _held(language: Language, outcome: ReplacementOutcome, **more: object) -> list[AnyEvent]:
    seen = CardSeen(now_ms=5_000, tap_id="tap-2")
    return _new_card(language, seen, _told(3, outcome, 5_200, owner="visitor", **more))


def _by_pin(language: Language) -> list[AnyEvent]:
    right = Told(now_ms=3_300, answer=PinTold(request_id="session-1.1", outcome="right"))
    granted = _told(2, "card", 3_400, replacement_id="r-1")
    seen = CardSeen(now_ms=5_000, tap_id="tap-2")
    done = _told(3, "done", 5_200, owner="visitor", keeps_pin=True)
    return [*_at_pin(language, *_PIN), right, granted, seen, done]


def _without(language: Language) -> list[AnyEvent]:
    born = "19610412" if language == "zh" else "12041961"
    digits = (_KEYS[digit] for digit in born)
    way = (*visitor_way_to(Action.NEW_CARD), *_NUMBER, *digits, Action.SEND_PIN)
    return [*idle(), *(Touched(now_ms=2_000 + 20 * at, action=each) for at, each in enumerate(way))]


def _without_coded(language: Language) -> list[AnyEvent]:
    told = _told(1, "code", 3_500, owner="visitor", replacement_id="r-1")
    return [*_without(language), told]


def _without_over(language: Language) -> list[AnyEvent]:
    digits = [
        Touched(now_ms=3_600 + 20 * at, action=each) for at, each in enumerate((*_CODE, Action.SEND_PIN))
    ]
    return [*_without_coded(language), *digits, _told(2, "over", 4_000, owner="visitor")]


SCENES: Final[tuple[Scene, ...]] = (
    scene("replace_offer", _offer),
    scene("replace_offer_pin", lambda lang: _offer(lang, with_pin=True)),
    scene("replace_pin", lambda lang: _at_pin(lang, *_PIN[:-1])),
    scene("replace_asking", lambda lang: _offer(lang, CHOICES[0]), 2_000),
    scene("replace_central_away", lambda lang: _refused(lang, "central_unreachable")),
    scene("replace_too_many", lambda lang: _refused(lang, "too_many", 47)),
    scene("replace_not_here", lambda lang: _refused(lang, "needs_card")),
    scene("replace_code", lambda lang: _code_asked(lang, *_CODE[:3])),
    scene("replace_code_wrong", lambda lang: _code_said(lang, "wrong")),
    scene("replace_no_code", lambda lang: _code_asked(lang, CHOICES[0])),
    scene("replace_staff", _staff),
    scene("replace_not_staff", lambda lang: _staff(lang, "not_staff")),
    scene("replace_new_card", _new_card),
    scene("replace_not_blank", lambda lang: _held(lang, "not_blank")),
    scene("replace_over", lambda lang: _held(lang, "over")),
    scene("replace_done", lambda lang: _held(lang, "done")),
    scene("replace_done_pin", _by_pin),
    scene(
        "new_card_number",
        lambda _: [
            *idle(),
            *(
                Touched(now_ms=2_000 + 20 * at, action=each)
                for at, each in enumerate((*visitor_way_to(Action.NEW_CARD), *_NUMBER[:-1]))
            ),
        ],
    ),
    scene("new_card_asking", _without, 2_000),
    scene("new_card_code", _without_coded),
    scene("new_card_over", _without_over),
)
