"""My details: after the PIN; a new address by a code; a word on each way to be written to, with its text."""

import hashlib

from kiosk.flow import Action, Screen, State, start, step
from kiosk.flow.deadlines import next_deadline_ms
from kiosk.flow.effects import Send
from kiosk.flow.events import AnyEvent, Ticked, Told, Touched
from kiosk.flow.journeys import MENU
from kiosk.flow.journeys.my_details import DetailsPage
from kiosk.flow.state import PinPad
from kiosk.locales.words import LANGUAGES, words
from kiosk.scenes.base import touch, type_text, visit, way_to
from kiosk.scenes.demo import a_member, a_member_by_number
from kiosk.scenes.my_details import DETAILS
from kiosk.screens.my_details import consent_text
from loyalty.limits.details import KIOSK_CODE_WAIT_S
from wire.messages import EnterPin, PinTold
from wire.my_details import (
    CONSENT_TEXT,
    AskDetails,
    ChangeDetail,
    Details,
    DetailsTold,
    DetailsTrouble,
    EnterCode,
    SayConsent,
    SendCode,
)


def _play(events: list[AnyEvent]) -> tuple[State, list[object]]:
    state, sent = start(language="fr", now_ms=0), []
    for event in events:
        state, effects = step(state, event)
        sent += [each.message for each in effects if isinstance(each, Send)]
    return state, sent


def _page(state: State) -> DetailsPage:
    assert isinstance(state.journey, DetailsPage)
    return state.journey


def _at(now_ms: int, *actions: Action) -> list[AnyEvent]:
    return [Touched(now_ms=now_ms + 50 * index, action=action) for index, action in enumerate(actions)]


def _told(number: int, now_ms: int, *, trouble: DetailsTrouble = "", is_sent: bool = False) -> Told:
    details = None if trouble or is_sent else DETAILS
    answer = DetailsTold(request_id=f"session-1.{number}", details=details, trouble=trouble)
    return Told(now_ms=now_ms, answer=answer)


BARE = Details(language="fr")
OPEN = [*visit(a_member()), *touch(*way_to(Action.MY_DETAILS)), _told(1, 2_600)]
WITH_PIN = a_member(asks_pin=True)
PIN_SENT = [
    *visit(WITH_PIN),
    *touch(*way_to(Action.MY_DETAILS, WITH_PIN)),
    *_at(3_000, Action.DIGIT_2, Action.DIGIT_4, Action.DIGIT_8, Action.DIGIT_6, Action.SEND_PIN),
]


def test_whoever_has_a_pin_types_it_first_and_it_is_forgotten() -> None:
    state, sent = _play(PIN_SENT)
    assert sent == [EnterPin(request_id="session-1.1", session_id="session-1", pin="2486")]
    assert (state.screen, state.pad.typed) == (Screen.PIN, "")
    wrong, _ = step(state, Told(now_ms=3_300, answer=PinTold(request_id="session-1.1", outcome="wrong")))
    assert (wrong.screen, wrong.pad.trouble) == (Screen.PIN, "wrong")
    right, effects = step(
        state, Told(now_ms=3_300, answer=PinTold(request_id="session-1.1", outcome="right"))
    )
    assert right.screen is Screen.MY_DETAILS
    assert [each.message for each in effects if isinstance(each, Send)] == [
        AskDetails(request_id="session-1.2", session_id="session-1")
    ]
    assert right.pad == PinPad()


def test_a_pin_that_is_over_is_asked_for_again_and_silence_is_said() -> None:
    state, _ = _play(OPEN[:-1])
    again, _ = step(state, _told(1, 2_600, trouble="needs_pin"))
    assert again.screen is Screen.PIN
    deadline_ms = next_deadline_ms(state)
    assert deadline_ms is not None
    silent, _ = step(state, Ticked(now_ms=deadline_ms))
    assert _page(silent).trouble == "central_unreachable"


def test_a_new_address_is_sent_a_code_and_the_code_comes_back() -> None:
    field = [*OPEN, *_at(4_000, Action.CHOOSE_1)]
    typed = [*field, *type_text(field, "anne@neu.ch"), *_at(20_000, Action.SEND)]
    code = [*typed, _told(2, 20_100, is_sent=True)]
    state, sent = _play([*code, *type_text(code, "417302"), *_at(30_000, Action.SEND)])
    asked, proved = [each for each in sent if isinstance(each, SendCode | EnterCode)]
    assert isinstance(asked, SendCode)
    assert (asked.channel, asked.address) == ("email", "anne@neu.ch")
    assert proved == EnterCode(
        request_id="session-1.3", session_id="session-1", code_id=asked.code_id, code="417302"
    )
    saved, _ = step(state, _told(3, 30_100))
    assert (saved.screen, _page(saved).is_saved) == (Screen.MY_DETAILS, True)
    assert "anne@neu.ch" not in f"{state!r} {sent!r}"


def test_a_code_that_was_lost_on_the_way_is_the_same_and_one_that_did_not_come_is_another() -> None:
    field = [*OPEN, *_at(4_000, Action.CHOOSE_2)]
    typed = [*field, *type_text(field, "795550123"), *_at(20_000, Action.SEND)]
    lost = [*typed, _told(2, 20_100, trouble="central_unreachable"), *_at(21_000, Action.SEND)]
    another = [*lost, _told(3, 21_100, is_sent=True), *_at(22_000, Action.BACK, Action.SEND)]
    _, sent = _play(another)
    codes = [each for each in sent if isinstance(each, SendCode)]
    assert [each.address for each in codes] == ["+41795550123"] * 3
    assert codes[0].code_id == codes[1].code_id != codes[2].code_id


def test_a_wrong_code_is_said_and_typed_anew() -> None:
    field = [*OPEN, *_at(4_000, Action.CHOOSE_1)]
    code = [*field, *type_text(field, "a@b.ch"), *_at(20_000, Action.SEND), _told(2, 20_100, is_sent=True)]
    sent = [
        *code,
        *type_text(code, "000000"),
        *_at(30_000, Action.SEND),
        _told(3, 30_100, trouble="code_wrong"),
    ]
    state, _ = _play(sent)
    assert (state.screen, _page(state).trouble, _page(state).typing.typed) == (
        Screen.DETAIL_CODE,
        "code_wrong",
        "",
    )


def test_whoever_looks_for_the_code_is_given_time_and_comes_back_to_it_after_the_pin() -> None:
    field = [*OPEN, *_at(4_000, Action.CHOOSE_1)]
    code = [*field, *type_text(field, "a@b.ch"), *_at(20_000, Action.SEND), _told(2, 20_100, is_sent=True)]
    waiting, _ = _play(code)
    assert next_deadline_ms(waiting) == 20_100 + KIOSK_CODE_WAIT_S * 1000
    late = [
        *code,
        *type_text(code, "417302"),
        *_at(90_000, Action.SEND),
        _told(3, 90_100, trouble="needs_pin"),
    ]
    asked, sent = _play(late)
    assert asked.screen is Screen.PIN
    typed = _at(91_000, Action.DIGIT_2, Action.DIGIT_4, Action.DIGIT_8, Action.DIGIT_6, Action.SEND_PIN)
    right = Told(now_ms=92_000, answer=PinTold(request_id="session-1.4", outcome="right"))
    back, _ = _play([*late, *typed, right])
    assert (back.screen, _page(back).typing.kind, _page(back).typing.typed) == (
        Screen.DETAIL_CODE,
        "code",
        "",
    )
    assert _page(back).code_id == next(each.code_id for each in sent if isinstance(each, SendCode))


def test_a_touch_says_yes_or_no_with_the_version_of_what_was_read() -> None:
    _, sent = _play([*OPEN, *_at(4_000, Action.CHOOSE_6, Action.CHOOSE_1)])
    assert sent[-1] == SayConsent(
        request_id="session-1.2",
        session_id="session-1",
        purpose="email",
        is_given=False,
        text_version=f"{CONSENT_TEXT}/fr",
    )
    _, sent = _play([*OPEN, *_at(4_000, Action.CHOOSE_6, Action.CHOOSE_4)])
    assert isinstance(sent[-1], SayConsent)
    assert (sent[-1].purpose, sent[-1].is_given) == ("wechat", True)


def test_the_version_of_the_sentences_is_raised_with_them() -> None:
    read = "\n".join(consent_text(words(language).tr) for language in LANGUAGES)
    known = {"2026-11": "4c68eb2a541a2203", "2026-11-26": "95811df42566acc6"}
    assert hashlib.sha256(read.encode()).hexdigest()[:16] == known[CONSENT_TEXT], "raise CONSENT_TEXT"


def test_a_language_is_the_members_and_the_screens_from_then_on() -> None:
    state, sent = _play([*OPEN, *_at(4_000, Action.CHOOSE_4, Action.CHOOSE_5)])
    assert sent[-1] == ChangeDetail(
        request_id="session-1.2", session_id="session-1", what="language", value="zh"
    )
    assert state.language == "zh"


def test_what_cannot_be_proved_here_is_not_typed_and_a_bare_number_sees_nothing() -> None:
    opened = [*OPEN[:-1], Told(now_ms=2_600, answer=DetailsTold(request_id="session-1.1", details=BARE))]
    for tile in (Action.CHOOSE_1, Action.CHOOSE_2):
        state, _ = _play([*opened, *_at(4_000, tile)])
        assert state.screen is Screen.MY_DETAILS
    state, _ = _play([*opened, *_at(4_000, Action.CHOOSE_3)])
    assert state.screen is Screen.DETAIL_TYPE
    state, _ = _play([*visit(a_member_by_number()), *touch(Action.MENU)])
    assert Action.MY_DETAILS not in {tile.action for tile in MENU.offered(state)}
