"""Staff try the reader, type their code for a till, and set how the kiosk begins: shown, sent and heard."""

import msgspec
import pytest

from kiosk.flow import Action, Screen, State, next_deadline_ms, start, step
from kiosk.flow.effects import Effect, Send
from kiosk.flow.events import AgentChanged, AnyEvent, CardGone, CardSeen, Ticked, Told, Touched
from kiosk.flow.mode import Mode
from kiosk.locales.finding_words import reader_words
from kiosk.locales.words import words
from kiosk.scenes import SCENES
from kiosk.scenes.base import entry_of
from kiosk.scenes.demo import an_agent_state
from tests.unit.kiosk.drawing import SMALL, drawn, is_sent
from wire.comfort import Comfort, SetComfort
from wire.looking_after import (
    AnswerReenrolment,
    AskDiagnosis,
    BeginReenrolment,
    DiagnosisTold,
    EndReaderTest,
    EnterStaffPin,
    ReaderTest,
    TestReader,
)
from wire.messages import SIMULATED_READER, CommandResult, EndSession, Language, PinTold
from wire.tills import OpenTillPairing

ON = ReaderTest(state="ready", reader="uTrust")


def play(scene: str, *events: AnyEvent) -> tuple[State, tuple[Effect, ...]]:
    state = start(language="fr", now_ms=0)
    effects: tuple[Effect, ...] = ()
    for event in (*next(each for each in SCENES if each.name == scene).events("fr"), *events):
        state, effects = step(state, event)
    return state, effects


def touched(*actions: Action) -> list[AnyEvent]:
    return [Touched(now_ms=3_000 + at, action=action) for at, action in enumerate(actions)]


def told(test: ReaderTest | None, at_ms: int = 4_000) -> AgentChanged:
    return AgentChanged(now_ms=at_ms, state=msgspec.structs.replace(an_agent_state(), reader_test=test))


# The reader -------------------------------------------------------------------------------------------------


def test_a_try_is_asked_for_and_ends_the_visit_of_the_card_that_opened_it() -> None:
    state, effects = play("staff", *touched(*entry_of(Action.TEST_READER)))
    assert effects == (Send(TestReader(request_id="session-1.reader.1", session_id="session-1")),)
    session = state.session
    begun = AgentChanged(
        now_ms=4_000, state=msgspec.structs.replace(an_agent_state(session=session), reader_test=ON)
    )
    state, effects = step(state, begun)
    assert (state.screen, state.session) == (Screen.READER_TEST, None)
    assert Send(EndSession(session_id="session-1")) in effects


def test_a_try_that_was_not_begun_is_told_at_its_entry() -> None:
    asked = touched(*entry_of(Action.TEST_READER))
    no = Told(now_ms=4_000, answer=CommandResult(request_id="session-1.reader.1", is_done=False))
    state, _ = play("staff", *asked, no)
    assert (state.screen, state.wish, state.is_wish_refused) == (Screen.STAFF, Action.TEST_READER, True)


def test_cards_are_nobodys_while_it_lasts() -> None:
    seen, gone = CardSeen(now_ms=5_000, tap_id="tap-9"), CardGone(now_ms=6_000, tap_id="tap-9")
    state, effects = play("reader_test", seen)
    assert (state.screen, state.tap_id) == (Screen.READER_TEST, "")
    assert not any(isinstance(each, Send) for each in effects)
    state, _ = step(state, gone)
    assert state.screen is Screen.READER_TEST
    state, effects = step(state, Touched(now_ms=7_000, action=Action.END_TEST))
    assert effects == (Send(EndReaderTest()),)
    state, _ = step(state, told(None, 8_000))
    assert state.screen is Screen.ATTRACT
    state, _ = step(state, CardSeen(now_ms=9_000, tap_id="tap-10"))
    assert state.screen is Screen.ASKING, "and members' again"


def test_the_screen_says_kind_end_and_time_and_what_to_do_with_a_reader_that_is_out() -> None:
    words = " ".join(label.text for label in drawn("reader_test_slot", "en", SMALL).labels)
    for said in ("Chip card in the slot", "ends in 4711", "1,940", "Slow"):
        assert said in words.replace("\N{NARROW NO-BREAK SPACE}", ",").replace("’", ","), words
    words = " ".join(label.text for label in drawn("reader_test_lost", "en", SMALL).labels)
    assert "It is not plugged in" in words
    assert "Push its plug in" in words


# How it is --------------------------------------------------------------------------------------------------


def test_what_is_worst_stands_first_and_a_printer_that_is_not_there_is_not_well() -> None:
    words = " ".join(label.text for label in drawn("how_is_it_bare", "en", SMALL).labels)
    assert "Not fitted" in words
    words = " ".join(label.text for label in drawn("how_is_it_ill", "en", SMALL).labels)
    assert "11 parts to look at" in words
    assert "Does not work" in words


def test_the_page_looks_again_by_itself_and_closes_all_the_same() -> None:
    state, _ = play("how_is_it")
    looks = 0
    while state.screen is Screen.HOW_IS_IT:
        due_ms = next_deadline_ms(state)
        assert due_ms is not None
        state, effects = step(state, Ticked(now_ms=due_ms))
        for effect in effects:
            if isinstance(effect, Send) and isinstance(effect.message, AskDiagnosis):
                looks += 1
                answer = play("how_is_it")[0].journey
                assert answer is not None
                findings = answer.findings  # type: ignore[attr-defined]
                answered = DiagnosisTold(request_id=effect.message.request_id, findings=findings)
                state, _ = step(state, Told(now_ms=due_ms + 5, answer=answered))
    assert state.screen is Screen.GOODBYE
    assert looks > 3


def test_more_leads_round_to_the_first_page() -> None:
    state, _ = play("how_is_it", *touched(Action.OLDER, Action.OLDER))
    assert state.journey is not None
    assert state.journey.number == 2  # type: ignore[attr-defined]
    state, _ = step(state, Touched(now_ms=3_500, action=Action.OLDER))
    assert state.journey.number == 0  # type: ignore[union-attr]


# The code of a clerk ----------------------------------------------------------------------------------------


def test_a_clerk_with_a_code_types_it_before_the_code_of_a_till_is_asked_for() -> None:
    state, effects = play("staff_code", Touched(now_ms=3_000, action=Action.SEND_PIN))
    assert effects == (Send(EnterStaffPin(request_id="session-1.1", session_id="session-1", pin="2486")),)
    assert "2486" not in repr(state)
    right = Told(now_ms=3_500, answer=PinTold(request_id="session-1.1", outcome="right"))
    state, effects = step(state, right)
    assert state.screen is Screen.STAFF
    assert any(is_sent(each, OpenTillPairing) for each in effects)


def test_a_wrong_code_asks_for_no_pairing() -> None:
    wrong = Told(now_ms=3_500, answer=PinTold(request_id="session-1.1", outcome="wrong", tries_left=1))
    state, effects = play("staff_code", Touched(now_ms=3_000, action=Action.SEND_PIN), wrong)
    assert (state.screen, state.pad.trouble, state.pad.tries_left) == (Screen.STAFF_PIN, "wrong", 1)
    assert not any(is_sent(each, OpenTillPairing) for each in effects)


# How it begins ----------------------------------------------------------------------------------------------


def test_a_touch_asks_the_agent_to_keep_language_and_letters() -> None:
    _, effects = play("defaults", Touched(now_ms=3_000, action=Action.CHOOSE_2))
    wished = SetComfort(request_id="session-1.1", session_id="session-1", comfort=Comfort(language="de"))
    assert effects == (Send(wished),)
    _, effects = play("defaults", Touched(now_ms=3_000, action=Action.CHOOSE_6))
    assert effects == (Send(msgspec.structs.replace(wished, comfort=Comfort(is_large=True))),)


def test_whoever_chose_nothing_sees_it_at_once_and_after_every_visit() -> None:
    comfort = Comfort(language="de", is_large=True)
    begins = AgentChanged(now_ms=2_000, state=msgspec.structs.replace(an_agent_state(), comfort=comfort))
    state, _ = play("attract", begins)
    assert (state.language, state.mode) == ("de", Mode(is_large=True))
    state, _ = step(state, Touched(now_ms=3_000, action=Action.SPEAK_EN))
    assert state.language == "en"
    due_ms = next_deadline_ms(state)
    assert due_ms is not None
    state, _ = step(state, Ticked(now_ms=due_ms))
    assert (state.language, state.mode) == ("de", Mode(is_large=True))
    assert next_deadline_ms(state) is None, "that is no choice that falls back"


def test_a_language_that_somebody_chose_stays_theirs() -> None:
    begins = AgentChanged(
        now_ms=4_000, state=msgspec.structs.replace(an_agent_state(), comfort=Comfort(language="de"))
    )
    state, _ = play("attract", Touched(now_ms=3_000, action=Action.SPEAK_EN), begins)
    assert state.language == "en"


# Enrolled anew ----------------------------------------------------------------------------------------------


def test_it_takes_a_first_word_of_staff_and_a_second_once_head_office_agreed() -> None:
    _, effects = play("reenrol", Touched(now_ms=3_000, action=Action.AGREE))
    assert effects == (Send(BeginReenrolment(request_id="session-1.1", session_id="session-1")),)
    take = Touched(now_ms=3_000, action=Action.TAKE_OVER)
    _, effects = play("reenrolling_code", take)
    assert not any(isinstance(each, Send) for each in effects), "no second word before head office's"
    _, effects = play("reenrolling_approved", take)
    assert effects == (Send(AnswerReenrolment(is_taken=True)),)
    _, effects = play("reenrolling_code", Touched(now_ms=3_000, action=Action.LEAVE_AS_IT_IS))
    assert effects == (Send(AnswerReenrolment(is_taken=False)),)


def test_a_card_on_that_screen_is_a_members_as_ever() -> None:
    state, _ = play("reenrolling_code", CardSeen(now_ms=5_000, tap_id="tap-9"))
    assert state.screen is Screen.ASKING


@pytest.mark.parametrize(("language", "said"), [("fr", "Lecteur simulé"), ("zh", "模拟读卡器")])
def test_the_simulated_reader_is_named_in_the_screens_language(language: Language, said: str) -> None:
    assert reader_words(words(language), "ready", f"{SIMULATED_READER}, ACR1252U")[0] == f"{said}, ACR1252U"
