"""Moments of an explanation, without and with a PIN."""

from collections.abc import Sequence
from typing import Final

import msgspec

from kiosk.flow import Action
from kiosk.flow.events import AnyEvent, Told, Touched
from kiosk.scenes.base import Scene, scene, touch, visit
from kiosk.scenes.demo import a_member
from kiosk.scenes.pin import pin_moments
from wire.api_value import Nothing
from wire.messages import Language
from wire.why import Why, WhyLine, WhyRule


def _asked(language: Language, answer: Why | None = None, *actions: Action) -> list[AnyEvent]:
    """The member touches a ticket; the agent answers, or not yet."""
    events = [*visit(a_member(language=language)), *touch(*(actions or (Action.WHY_TODAY,)))]
    return [*events, Told(now_ms=2500, answer=answer)] if answer else events


def _pin_scene(name: str, moment: Sequence[AnyEvent]) -> Scene:
    def events(language: Language) -> list[AnyEvent]:
        visited = visit(a_member(language=language, asks_pin=True))
        return [*visited, *touch(Action.WHY_TODAY), Told(now_ms=2500, answer=_WHY), *moment]

    return scene(name, events)


_QUESTION = "session-1.1"
_BASE = WhyRule(
    code="points_per_amount",
    points=37,
    names={
        "fr": "1 point par franc entier",
        "de": "1 Punkt pro ganzen Franken",
        "it": "1 punto per franco intero",
        "en": "1 point per whole franc",
        "zh": "每满 1 瑞郎积 1 分",
    },
)
_SUN = WhyRule(
    code="points_multiplier",
    points=8,
    names={
        "fr": "Novembre double",
        "de": "Doppelter November",
        "it": "Novembre doppio",
        "en": "Double November",
        "zh": "十一月双倍积分",
    },
)
_WELCOME = WhyRule(code="points_fixed", points=4)
_VISIT = WhyRule(code="points_nth_visit", points=3)


def _why_line(no: int, points: int, *parts: tuple[int, int]) -> WhyLine:
    return WhyLine(numbers=((no, no),), points=points, parts=parts)


_WHY = Why(request_id=_QUESTION, points=37, is_known=True, rules=(_BASE,), lines=(_why_line(1, 37, (0, 37)),))
_WHY_LAW = Why(
    request_id=_QUESTION,
    points=37,
    is_known=True,
    rules=(msgspec.structs.replace(_BASE, points=29), _SUN),
    lines=(
        _why_line(1, 12, (0, 12)),
        _why_line(2, 25, (0, 17), (1, 8)),
        WhyLine(numbers=((3, 3), (5, 6)), count=3, nothing="law"),
        WhyLine(numbers=((4, 4),), nothing="programme"),
    ),
)
_WHY_MUCH = Why(
    request_id=_QUESTION,
    points=37,
    is_known=True,
    rules=(msgspec.structs.replace(_BASE, points=22), _SUN, _WELCOME, _VISIT),
    lines=(
        _why_line(1, 25, (0, 14), (1, 8), (2, 2), (3, 1)),
        WhyLine(numbers=((2, 2), (4, 6)), count=4, points=2, parts=((0, 2),)),
        WhyLine(numbers=((3, 3),), points=4, parts=((0, 4),), left_out="law"),
        WhyLine(numbers=((7, 7),), nothing="law"),
    ),
)
_WHY_LONG = Why(
    request_id=_QUESTION,
    points=124,
    is_known=True,
    rules=(msgspec.structs.replace(_BASE, points=120), _WELCOME),
    lines=(
        WhyLine(numbers=((1, 1), (16, 16)), count=2, points=1, parts=((0, 1),)),
        *(_why_line(no, no, (0, no)) for no in range(2, 15)),
        _why_line(15, 18, (0, 14), (1, 4)),
        WhyLine(numbers=((17, 19), (21, 21), (24, 26), (30, 30)), count=14, nothing="law"),
    ),
)
_WHY_MOST = Why(
    request_id=_QUESTION,
    points=1_240_386,
    is_known=True,
    rules=tuple(msgspec.structs.replace(_BASE, points=155_048) for _ in range(6)),
    lines=tuple(
        WhyLine(
            numbers=((no, no + 2), (no + 1000, no + 1000), (1400, 1401), (1450, 1450)),
            count=1400,
            points=1_240,
            parts=((0, 1_200), (1, 20), (2, 20)),
        )
        for no in range(1, 36)
    ),
)
"""Nothing of our programme gives so much; what is drawn must fit all the same."""


def _nothing(*reasons: Nothing) -> Why:
    lines = tuple(WhyLine(numbers=((at, at),), nothing=reason) for at, reason in enumerate(reasons, start=1))
    return Why(request_id=_QUESTION, points=0, is_known=True, lines=lines)


SCENES: Final[tuple[Scene, ...]] = (
    scene("why", lambda lang: _asked(lang, _WHY)),
    scene("why_waiting", _asked, 1_000),
    scene("why_law", lambda lang: _asked(lang, _WHY_LAW)),
    scene("why_much", lambda lang: _asked(lang, _WHY_MUCH)),
    scene(
        "why_long",
        lambda lang: [
            *_asked(lang, _WHY_LONG, Action.TICKETS, Action.WHY_3),
            Touched(now_ms=2600, action=Action.OLDER),
        ],
    ),
    scene("why_most", lambda lang: [*_asked(lang, _WHY_MOST), Touched(now_ms=2600, action=Action.OLDER)]),
    scene(
        "why_nothing",
        lambda lang: _asked(
            lang,
            _nothing("law", "used_up", "too_little", "programme"),
            Action.TICKETS,
            Action.OLDER,
            Action.WHY_2,
        ),
    ),
    scene("why_no_rule", lambda lang: _asked(lang, _nothing(), Action.TICKETS, Action.OLDER, Action.WHY_2)),
    scene(
        "why_central_away",
        lambda lang: _asked(lang, Why(request_id=_QUESTION, trouble="central_unreachable")),
    ),
    scene("why_not_told_here", lambda lang: _asked(lang, Why(request_id=_QUESTION, trouble="not_told_here"))),
    scene("why_not_kept", lambda lang: _asked(lang, Why(request_id=_QUESTION))),
    *(_pin_scene(name, moment) for name, moment in pin_moments(_BASE).items()),
)
