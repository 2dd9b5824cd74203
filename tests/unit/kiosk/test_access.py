"""Modes: chosen for one visit; and every journey can be done in each of them."""

from dataclasses import replace

import msgspec
import pytest

from kiosk.contact_sheet import MODES
from kiosk.flow import Action, Screen, State, next_deadline_ms, start, step
from kiosk.flow.access import PARTS
from kiosk.flow.events import (
    AgentChanged,
    AnyEvent,
    CardGone,
    CardSeen,
    HeadphonesChanged,
    Ticked,
    Told,
    Touched,
)
from kiosk.flow.journeys.asking_why import WhyPage
from kiosk.flow.mode import PLAIN, Mode
from kiosk.scenes.base import idle, visit, way_to
from kiosk.scenes.demo import a_member, a_session, an_agent_state
from loyalty.limits.kiosk import KIOSK_REFUSED_AFTER_REMOVAL_S, KIOSK_SLOW_TIMES, PRIVACY_TIMEOUT_S
from tests.unit.kiosk.drawing import model_of
from wire.messages import CommandResult, Session, Staff
from wire.why import Why


def run(*events: AnyEvent) -> State:
    state = start(language="fr", now_ms=0)
    for event in events:
        state, _ = step(state, event)
    return state


def touch(action: Action, now_ms: int = 2000) -> Touched:
    return Touched(now_ms=now_ms, action=action)


def test_a_choice_before_the_tap_holds_for_the_visit_and_is_forgotten_after_it() -> None:
    chosen = run(*idle(), touch(Action.ACCESS, 500), touch(Action.MODE_LARGE, 600), touch(Action.BACK, 700))
    assert (chosen.screen, chosen.mode) == (Screen.ATTRACT, Mode(is_large=True))
    opened = an_agent_state(session=a_session(a_member()))
    for event in (CardSeen(now_ms=1000, tap_id="tap-1"), AgentChanged(now_ms=1100, state=opened)):
        chosen, _ = step(chosen, event)
    assert (chosen.screen, chosen.mode) == (Screen.MEMBER, Mode(is_large=True))
    gone, _ = step(chosen, CardGone(now_ms=3000, tap_id="tap-1"))
    assert (gone.screen, gone.mode) == (Screen.GOODBYE, Mode(is_large=True))
    over, _ = step(gone, Ticked(now_ms=30_000))
    assert (over.screen, over.mode) == (Screen.ATTRACT, PLAIN)


def test_a_choice_that_nobody_uses_is_forgotten() -> None:
    chosen = run(*idle(), touch(Action.ACCESS), touch(Action.MODE_CONTRAST), touch(Action.BACK))
    due_ms = next_deadline_ms(chosen)
    assert due_ms is not None
    assert step(chosen, Ticked(now_ms=due_ms))[0].mode == PLAIN


@pytest.mark.parametrize(("action", "part"), PARTS.items())
def test_each_tile_switches_its_part_and_all_can_be_taken_back(action: Action, part: str) -> None:
    chosen = run(*visit(a_member()), touch(Action.ACCESS), touch(action))
    assert chosen.mode == PLAIN.toggled(part)
    assert step(chosen, touch(Action.MODE_RESET))[0].mode == PLAIN


def test_the_panel_leads_back_to_the_page_and_keeps_its_answer() -> None:
    told = Told(now_ms=2_100, answer=Why(request_id="session-1.1", points=37, is_known=True))
    why = run(*visit(a_member()), touch(Action.WHY_TODAY), told, touch(Action.ACCESS))
    assert isinstance(why.journey, WhyPage)
    back, _ = step(why, touch(Action.BACK, 2500))
    assert (back.screen, back.journey) == (Screen.WHY, why.journey)


def refused() -> State:
    session = a_session(refusal="blocked_card")
    return run(*idle(), CardSeen(now_ms=1000, tap_id="tap-1"), told_session(session, 1100))


def told_session(session: Session | None, now_ms: int) -> AgentChanged:
    return AgentChanged(now_ms=now_ms, state=an_agent_state(session=session))


def another_session(session: Session) -> Session:
    return msgspec.structs.replace(session, session_id="session-2", tap_id="tap-2")


def blocked() -> State:
    block = [touch(each) for each in (*way_to(Action.BLOCK), Action.CONFIRM_BLOCK)]
    done = Told(now_ms=2500, answer=CommandResult(request_id="session-1.1", is_done=True))
    return run(*visit(a_member(language="de")), *block, done)


@pytest.mark.parametrize("message", [refused(), blocked()], ids=["refused", "blocked"])
@pytest.mark.parametrize("is_card_off", [False, True])
def test_a_message_can_be_enlarged_and_is_there_again_afterwards(
    message: State, *, is_card_off: bool
) -> None:
    state, _ = step(message, touch(Action.ACCESS, 3000))
    if is_card_off:
        state, _ = step(state, CardGone(now_ms=3200, tap_id="tap-1"))
    state, _ = step(state, told_session(None, 3300))
    state, _ = step(state, touch(Action.MODE_LARGE, 30_000))
    assert (state.screen, state.session_id) == (Screen.ACCESS, message.session_id if not is_card_off else "")
    state, _ = step(state, touch(Action.BACK, 31_000))
    assert (state.screen, state.mode, state.language) == (
        message.screen,
        Mode(is_large=True),
        message.language,
    )
    due_ms = next_deadline_ms(state)
    assert due_ms is not None
    assert due_ms >= 31_000 + KIOSK_REFUSED_AFTER_REMOVAL_S * 1000
    over, _ = step(state, Ticked(now_ms=due_ms))
    assert (over.screen, over.mode, over.language) == (Screen.ATTRACT, PLAIN, "fr")


def test_a_panel_that_is_left_open_over_a_message_is_gone_without_a_question() -> None:
    state, _ = step(refused(), touch(Action.ACCESS, 3000))
    due_ms = next_deadline_ms(state)
    assert due_ms is not None
    assert step(state, Ticked(now_ms=due_ms))[0].screen is Screen.ATTRACT


def test_who_enlarges_a_refusal_and_tries_again_keeps_the_large_type_and_the_language() -> None:
    state = refused()
    for action in (Action.SPEAK_ZH, Action.ACCESS, Action.MODE_LARGE, Action.BACK):
        state, _ = step(state, touch(action, 3000))
    for event in (CardGone(now_ms=4000, tap_id="tap-1"), CardSeen(now_ms=5000, tap_id="tap-2")):
        state, _ = step(state, event)
    assert (state.screen, state.mode, state.language) == (Screen.ASKING, Mode(is_large=True), "zh")


def test_a_card_that_is_refused_after_another_ones_visit_is_refused_in_the_language_of_that_visit() -> None:
    visited = run(*visit(a_member(language="zh")))
    session = another_session(a_session(refusal="blocked_card"))
    state, _ = step(visited, CardSeen(now_ms=4000, tap_id="tap-2"))
    state, _ = step(state, told_session(session, 4100))
    assert (state.screen, state.language, state.is_language_chosen) == (Screen.REFUSED, "zh", False)


def test_the_next_member_and_staff_are_spoken_to_in_their_own_language() -> None:
    visited = run(*visit(a_member(language="zh")))
    other = another_session(a_session(a_member(language="de")))
    state, _ = step(visited, CardSeen(now_ms=4000, tap_id="tap-2"))
    assert step(state, told_session(other, 4100))[0].language == "de"
    staff = Session(session_id="session-3", tap_id="tap-2", state="open", staff=Staff(name="Rochat"))
    assert step(state, told_session(staff, 4100))[0].language == "fr"


def test_who_enlarges_the_question_whether_they_are_there_is_there() -> None:
    asked = run(*visit(a_member()), touch(Action.TICKETS), Ticked(now_ms=40_000))
    assert asked.screen is Screen.PRIVACY_WARNING
    state, _ = step(asked, touch(Action.ACCESS, 41_000))
    state, _ = step(state, touch(Action.BACK, 42_000))
    assert state.screen is Screen.TICKETS


def test_the_next_member_sees_nothing_of_the_last_ones_mode() -> None:
    chosen = run(*visit(a_member()), touch(Action.ACCESS), touch(Action.MODE_LOW))
    other, _ = step(chosen, CardSeen(now_ms=4000, tap_id="tap-2"))
    assert other.mode == PLAIN


def test_more_time_makes_every_wait_of_a_person_longer() -> None:
    plain = run(*visit(a_member()))
    slow = replace(plain, mode=Mode(is_slow=True))
    waits = [(next_deadline_ms(state) or 0) - state.touched_ms for state in (plain, slow)]
    assert waits == [PRIVACY_TIMEOUT_S * 1000, PRIVACY_TIMEOUT_S * 1000 * KIOSK_SLOW_TIMES]


def test_the_privacy_warning_can_be_put_off_again_and_again() -> None:
    state, now_ms = run(*visit(a_member())), 0
    for _ in range(12):
        now_ms = next_deadline_ms(state) or 0
        state, _ = step(state, Ticked(now_ms=now_ms))
        assert state.screen is Screen.PRIVACY_WARNING
        state, _ = step(state, touch(Action.EXTEND, now_ms + 10_000))
        assert state.screen is Screen.MEMBER


def test_headphones_switch_reading_on_and_their_end_switches_it_off() -> None:
    plugged = run(*idle(), HeadphonesChanged(now_ms=500, is_in=True))
    assert plugged.mode.is_spoken
    assert next_deadline_ms(plugged) is None
    pulled, _ = step(plugged, HeadphonesChanged(now_ms=900, is_in=False))
    assert (pulled.mode, pulled.has_headphones) == (PLAIN, False)


def test_a_scene_keeps_what_was_chosen_in_it_whatever_mode_it_is_drawn_for() -> None:
    for mode in MODES.values():
        shown = model_of("access_chosen", "fr", mode).state.mode
        assert (shown.is_slow, shown.is_calm) == (True, True)
        assert shown.joined(mode) == shown
