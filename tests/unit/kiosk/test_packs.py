"""The page of packs: what is asked, what a scanned code is there and elsewhere, and what is forgotten."""

import pytest

from kiosk.flow import Action, Screen, State, next_deadline_ms, start, step
from kiosk.flow.effects import Effect, Send
from kiosk.flow.events import AnyEvent, CardGone, CardSeen, ReaderLinkChanged, Ticked, Told, Touched
from kiosk.flow.journeys.packs import PackPage
from kiosk.flow.state import DIGITS
from kiosk.scenes import SCENES
from kiosk.scenes.packs import CODE
from tests.unit.kiosk.drawing import SMALL, drawn
from wire.messages import Language
from wire.packs import AskPack, PackTold, ScanPacks

KEYS = {digit: action for action, digit in DIGITS.items()}
SCAN = CardSeen(now_ms=9_000, tap_id="scan-9", medium="barcode", code=CODE)


def play(scene: str, *events: AnyEvent) -> tuple[State, list[object]]:
    state, sent = start(language="fr", now_ms=0), list[object]()
    for event in (*next(each for each in SCENES if each.name == scene).events("fr"), *events):
        state, effects = step(state, event)
        sent += messages(effects)
    return state, sent


def messages(effects: tuple[Effect, ...]) -> list[object]:
    return [each.message for each in effects if isinstance(each, Send)]


def page(state: State) -> PackPage:
    assert isinstance(state.journey, PackPage)
    return state.journey


def touched(action: Action) -> Touched:
    return Touched(now_ms=4_000, action=action)


@pytest.mark.parametrize(
    ("scene", "asked"),
    [
        ("pack_scan", AskPack(request_id="session-1.1", code=CODE, session_id="session-1")),
        ("visitor_pack_scan", AskPack(request_id="visitor.1", code=CODE)),
    ],
)
def test_a_code_that_is_scanned_there_is_asked_about_once_and_is_no_card(scene: str, asked: AskPack) -> None:
    state, sent = play(scene, SCAN, SCAN)
    assert sent == [ScanPacks(is_on=True), asked]
    assert state.screen in page(state).screens


def test_a_typed_number_is_asked_about_and_one_with_a_wrong_digit_is_not() -> None:
    keys = [touched(KEYS[digit]) for digit in CODE]
    _, sent = play("visitor_pack_scan", *keys, touched(Action.LOOK_UP))
    assert sent[-1] == AskPack(request_id="visitor.1", code=CODE)
    state, sent = play("visitor_pack_scan", *keys[:-1], touched(KEYS["7"]), touched(Action.LOOK_UP))
    assert page(state).is_mistyped
    assert sent == [ScanPacks(is_on=True)]
    state, _ = step(state, touched(Action.ERASE))
    assert (page(state).typed, page(state).is_mistyped) == (CODE[:-1], False)


@pytest.mark.parametrize("leave", [touched(Action.BACK), touched(Action.ACCESS), touched(Action.FINISH)])
def test_whichever_way_the_page_is_left_a_code_is_a_card_s_again(leave: Touched) -> None:
    _, sent = play("pack_scan", leave)
    assert sent.count(ScanPacks(is_on=False)) == 1


def test_by_time_by_the_card_and_by_the_reader_the_page_is_left_too() -> None:
    for event in (
        CardGone(now_ms=9_000, tap_id="tap-1"),
        ReaderLinkChanged(now_ms=9_000, is_up=False),
    ):
        state, sent = play("pack", event)
        assert sent[-1] == ScanPacks(is_on=False)
        assert state.journey is None
    state, _ = play("visitor_pack")
    due_ms = next_deadline_ms(state)
    assert due_ms is not None
    state, effects = step(state, Ticked(now_ms=due_ms))
    assert (state.screen, messages(effects)) == (Screen.ATTRACT, [ScanPacks(is_on=False)])


def test_elsewhere_a_code_is_a_card_s() -> None:
    state, sent = play("attract", SCAN)
    assert (state.screen, sent) == (Screen.ASKING, [])


def test_the_next_pack_is_scanned_on_the_page_of_the_last_one() -> None:
    state, sent = play("pack", SCAN)
    assert sent[-1] == AskPack(request_id="session-1.2", code=CODE, session_id="session-1")
    told = Told(now_ms=9_500, answer=PackTold(request_id="session-1.2"))
    state, _ = step(state, told)
    assert state.screen is Screen.PACK_SCAN, "an unknown one is said where the next is scanned"


def test_without_an_answer_the_connection_is_told_as_down() -> None:
    state, _ = play("pack_asked")
    due_ms = next_deadline_ms(state)
    assert due_ms is not None
    state, _ = step(state, Ticked(now_ms=due_ms))
    told = page(state).told
    assert told is not None
    assert told.trouble == "central_unreachable"


def test_a_pack_that_may_tell_of_health_is_not_named_and_the_page_says_where_its_name_is() -> None:
    said = " ".join(label.text for label in drawn("pack_private", "en", SMALL).labels)
    assert "it is on your pack" in said


def test_no_log_prints_what_somebody_looked_at() -> None:
    state, sent = play("visitor_pack_scan", SCAN)
    assert CODE not in repr(SCAN)
    assert CODE not in repr(state.journey)
    assert all(CODE not in repr(each) for each in sent)


@pytest.mark.parametrize("scene", ["visitor_pack_scan", "visitor_pack"])
def test_without_a_card_a_pack_is_left_by_finish_too(scene: str) -> None:
    assert Action.FINISH in {target.action for target in drawn(scene, "fr", SMALL, is_rehearsal=True).targets}
    state, _ = play(scene, touched(Action.FINISH))
    assert (state.screen, state.journey, state.language) == (Screen.ATTRACT, None, "fr")


@pytest.mark.parametrize(("language", "said"), [("fr", "mise à jour"), ("de", "Stand"), ("zh", "截至")])
def test_the_age_of_the_stock_is_told_in_words(language: Language, said: str) -> None:
    shown = " ".join(label.text for label in drawn("pack_few", language, SMALL, is_rehearsal=True).labels)
    assert said in shown
