"""Moments of a member's own value: points, vouchers."""

from typing import Final, Literal

import msgspec

from kiosk.flow import Action
from kiosk.flow.events import AgentChanged, AnyEvent, Told, Touched
from kiosk.scenes.base import Scene, scene, touch, visit, way_to
from kiosk.scenes.demo import a_member, a_session, an_agent_state
from wire.message_base import UsualTrouble
from wire.messages import Answer, Language
from wire.my_value import (
    Association,
    AssociationsTold,
    DonatedTold,
    MyValueTold,
    PointsEnding,
    ReportState,
    ReportTold,
    TierStanding,
    Voucher,
    VoucherTold,
)
from wire.printing import PrinterState, PrintTold
from wire.why import Why

QUESTION: Final = "session-1.1"
_SECOND: Final = "session-1.2"
_THIRD: Final = "session-1.3"

TIER: Final = TierStanding(
    tier="argent",
    next_tier="or",
    count="spent",
    counted=31_240,
    next_at=50_000,
    missing=18_760,
    names={"fr": "Argent", "de": "Silber", "it": "Argento", "en": "Silver", "zh": "银级"},
    next_names={"fr": "Or", "de": "Gold", "it": "Oro", "en": "Gold", "zh": "金级"},
)
ENDINGS: Final = (
    PointsEnding(points=120, first_day="2026-12-31", last_day="2026-12-31"),
    PointsEnding(points=318, first_day="2027-03-04", last_day="2027-03-29"),
    PointsEnding(points=410, first_day="2027-06-30", last_day="2027-06-30"),
    PointsEnding(points=12, first_day="2027-10-02", last_day="2027-10-30"),
    PointsEnding(points=268, first_day="2028-09-30", last_day="2028-09-30"),
)
VOUCHERS: Final = (
    Voucher(
        voucher_id="sale-3/1",
        names={
            "fr": "Merci de votre fidélité",
            "de": "Danke für Ihre Treue",
            "it": "Grazie della fedeltà",
            "en": "Thank you for your loyalty",
            "zh": "感谢您的支持",
        },
        worth_minor=1000,
        last_day="2026-12-15",
    ),
    Voucher(voucher_id="sale-6/1", names={}, worth_minor=500, last_day="2027-05-31", is_limited=True),
    Voucher(voucher_id="sale-7/1", names={}, worth_minor=2500),
    Voucher(voucher_id="sale-7/2", names={}, worth_minor=750, last_day="2027-08-31"),
)
VALUE: Final = MyValueTold(
    request_id=QUESTION,
    points=1248,
    pending=12,
    worth_minor=1200,
    lasting=120,
    endings=ENDINGS,
    tier=TIER,
    vouchers=VOUCHERS,
)
NUMBER: Final = VoucherTold(
    request_id=_SECOND, code="54528 96630 79907 24440", payload="54528966307990724440"
)


def opened(language: Language, tile: Action, *answers: Answer) -> list[AnyEvent]:
    """A member in a journey, answered so far."""
    events = [*visit(a_member(language=language)), *touch(*way_to(tile))]
    return [*events, *(Told(now_ms=2600 + 100 * at, answer=each) for at, each in enumerate(answers))]


def _voucher(language: Language, *then: AnyEvent) -> list[AnyEvent]:
    events = opened(language, Action.MY_VOUCHERS, VALUE)
    return [*events, Touched(now_ms=2700, action=Action.CHOOSE_1), *then]


def _with_printer(language: Language, *then: AnyEvent) -> list[AnyEvent]:
    state = an_agent_state(session=a_session(a_member(language=language)), revision=2)
    ready = msgspec.structs.replace(state, printer=PrinterState(condition="ready", since_ms=0))
    return _voucher(language, AgentChanged(now_ms=2750, state=ready), Told(now_ms=2800, answer=NUMBER), *then)


def _replaced(**changed: object) -> MyValueTold:
    return msgspec.structs.replace(VALUE, **changed)


_PRINT: Final = Touched(now_ms=2900, action=Action.PRINT)

CHOIR: Final = Association(association_id="choir", name="Chœur des Dames de Nyon")
CLUB: Final = Association(
    association_id="club",
    name="Club de natation du Léman",
    is_mine=True,
    paid_minor=124_050,
    months=5,
    last_month="2026-10",
)
ASSOCIATIONS: Final = AssociationsTold(request_id=QUESTION, points=1248, associations=(CLUB, CHOIR))
_LONG: Final = Association(
    association_id="long",
    name="Association intercantonale des amies et amis de la montagne et des lacs de Suisse romande",
)


def _giving(language: Language, *then: AnyEvent, told: AssociationsTold = ASSOCIATIONS) -> list[AnyEvent]:
    member = msgspec.structs.replace(a_member(language=language), may_donate=True)
    events = [*visit(member), *touch(*way_to(Action.DONATE, member))]
    return [*events, Told(now_ms=2600, answer=told), *then]


def _asked_twice(language: Language, *then: AnyEvent, **more: AssociationsTold) -> list[AnyEvent]:
    touches = [Touched(now_ms=2700, action=each) for each in (Action.CHOOSE_1, Action.CHOOSE_2)]
    return _giving(language, *touches, *then, **more)


_AGREE: Final = Touched(now_ms=2800, action=Action.AGREE)


def _given(trouble: UsualTrouble = "") -> Told:
    done = DonatedTold(request_id=_SECOND, points=100, balance=1148, trouble=trouble)
    return Told(now_ms=2900, answer=done)


GIVING: Final[tuple[Scene, ...]] = (
    scene("donate", _giving),
    scene("donate_waiting", lambda lang: _giving(lang)[:-1], 1_000),
    scene(
        "donate_nobody",
        lambda lang: _giving(lang, told=AssociationsTold(request_id=QUESTION, points=1248)),
    ),
    scene(
        "donate_central_away",
        lambda lang: _giving(lang, told=AssociationsTold(request_id=QUESTION, trouble="central_unreachable")),
    ),
    scene("donate_amount", lambda lang: _giving(lang, Touched(now_ms=2700, action=Action.CHOOSE_1))),
    scene(
        "donate_amount_few",
        lambda lang: _giving(
            lang,
            Touched(now_ms=2700, action=Action.CHOOSE_2),
            told=msgspec.structs.replace(ASSOCIATIONS, points=49, associations=(CHOIR, _LONG)),
        ),
    ),
    scene("donate_confirm", _asked_twice),
    scene(
        "donate_confirm_long",
        lambda lang: _asked_twice(
            lang, told=msgspec.structs.replace(ASSOCIATIONS, points=1_240_386, associations=(_LONG,))
        ),
    ),
    scene("donate_booking", lambda lang: _asked_twice(lang, _AGREE), 1_000),
    scene("donate_done", lambda lang: _asked_twice(lang, _AGREE, _given())),
    scene("donate_unknown", lambda lang: _asked_twice(lang, _AGREE, _given("central_unreachable"))),
    scene("donate_needs_card", lambda lang: _asked_twice(lang, _AGREE, _given("needs_card"))),
)


def _report(language: Language, *then: AnyEvent) -> list[AnyEvent]:
    why = Why(request_id="session-1.1", points=37)
    events = [*visit(a_member(language=language)), *touch(Action.WHY_TODAY)]
    return [
        *events,
        Told(now_ms=2500, answer=why),
        Touched(now_ms=2600, action=Action.REPORT),
        *then,
    ]


def _reported(state: ReportState, trouble: UsualTrouble | Literal["too_many"] = "") -> Told:
    return Told(now_ms=2900, answer=ReportTold(request_id=_SECOND, state=state, trouble=trouble))


REPORTS: Final[tuple[Scene, ...]] = (
    scene("report", _report),
    scene("report_waiting", lambda lang: _report(lang, _AGREE), 1_000),
    scene("report_done", lambda lang: _report(lang, _AGREE, _reported("open"))),
    scene("report_answered", lambda lang: _report(lang, _AGREE, _reported("answered"))),
    scene("report_too_many", lambda lang: _report(lang, _AGREE, _reported("", "too_many"))),
    scene("report_central_away", lambda lang: _report(lang, _AGREE, _reported("", "central_unreachable"))),
)

SCENES: Final[tuple[Scene, ...]] = (
    scene("my_points", lambda lang: opened(lang, Action.MY_POINTS, VALUE)),
    scene("my_points_waiting", lambda lang: opened(lang, Action.MY_POINTS), 1_000),
    scene(
        "my_points_later",
        lambda lang: [
            *opened(lang, Action.MY_POINTS, VALUE),
            Touched(now_ms=2700, action=Action.OLDER),
        ],
    ),
    scene(
        "my_points_highest",
        lambda lang: opened(
            lang,
            Action.MY_POINTS,
            _replaced(
                points=1_240_386,
                pending=1,
                endings=(),
                lasting=0,
                tier=TierStanding(tier="platine", count="points", counted=9_000),
            ),
        ),
    ),
    scene(
        "my_points_first_steps",
        lambda lang: opened(
            lang,
            Action.MY_POINTS,
            _replaced(
                points=0,
                pending=0,
                endings=(),
                tier=TierStanding(next_tier="argent", count="visits", counted=1, next_at=4, missing=3),
            ),
        ),
    ),
    scene(
        "my_points_central_away",
        lambda lang: opened(
            lang, Action.MY_POINTS, MyValueTold(request_id=QUESTION, trouble="central_unreachable")
        ),
    ),
    scene("my_vouchers", lambda lang: opened(lang, Action.MY_VOUCHERS, VALUE)),
    scene("my_vouchers_none", lambda lang: opened(lang, Action.MY_VOUCHERS, _replaced(vouchers=()))),
    scene(
        "my_vouchers_not_here",
        lambda lang: opened(lang, Action.MY_VOUCHERS, MyValueTold(request_id=QUESTION, trouble="not_here")),
    ),
    scene("my_voucher", lambda lang: _voucher(lang, Told(now_ms=2800, answer=NUMBER))),
    scene("my_voucher_waiting", _voucher, 1_000),
    scene("my_voucher_to_print", _with_printer),
    scene("my_voucher_printing", lambda lang: _with_printer(lang, _PRINT), 1_000),
    scene(
        "my_voucher_printed",
        lambda lang: _with_printer(
            lang, _PRINT, Told(now_ms=3000, answer=PrintTold(request_id=_THIRD, outcome="printed"))
        ),
    ),
    scene(
        "my_voucher_uncertain",
        lambda lang: _with_printer(
            lang, _PRINT, Told(now_ms=3000, answer=PrintTold(request_id=_THIRD, outcome="uncertain"))
        ),
    ),
    scene(
        "my_voucher_paper_out",
        lambda lang: _with_printer(
            lang, _PRINT, Told(now_ms=3000, answer=PrintTold(request_id=_THIRD, outcome="paper_out"))
        ),
    ),
    scene(
        "my_voucher_needs_chip",
        lambda lang: _voucher(
            lang, Told(now_ms=2800, answer=VoucherTold(request_id=_SECOND, trouble="needs_card"))
        ),
    ),
    scene(
        "my_voucher_central_away",
        lambda lang: _voucher(
            lang, Told(now_ms=2800, answer=VoucherTold(request_id=_SECOND, trouble="central_unreachable"))
        ),
    ),
    scene(
        "my_voucher_card_gone",
        lambda lang: _voucher(
            lang, Told(now_ms=2800, answer=VoucherTold(request_id=_SECOND, trouble="card_gone"))
        ),
    ),
    scene(
        "my_voucher_changed",
        lambda lang: _voucher(
            lang, Told(now_ms=2800, answer=VoucherTold(request_id=_SECOND, trouble="changed"))
        ),
    ),
    *GIVING,
    *REPORTS,
)
