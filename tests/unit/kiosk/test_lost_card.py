"""Blocking a card without it at the kiosk: nothing is sent too early, twice, or left on the screen."""

from kiosk.flow import Action, Screen, State, start, step
from kiosk.flow.deadlines import next_deadline_ms
from kiosk.flow.digits_page import read_birth_date
from kiosk.flow.effects import Send
from kiosk.flow.events import AnyEvent, CardSeen, Ticked, Told, Touched
from kiosk.flow.journeys.lost_card import LostPage
from kiosk.flow.state import CHOICES, DIGITS
from kiosk.scenes.base import idle, visitor_way_to
from wire.lost_cards import EnterLostCode, LostOutcome, LostTold, ReportLost
from wire.messages import Language

KEYS = {digit: action for action, digit in DIGITS.items()}


def _typed(digits: str) -> list[Action]:
    return [*(KEYS[digit] for digit in digits), Action.SEND_PIN]


def _play(
    *actions: Action, state: State | None = None, language: Language = "fr"
) -> tuple[State, list[object]]:
    events: list[AnyEvent] = [] if state else [*idle()]
    begun_ms = state.touched_ms + 100 if state else 2_000
    events += [Touched(now_ms=begun_ms + 10 * at, action=each) for at, each in enumerate(actions)]
    now, sent = state or start(language=language, now_ms=0), list[object]()
    for event in events:
        now, effects = step(now, event)
        sent += [each.message for each in effects if isinstance(each, Send)]
    return now, sent


def _told(state: State, outcome: LostOutcome) -> State:
    page = state.journey
    assert page is not None
    told = LostTold(request_id=page.request_id, outcome=outcome, hours=24, wait_minutes=9)
    return step(state, Told(now_ms=state.touched_ms + 50, answer=told))[0]


def _page(state: State) -> LostPage:
    assert isinstance(state.journey, LostPage)
    return state.journey


REPORTED = [*visitor_way_to(Action.LOST_CARD), *_typed("2990000000019"), *_typed("12041961")]


def test_number_and_birth_date_are_sent_once_and_printed_nowhere() -> None:
    state, sent = _play(*REPORTED, Action.SEND_PIN, KEYS["1"], Action.ERASE, Action.BACK)
    assert sent == [ReportLost(request_id="visitor.1", number="2990000000019", birth_date="1961-04-12")]
    assert "1961" not in repr(sent) + repr(state)
    assert "2990000000019" not in repr(sent) + repr(state)


def test_dates_are_read_in_the_order_of_the_language() -> None:
    _, sent = _play(*visitor_way_to(Action.LOST_CARD), *_typed("2990"), *_typed("19610412"), language="zh")
    assert isinstance(sent[0], ReportLost)
    assert sent[0].birth_date == "1961-04-12"
    assert [read_birth_date(each, is_year_first=False) for each in ("31021961", "00000000", "01011899")] == [
        "", "", "",
    ]  # fmt: skip


def test_the_code_is_asked_whoever_it_was_and_says_what_shall_happen() -> None:
    noted = _told(_play(*REPORTED)[0], "noted")
    asked, sent = _play(*_typed("482913"), state=noted)
    assert (_page(asked).step, sent) == ("wish", [])
    for choice, wish, outcome in ((CHOICES[0], "keep", "kept"), (CHOICES[1], "undo", "undone")):
        wished, sent = _play(choice, choice, state=asked)
        (entered,) = sent
        assert isinstance(entered, EnterLostCode)
        assert (entered.code, entered.wish, entered.number) == ("482913", wish, "2990000000019")
        ended = _told(wished, outcome)  # type: ignore[arg-type]
        assert _page(ended).step == outcome
        assert _play(Action.FINISH, state=ended)[0].screen is Screen.ATTRACT
    wrong = _told(_play(CHOICES[0], state=asked)[0], "wrong")
    assert (_page(wrong).step, _page(wrong).trouble, _page(wrong).code) == ("code", "wrong", "")


def test_after_too_many_tries_no_key_works_and_what_nobody_answers_may_be_sent_again() -> None:
    many = _told(_play(*REPORTED)[0], "too_many")
    after, sent = _play(KEYS["1"], Action.SEND_PIN, state=many)
    assert (sent, _page(after).typed) == ([], _page(many).typed)
    state, _ = _play(*REPORTED)
    deadline_ms = next_deadline_ms(state)
    assert deadline_ms is not None
    silent, _ = step(state, Ticked(now_ms=deadline_ms))
    assert _page(silent).trouble == "central_unreachable"
    _, sent = _play(Action.SEND_PIN, state=silent)
    assert [type(each) for each in sent] == [ReportLost]


def test_time_and_the_next_card_leave_nothing_of_it() -> None:
    state, _ = _play(*visitor_way_to(Action.LOST_CARD), *_typed("2990000000019"))
    deadline_ms = next_deadline_ms(state)
    assert deadline_ms is not None
    for event in (Ticked(now_ms=deadline_ms), CardSeen(now_ms=3_000, tap_id="tap-9")):
        after, _ = step(state, event)
        assert after.journey is None
        assert after.screen in (Screen.ATTRACT, Screen.ASKING)
