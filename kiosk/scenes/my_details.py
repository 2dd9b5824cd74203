"""Moments of a member's details: PIN, tiles, consents, a new address with its code."""

from typing import Final

import msgspec

from kiosk.flow import Action
from kiosk.flow.events import AgentChanged, AnyEvent, Told, Touched
from kiosk.scenes.base import Scene, scene, touch, type_text, visit, way_to
from kiosk.scenes.demo import a_member, a_session, an_agent_state, at
from wire.messages import Language, PinTold
from wire.my_details import Consent, Details, DetailsTold, DetailsTrouble

DETAILS: Final = Details(
    email="anne.aubert@example.org",
    phone="+41 79 555 01 23",
    address="Rue du Lac 12, 1260 Nyon",
    language="fr",
    preferred="email",
    consents=(
        Consent(purpose="email", is_given=True, at_ms=at(3, 4)),
        Consent(purpose="sms"),
        Consent(purpose="letter", is_given=True, at_ms=at(3, 4)),
        Consent(purpose="wechat"),
    ),
    codes=("email", "sms"),
)


def _told(number: int, now_ms: int, details: Details | None = None, trouble: DetailsTrouble = "") -> Told:
    answer = DetailsTold(request_id=f"session-1.{number}", details=details, trouble=trouble)
    return Told(now_ms=now_ms, answer=answer)


def _opened(language: Language, *then: AnyEvent) -> list[AnyEvent]:
    """A member whose PIN was typed a moment ago."""
    return [*visit(a_member(language=language)), *touch(*way_to(Action.MY_DETAILS)), *then]


def _shown(language: Language, *then: AnyEvent, details: Details = DETAILS) -> list[AnyEvent]:
    return _opened(language, _told(1, 2_600, details), *then)


def _pin(language: Language, *then: AnyEvent) -> list[AnyEvent]:
    member = a_member(language=language, asks_pin=True)
    return [*visit(member), *touch(*way_to(Action.MY_DETAILS, member)), *then]


def _at(now_ms: int, action: Action) -> Touched:
    return Touched(now_ms=now_ms, action=action)


def _pin_typed(language: Language) -> list[AnyEvent]:
    digits = (Action.DIGIT_2, Action.DIGIT_4, Action.DIGIT_8, Action.DIGIT_6, Action.SEND_PIN)
    return _pin(language, *[_at(2_600 + 100 * index, each) for index, each in enumerate(digits)])


def _pin_right(language: Language) -> list[AnyEvent]:
    session = a_session(a_member(language=language))
    known = AgentChanged(now_ms=3_150, state=an_agent_state(session=session))
    right = Told(now_ms=3_200, answer=PinTold(request_id="session-1.1", outcome="right"))
    return [*_pin_typed(language), known, right, _told(2, 3_300, DETAILS)]


def _pin_wrong(language: Language) -> list[AnyEvent]:
    wrong = Told(now_ms=3_200, answer=PinTold(request_id="session-1.1", outcome="wrong", tries_left=2))
    return [*_pin_typed(language), wrong]


def _typed(language: Language, tile: Action, text: str, *then: AnyEvent) -> list[AnyEvent]:
    opened = _shown(language, _at(2_700, tile))
    return [*opened, *type_text(opened, text), *then]


_SEND: Final = _at(30_000, Action.SEND)


def _code(language: Language, text: str = "", *then: AnyEvent) -> list[AnyEvent]:
    sent = _typed(language, Action.CHOOSE_1, "a@neu.ch", _SEND, _told(2, 30_100))
    return [*sent, *type_text(sent, text), *then]


def _said_yes(language: Language) -> list[AnyEvent]:
    consents = tuple(msgspec.structs.replace(each, is_given=True) for each in DETAILS.consents)
    after = msgspec.structs.replace(DETAILS, consents=consents)
    touches = (_at(2_700, Action.CHOOSE_6), _at(2_800, Action.CHOOSE_2))
    return _shown(language, *touches, _told(2, 2_900, after))


_BARE: Final = Details(language="fr")

SCENES: Final[tuple[Scene, ...]] = (
    scene("details_pin", _pin),
    scene("details_pin_wrong", _pin_wrong),
    scene("my_details", _pin_right),
    scene("my_details_waiting", _opened, 1_000),
    scene("my_details_bare", lambda lang: _shown(lang, details=_BARE)),
    scene("my_details_needs_pin", lambda lang: _opened(lang, _told(1, 2_600, trouble="needs_card"))),
    scene("my_details_away", lambda lang: _opened(lang, _told(1, 2_600, trouble="central_unreachable"))),
    scene("my_consents", lambda lang: _shown(lang, _at(2_700, Action.CHOOSE_6))),
    scene("my_consents_saved", _said_yes),
    scene("detail_language", lambda lang: _shown(lang, _at(2_700, Action.CHOOSE_4))),
    scene("detail_channel", lambda lang: _shown(lang, _at(2_700, Action.CHOOSE_5))),
    scene("detail_email", lambda lang: _typed(lang, Action.CHOOSE_1, "anne.neu")),
    scene("detail_email_typed", lambda lang: _typed(lang, Action.CHOOSE_1, "anne@neu.example.org")),
    scene("detail_phone", lambda lang: _typed(lang, Action.CHOOSE_2, "79555")),
    scene(
        "detail_phone_wrong",
        lambda lang: _typed(
            lang, Action.CHOOSE_2, "79555012", _SEND, _told(2, 30_100, trouble="not_an_address")
        ),
    ),
    scene("detail_address", lambda lang: _typed(lang, Action.CHOOSE_3, "")),
    scene("detail_code", _code),
    scene(
        "detail_code_wrong",
        lambda lang: _code(lang, "123456", _at(40_000, Action.SEND), _told(3, 40_100, trouble="code_wrong")),
    ),
    scene(
        "detail_code_right",
        lambda lang: _code(lang, "123456", _at(40_000, Action.SEND), _told(3, 40_100, DETAILS)),
    ),
)
