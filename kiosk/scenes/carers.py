"""Moments of a member for whom somebody acts, and of whoever acts."""

from datetime import UTC, datetime
from typing import Final

import msgspec

from kiosk.flow import Action
from kiosk.flow.events import AnyEvent, CardSeen, Told, Touched
from kiosk.flow.state import CHOICES, DIGITS
from kiosk.scenes.base import Scene, scene, touch, type_text, visit, way_to
from kiosk.scenes.demo import TODAY, a_member
from loyalty.durations import DAY_MS
from wire.carers import Carer, CarersOutcome, CarersTold
from wire.messages import Language, PinTold

_KEYS: Final = {digit: action for action, digit in DIGITS.items()}
_PIN: Final = (*(_KEYS[digit] for digit in "2486"), Action.SEND_PIN)
_NOON: Final = int(datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC).timestamp()) * 1000
_MARIES: Final = Carer(
    carer_id="c-1", name="Marie", ends_ms=_NOON + 200 * DAY_MS, tickets=3, last_ms=_NOON - 2 * DAY_MS
)
_LUCAS: Final = Carer(carer_id="c-2", name="Luca", ends_ms=_NOON + 364 * DAY_MS, may=("spend",))
_CARERS: Final = (_MARIES, _LUCAS)


def _told(
    number: int,
    outcome: CarersOutcome,
    at_ms: int,
    *,
    owner: str = "session-1",
    carers: tuple[Carer, ...] = (),
) -> Told:
    answer = CarersTold(request_id=f"{owner}.{number}", outcome=outcome, carers=carers)
    return Told(now_ms=at_ms, answer=answer)


def _at_pin(language: Language, *actions: Action) -> list[AnyEvent]:
    member = a_member(language=language, asks_pin=True)
    return [*visit(member), *touch(*way_to(Action.CARERS, member), *actions)]


def _later(at_ms: int, *actions: Action) -> list[AnyEvent]:
    return [Touched(now_ms=at_ms + 20 * at, action=each) for at, each in enumerate(actions)]


def _listed(language: Language, *carers: Carer, outcome: CarersOutcome = "list") -> list[AnyEvent]:
    right = Told(now_ms=3_300, answer=PinTold(request_id="session-1.1", outcome="right"))
    return [*_at_pin(language, *_PIN), right, _told(2, outcome, 3_400, carers=carers)]


def _ending(language: Language, *actions: Action) -> list[AnyEvent]:
    return [*_listed(language, *_CARERS), *_later(3_500, CHOICES[0], *actions)]


def _end_told(language: Language, outcome: CarersOutcome) -> list[AnyEvent]:
    return [*_ending(language, Action.AGREE), _told(3, outcome, 4_000, carers=_CARERS[1:])]


def _named(language: Language) -> list[AnyEvent]:
    before = [*_listed(language), *_later(3_500, Action.AGREE)]
    return [*before, *type_text(before, "Marie")]


def _granting(language: Language, *actions: Action) -> list[AnyEvent]:
    before = _named(language)
    return [*before, *_later(before[-1].now_ms + 50, Action.SEND, *actions)]


def _new_card(language: Language, *outcomes: CarersOutcome) -> list[AnyEvent]:
    before = _granting(language, CHOICES[0], CHOICES[1])
    at_ms = before[-1].now_ms + 100
    events: list[AnyEvent] = [*before, _told(3, "prepared", at_ms)]
    for at, outcome in enumerate(outcomes):
        events += [
            CardSeen(now_ms=at_ms + 500 + at, tap_id=f"tap-{at + 2}"),
            _told(4 + at, outcome, at_ms + 600 + at, owner="visitor"),
        ]
    return events


def _acting(language: Language, *actions: Action) -> list[AnyEvent]:
    member = msgspec.structs.replace(
        a_member(language=language, tickets=()), is_carer=True, may_see_tickets=False
    )
    return [*visit(member), *touch(*actions)]


SCENES: Final[tuple[Scene, ...]] = (
    scene("carers_pin", lambda lang: _at_pin(lang, *_PIN[:-1])),
    scene("carers_asking", lambda lang: _listed(lang)[:-1], 2_000),
    scene("carers_none", _listed),
    scene("carers", lambda lang: _listed(lang, *_CARERS)),
    scene("carers_needs_pin", lambda lang: _listed(lang, outcome="needs_pin")),
    scene("carers_away", lambda lang: _listed(lang, outcome="central_unreachable")),
    scene("carer_end", _ending),
    scene("carer_ended", lambda lang: _end_told(lang, "ended")),
    scene("carer_end_away", lambda lang: _end_told(lang, "central_unreachable")),
    scene("carer_name", _named),
    scene("carer_may", _granting),
    scene("carer_days", lambda lang: _granting(lang, CHOICES[0])),
    scene("carer_card", _new_card),
    scene("carer_not_blank", lambda lang: _new_card(lang, "not_blank")),
    scene("carer_card_away", lambda lang: _new_card(lang, "central_unreachable")),
    scene("carer_over", lambda lang: _new_card(lang, "over")),
    scene("carer_done", lambda lang: _new_card(lang, "given")),
    scene("acting_for", _acting),
    scene("acting_for_menu", lambda lang: _acting(lang, Action.MENU)),
)
