"""A card of staff at the screen, and each step of a till that is paired: what is shown, sent and heard."""

from dataclasses import replace

import msgspec

from kiosk.flow import Action, Screen, State, start, step
from kiosk.flow.effects import (
    Effect,
    PlaySound,
    Send,
    Sound,
)
from kiosk.flow.events import AgentChanged, AnyEvent, CardGone, CardSeen, Ticked, Told, Touched
from kiosk.scenes import SCENES
from kiosk.scenes.base import entry_of
from kiosk.scenes.demo import an_agent_state
from tests.unit.kiosk.drawing import is_sent
from wire.messages import CommandResult, EndSession, Session, Staff
from wire.tills import AnswerCheckWord, CancelTillPairing, OpenTillPairing, TillPairing

(PAIR,) = entry_of(Action.PAIR_TILL)
CODE = TillPairing(step="code", code="482 915", qr="Q", address="192.0.2.17:8443", minutes_left=5)
CHECK = TillPairing(step="check", word="MITE-LONA", sale_id="TILL-2", is_tested=True)
STAFF = Session(
    session_id="session-1", tap_id="tap-1", state="open", staff=Staff(name="Mme Rochat", may_pair_tills=True)
)


def play(*events: AnyEvent, scene: str = "attract") -> tuple[State, tuple[Effect, ...]]:
    state = start(language="fr", now_ms=0)
    effects: tuple[Effect, ...] = ()
    for event in next(each for each in SCENES if each.name == scene).events("fr"):
        state, effects = step(state, event)
    for event in events:
        state, effects = step(state, event)
    return state, effects


def told(pairing: TillPairing | None, session: Session | None = None, at_ms: int = 3_000) -> AgentChanged:
    return AgentChanged(now_ms=at_ms, state=an_agent_state(session=session, till_pairing=pairing))


def touched(action: Action, at_ms: int = 4_000) -> Touched:
    return Touched(now_ms=at_ms, action=action)


def test_a_card_of_staff_opens_the_staff_page_and_asks_for_a_code_once() -> None:
    state, effects = play(touched(PAIR), scene="staff")
    assert state.screen is Screen.STAFF
    assert effects == (Send(OpenTillPairing(request_id="session-1.pair.1", session_id="session-1")),)
    again, effects = step(state, touched(PAIR))
    assert again.request_id == state.request_id
    assert not any(is_sent(each, OpenTillPairing) for each in effects)


def test_who_may_not_pair_tills_asks_for_none() -> None:
    staff = msgspec.structs.replace(STAFF, staff=Staff(name="M. Blanc"))
    state, _ = play(CardSeen(now_ms=1_000, tap_id="tap-1"), told(None, staff))
    assert state.screen is Screen.STAFF
    _, effects = step(state, touched(PAIR))
    assert not any(is_sent(each, OpenTillPairing) for each in effects)


def test_the_code_comes_at_once_and_stays_when_the_card_is_taken_away() -> None:
    state, effects = play(touched(PAIR), told(CODE, STAFF), scene="staff")
    assert state.screen is Screen.TILL_PAIRING
    assert Send(EndSession(session_id="session-1")) in effects
    state, _ = step(state, CardGone(now_ms=5_000, tap_id="tap-1"))
    assert state.screen is Screen.TILL_PAIRING
    state, _ = step(state, told(None, at_ms=6_000))
    assert state.screen is Screen.ATTRACT


def test_a_code_that_is_refused_is_told_and_may_be_asked_for_again() -> None:
    state, effects = play(scene="staff_refused")
    assert state.is_wish_refused
    assert effects == (PlaySound(Sound.REFUSAL),)
    state, effects = step(state, touched(PAIR))
    assert effects == (Send(OpenTillPairing(request_id="session-1.pair.2", session_id="session-1")),)
    assert not state.is_wish_refused


def test_a_late_answer_to_another_wish_changes_nothing() -> None:
    state, _ = play(touched(PAIR), scene="staff")
    late = Told(now_ms=5_000, answer=CommandResult(request_id="session-0.pair.1", is_done=False))
    assert step(state, late) == (state, ())


def test_the_staff_page_closes_by_itself_and_forgets_who_it_was() -> None:
    state, _ = play(Ticked(now_ms=60_000), scene="staff")
    assert state.screen is Screen.GOODBYE
    assert state.session is None


def test_each_step_of_the_till_is_heard() -> None:
    state, effects = play(told(CODE), told(CHECK))
    assert state.screen is Screen.TILL_PAIRING
    assert effects == (PlaySound(Sound.SUCCESS),)
    _, effects = step(state, told(TillPairing(step="done", sale_id="TILL-2")))
    assert effects == (PlaySound(Sound.SUCCESS),)
    _, effects = step(state, told(TillPairing(step="failed", failure="differs")))
    assert effects == (PlaySound(Sound.REFUSAL),)


def test_the_same_word_is_said_only_after_the_test_ticket() -> None:
    waiting = msgspec.structs.replace(CHECK, is_tested=False)
    state, _ = play(told(CODE), told(waiting))
    _, effects = step(state, touched(Action.WORD_SAME))
    assert not any(is_sent(each, AnswerCheckWord) for each in effects)
    state, _ = step(state, told(CHECK))
    _, effects = step(state, touched(Action.WORD_SAME))
    assert effects == (Send(AnswerCheckWord(request_id="till.1", word="MITE-LONA")),)


def test_another_word_ends_it_at_any_time() -> None:
    state, _ = play(told(CODE), told(msgspec.structs.replace(CHECK, is_tested=False)))
    _, effects = step(state, touched(Action.WORD_DIFFERS))
    assert effects == (Send(AnswerCheckWord(request_id="till.1", word="")),)


def test_what_is_shown_can_be_taken_away() -> None:
    state, _ = play(told(CODE))
    _, effects = step(state, touched(Action.CANCEL_TILL))
    assert effects == (Send(CancelTillPairing(request_id="till.1")),)


def test_a_customer_who_taps_meanwhile_sees_their_points_and_the_code_comes_back() -> None:
    state, _ = play(told(CODE), CardSeen(now_ms=4_000, tap_id="tap-2"))
    assert state.screen is Screen.ASKING
    state, _ = step(state, CardGone(now_ms=5_000, tap_id="tap-2"))
    state, _ = step(state, Ticked(now_ms=20_000))
    assert state.screen is Screen.TILL_PAIRING


def test_without_its_agent_the_screen_shows_no_code() -> None:
    from kiosk.flow.events import AgentLinkChanged

    state, _ = play(told(CODE), AgentLinkChanged(now_ms=4_000, is_up=False))
    assert state.screen is Screen.AGENT_LOST
    assert replace(state, agent=None).screen is Screen.AGENT_LOST
