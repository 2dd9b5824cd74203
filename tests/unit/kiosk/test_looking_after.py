"""A person of staff looks how the terminal is and prints a test page: what is shown, sent and heard."""

from dataclasses import replace
from typing import get_args

import msgspec
import pytest

from kiosk.flow import Action, Screen, State, next_deadline_ms, start, step
from kiosk.flow.effects import Effect, PlaySound, Send, Sound
from kiosk.flow.events import AgentChanged, AnyEvent, CardGone, ReaderLinkChanged, Ticked, Told, Touched
from kiosk.flow.journeys.looking_after import LookingPage
from kiosk.flow.journeys.menu import MenuPage
from kiosk.scenes import SCENES
from kiosk.scenes.base import entry_of
from tests.unit.kiosk.drawing import SMALL, drawn, is_sent
from wire.printing import PrinterState, PrintOutcome, PrintSlip, PrintTold

ASKED = "session-1.2"
(LOOK,), (PAIR,) = entry_of(Action.HOW_IS_IT), entry_of(Action.PAIR_TILL)


def play(*events: AnyEvent, scene: str = "how_is_it") -> tuple[State, tuple[Effect, ...]]:
    state = start(language="fr", now_ms=0)
    effects: tuple[Effect, ...] = ()
    for event in (*next(each for each in SCENES if each.name == scene).events("fr"), *events):
        state, effects = step(state, event)
    return state, effects


def touched(action: Action) -> Touched:
    return Touched(now_ms=4_000, action=action)


def told(outcome: PrintOutcome) -> Told:
    return Told(now_ms=5_000, answer=PrintTold(request_id=ASKED, outcome=outcome))


def printing(state: State) -> str:
    assert isinstance(state.journey, LookingPage)
    return state.journey.printing


def test_who_may_not_look_after_the_terminal_does_not_get_there() -> None:
    state, _ = play(scene="staff")
    assert state.session is not None
    assert state.session.staff is not None
    staff = msgspec.structs.replace(state.session.staff, may_look_after=False)
    state = replace(state, session=msgspec.structs.replace(state.session, staff=staff))
    after, _ = step(state, touched(LOOK))
    assert after.screen is Screen.STAFF


def test_a_code_that_is_awaited_is_not_left() -> None:
    state, _ = play(touched(PAIR), touched(LOOK), scene="staff")
    assert state.screen is Screen.STAFF


def test_a_test_page_is_asked_for_once_in_the_language_of_the_screen() -> None:
    state, effects = play(touched(Action.SPEAK_DE), touched(Action.PRINT))
    asked = PrintSlip(request_id=ASKED, session_id="session-1", what="test", language="de")
    assert effects == (Send(asked),)
    _, effects = step(state, touched(Action.PRINT))
    assert not any(is_sent(each, PrintSlip) for each in effects)


@pytest.mark.parametrize("outcome", get_args(PrintOutcome))
def test_how_it_ended_is_kept_and_heard_and_another_may_be_asked_for(outcome: PrintOutcome) -> None:
    state, effects = play(touched(Action.PRINT), told(outcome))
    assert printing(state) == outcome
    assert effects == (PlaySound(Sound.SUCCESS if outcome == "printed" else Sound.REFUSAL),)
    _, effects = step(state, touched(Action.PRINT))
    assert any(is_sent(each, PrintSlip) for each in effects)


def test_without_an_answer_somebody_looks_at_the_paper() -> None:
    state, _ = play(touched(Action.PRINT))
    due_ms = next_deadline_ms(state)
    assert due_ms is not None
    state, _ = step(state, Ticked(now_ms=due_ms))
    assert printing(state) == "uncertain"


@pytest.mark.parametrize("scene", ["how_is_it_ill", "how_is_it_bare"])
def test_a_printer_that_would_not_print_is_asked_nothing(scene: str) -> None:
    _, effects = play(touched(Action.PRINT), scene=scene)
    assert not any(is_sent(each, PrintSlip) for each in effects)


def test_a_page_on_its_way_is_waited_for_and_then_there_is_a_way_back() -> None:
    state, _ = play(touched(Action.PRINT), touched(Action.BACK))
    assert state.screen is Screen.HOW_IS_IT
    state, _ = step(state, told("printed"))
    state, _ = step(state, touched(Action.BACK))
    assert state.screen is Screen.STAFF
    assert isinstance(state.journey, MenuPage)


def test_news_of_the_terminal_changes_the_page_and_does_not_leave_it() -> None:
    state, _ = play()
    assert state.agent is not None
    agent = msgspec.structs.replace(
        state.agent, session=state.session, printer=PrinterState(condition="paper_out", since_ms=0)
    )
    state, _ = step(state, AgentChanged(now_ms=6_000, state=agent))
    assert state.screen is Screen.HOW_IS_IT
    assert state.agent is not None
    assert state.agent.printer is not None
    assert not state.agent.printer.may_print


@pytest.mark.parametrize(
    "event", [CardGone(now_ms=6_000, tap_id="tap-1"), ReaderLinkChanged(now_ms=6_000, is_up=False)]
)
def test_without_the_card_or_its_reader_the_page_closes(event: AnyEvent) -> None:
    state, _ = play(event)
    assert state.screen is not Screen.HOW_IS_IT
    assert state.session is None
    assert state.journey is None


@pytest.mark.parametrize(
    ("scene", "said"),
    [
        ("how_is_it", "Connected"),
        ("how_is_it_ill", "1,204 tickets"),
        ("test_page_paper_out", "No paper: put in a roll"),
    ],
)
def test_the_page_says_in_words_how_it_is(scene: str, said: str) -> None:
    words = " ".join(label.text for label in drawn(scene, "en", SMALL).labels)
    assert said.replace(",", "") in words.replace(",", "").replace("\N{NO-BREAK SPACE}", "").replace("’", "")
