"""Staff reads and prints the day's totals, lets the tills practise: what is asked, what the page says."""

from kiosk.flow import Action, Screen, State, next_deadline_ms, start, step
from kiosk.flow.effects import Send
from kiosk.flow.events import AnyEvent, CardGone, Ticked, Told, Touched
from kiosk.flow.journeys.day_totals import TotalsPage
from kiosk.flow.journeys.practising import TrainingPage
from kiosk.scenes import SCENES
from tests.unit.kiosk.drawing import SMALL, drawn
from wire.day_totals import AskDayTotals
from wire.messages import CommandResult
from wire.printing import PrintSlip
from wire.tills import ALL_TILLS, SetTraining


def play(scene: str, *events: AnyEvent) -> tuple[State, list[object]]:
    state, sent = start(language="fr", now_ms=0), list[object]()
    for event in (*next(each for each in SCENES if each.name == scene).events("fr"), *events):
        state, effects = step(state, event)
        sent += [each.message for each in effects if isinstance(each, Send)]
    return state, sent


def touched(action: Action) -> Touched:
    return Touched(now_ms=4_000, action=action)


def test_the_totals_are_asked_for_as_a_paper_of_this_session() -> None:
    state, sent = play("day_totals", touched(Action.PRINT))
    assert sent == [
        AskDayTotals(request_id="session-1.1", session_id="session-1"),
        PrintSlip(request_id="session-1.2", session_id="session-1", what="totals", language="fr"),
    ]
    assert state.screen is Screen.DAY_TOTALS


def test_the_figures_are_on_the_screen_with_a_printer_or_without_all_tills_first() -> None:
    for scene in ("day_totals", "day_totals_none"):
        canvas = drawn(scene, "fr", SMALL)
        said = [label.text for label in canvas.labels]
        assert {"Tickets enregistrés (212)", "6\u202f998 points", "CHF\u00a0182.40"} <= set(said)
        assert said.count("Imprimer") == (scene == "day_totals")
    turned, _ = play("day_totals", *[touched(Action.OLDER)] * 2)
    assert isinstance(turned.journey, TotalsPage)
    assert {each.sale_id for each in turned.journey.sheets[turned.journey.number]} == {"TILL-1"}
    around, _ = play("day_totals", *[touched(Action.OLDER)] * len(turned.journey.sheets))
    assert isinstance(around.journey, TotalsPage)
    assert around.journey.number == 0


def test_until_the_figures_are_there_nothing_is_printed_and_without_an_answer_that_is_said() -> None:
    state, sent = play("day_totals_waiting", touched(Action.PRINT), touched(Action.BACK))
    assert (state.screen, len(sent)) == (Screen.DAY_TOTALS, 1)
    state, _ = step(state, Ticked(now_ms=next_deadline_ms(state) or 0))
    assert isinstance(state.journey, TotalsPage)
    assert state.journey.is_unanswered
    assert step(state, touched(Action.BACK))[0].screen is Screen.STAFF


def test_figures_are_gone_with_the_card_of_staff() -> None:
    state, _ = play("day_totals", CardGone(now_ms=4_000, tap_id="tap-1"))
    assert (state.screen, state.journey) == (Screen.GOODBYE, None)


def test_the_other_way_is_wished_for_once() -> None:
    for scene, is_on in (("training_off", True), ("training_on", False), ("training_some", True)):
        _, sent = play(scene, touched(Action.AGREE), touched(Action.AGREE), touched(Action.BACK))
        wish = SetTraining(request_id="session-1.1", sale_id=ALL_TILLS, is_on=is_on, session_id="session-1")
        assert sent == [wish]


def test_what_was_not_done_is_said() -> None:
    refused = Told(now_ms=5_000, answer=CommandResult(request_id="session-1.1", is_done=False))
    state, _ = play("training_off", touched(Action.AGREE), refused)
    assert isinstance(state.journey, TrainingPage)
    assert state.journey.is_refused
    state, _ = step(state, touched(Action.BACK))
    assert state.screen is Screen.STAFF


def test_training_of_every_till_is_told_on_every_screen() -> None:
    said = [label.text for label in drawn("training_on", "en", SMALL).labels]
    assert "Training: nothing is booked" in said
