"""Moments of points that become a voucher, or are paid forward."""

from typing import Final

import msgspec

from kiosk.flow import Action
from kiosk.flow.events import AgentChanged, AnyEvent, Told, Touched
from kiosk.scenes.base import Scene, scene, touch, visit, way_to
from kiosk.scenes.demo import a_member, a_session, an_agent_state
from wire.conversions import ConversionsTold, ConvertedTold, ForwardedTold, MoveTrouble, PointsFor
from wire.message_base import Language
from wire.printing import PrinterState

QUESTION: Final = "session-1.1"
_SECOND: Final = "session-1.2"

CHOICES_TOLD: Final = ConversionsTold(
    request_id=QUESTION,
    points=1248,
    step_points=100,
    step_minor=100,
    last_day="2027-11-26",
    choices=(
        PointsFor(points=100, worth_minor=100),
        PointsFor(points=600, worth_minor=600),
        PointsFor(points=1200, worth_minor=1200),
    ),
)
MADE: Final = ConvertedTold(
    request_id=_SECOND,
    points=1200,
    balance=48,
    voucher_id="session-1.conv.2/points",
    worth_minor=1200,
    last_day="2027-11-26",
    code="54528 96630 79907 24440",
    payload="54528966307990724440",
)
AGREE: Final = Touched(now_ms=2800, action=Action.AGREE)


def opened(language: Language, *then: AnyEvent, told: ConversionsTold = CHOICES_TOLD) -> list[AnyEvent]:
    """The choices are on the screen."""
    member = msgspec.structs.replace(a_member(language=language), may_convert=True)
    events = [*visit(member), *touch(*way_to(Action.CONVERT, member))]
    return [*events, Told(now_ms=2600, answer=told), *then]


def asked_twice(language: Language, *then: AnyEvent) -> list[AnyEvent]:
    """The most was chosen; the question stands."""
    return opened(language, Touched(now_ms=2700, action=Action.CHOOSE_3), *then)


def _made(language: Language, trouble: MoveTrouble = "", *, has_printer: bool = False) -> list[AnyEvent]:
    done = msgspec.structs.replace(MADE, trouble=trouble)
    events = asked_twice(language, AGREE, Told(now_ms=2900, answer=done))
    if not has_printer:
        return events
    member = msgspec.structs.replace(a_member(language=language), may_convert=True)
    state = an_agent_state(session=a_session(member), revision=2)
    ready = msgspec.structs.replace(state, printer=PrinterState(condition="ready", since_ms=0))
    return [*events, AgentChanged(now_ms=2950, state=ready)]


def giving(
    language: Language, *then: AnyEvent, told: ConversionsTold | None = None, waits: int = 4500
) -> list[AnyEvent]:
    """What may be paid forward is on the screen."""
    member = msgspec.structs.replace(a_member(language=language), may_donate=True, has_worth=True)
    events = [*visit(member), *touch(*way_to(Action.FORWARD, member))]
    told = told or msgspec.structs.replace(CHOICES_TOLD, forward_minor=waits)
    return [*events, Told(now_ms=2600, answer=told), *then]


def giving_asked_twice(language: Language, *then: AnyEvent) -> list[AnyEvent]:
    """About half was chosen; the question stands."""
    return giving(language, Touched(now_ms=2700, action=Action.CHOOSE_2), *then)


def _given(language: Language, trouble: MoveTrouble = "") -> list[AnyEvent]:
    done = ForwardedTold(request_id=_SECOND, points=600, balance=648, worth_minor=600, trouble=trouble)
    return giving_asked_twice(language, AGREE, Told(now_ms=2900, answer=done))


SCENES: Final[tuple[Scene, ...]] = (
    scene("forward", giving),
    scene("forward_first", lambda lang: giving(lang, waits=0)),
    scene("forward_waiting", lambda lang: giving(lang)[:-1], 1_000),
    scene(
        "forward_too_few",
        lambda lang: giving(
            lang, told=ConversionsTold(request_id=QUESTION, points=60, step_points=100, step_minor=100)
        ),
    ),
    scene("forward_question", giving_asked_twice),
    scene("forward_being_booked", lambda lang: giving_asked_twice(lang, AGREE), 1_000),
    scene("forward_done", _given),
    scene("forward_not_known", lambda lang: _given(lang, "central_unreachable")),
    scene("forward_changed", lambda lang: _given(lang, "changed")),
    scene("convert", opened),
    scene("convert_waiting", lambda lang: opened(lang)[:-1], 1_000),
    scene(
        "convert_too_few",
        lambda lang: opened(
            lang,
            told=ConversionsTold(
                request_id=QUESTION, points=60, step_points=100, step_minor=100, last_day="2027-11-26"
            ),
        ),
    ),
    scene(
        "convert_central_away",
        lambda lang: opened(lang, told=ConversionsTold(request_id=QUESTION, trouble="central_unreachable")),
    ),
    scene("convert_question", asked_twice),
    scene("convert_being_made", lambda lang: asked_twice(lang, AGREE), 1_000),
    scene("convert_made", _made),
    scene("convert_made_to_print", lambda lang: _made(lang, has_printer=True)),
    scene("convert_not_known", lambda lang: _made(lang, "central_unreachable")),
    scene("convert_card_gone", lambda lang: _made(lang, "card_gone")),
    scene("convert_pin", lambda lang: _made(lang, "needs_pin")),
    scene("convert_changed", lambda lang: _made(lang, "changed")),
)
