"""A PIN that a clerk wishes: what the clerk chooses, what the member types twice, what is left of it."""

import msgspec
import pytest

from kiosk.flow import Action, Screen, State, start, step
from kiosk.flow.effects import Send
from kiosk.flow.events import AgentChanged, AnyEvent, CardGone, Ticked, Told, Touched
from kiosk.flow.journeys.member_pins import MemberPinPage
from kiosk.flow.journeys.new_pin import NewPinPage
from kiosk.flow.state import CHOICES
from kiosk.scenes import SCENES
from kiosk.scenes.demo import a_member, a_session, an_agent_state
from loyalty.limits.kiosk import KIOSK_ANSWER_MAX_S
from tests.unit.kiosk.test_replacing import typed
from wire.messages import EndSession, PinTold
from wire.new_pins import (
    AskPinHolder,
    ChoosePin,
    ConfirmPin,
    LeavePin,
    NewPinOutcome,
    NewPinTold,
    PinWish,
    WishPin,
)

ASKED = "session-1.1"


def played(scene: str, *events: AnyEvent) -> tuple[State, list[object]]:
    state = start(language="fr", now_ms=0)
    sent: list[object] = []
    for event in (*next(each for each in SCENES if each.name == scene).events("fr"), *events):
        state, effects = step(state, event)
        sent += [each.message for each in effects if isinstance(each, Send)]
    return state, sent


def touched(*actions: Action, at_ms: int = 3_500) -> list[AnyEvent]:
    return [Touched(now_ms=at_ms + 10 * at, action=action) for at, action in enumerate(actions)]


def told(outcome: NewPinOutcome) -> Told:
    return Told(now_ms=4_000, answer=NewPinTold(request_id=ASKED, outcome=outcome))


def without_wish() -> AgentChanged:
    return AgentChanged(now_ms=4_500, state=an_agent_state(session=a_session(a_member())))


def with_wish(*, asks_pin: bool = False) -> AgentChanged:
    state = an_agent_state(session=a_session(a_member(asks_pin=asks_pin)))
    wish = PinWish(wish_id="wish-1")
    return AgentChanged(now_ms=4_500, state=msgspec.structs.replace(state, pin_wish=wish))


def step_of(state: State) -> str:
    assert isinstance(state.journey, NewPinPage)
    return state.journey.step


def test_what_was_typed_twice_alike_is_sent_once_and_printed_nowhere() -> None:
    state, sent = played("new_pin", *touched(*typed("2486"), *typed("2486"), Action.SEND_PIN, Action.BACK))
    assert sent == [ChoosePin(request_id=ASKED, session_id="session-1", wish_id="wish-1", pin="2486")]
    assert "2486" not in repr(state) + repr(sent)
    done, _ = played("new_pin_done", without_wish())
    assert (done.screen, step_of(done)) == (Screen.NEW_PIN, "done"), "that it counts stays to be read"
    assert isinstance(done.journey, NewPinPage)
    assert done.journey.first == ""


@pytest.mark.parametrize(("second", "trouble"), [("2468", "differs"), ("24861", "differs")])
def test_a_second_one_that_differs_begins_anew(second: str, trouble: str) -> None:
    state, sent = played("new_pin", *touched(*typed("2486"), *typed(second)))
    assert isinstance(state.journey, NewPinPage)
    assert (state.journey.step, state.journey.trouble, state.journey.first, sent) == (
        "choose",
        trouble,
        "",
        [],
    )


@pytest.mark.parametrize("simple", ["1111", "1234", "987654"])
def test_one_that_others_try_first_is_refused_before_it_is_sent(simple: str) -> None:
    state, sent = played("new_pin", *touched(*typed(simple)))
    assert isinstance(state.journey, NewPinPage)
    assert (state.journey.step, state.journey.trouble, sent) == ("choose", "too_simple", [])


def test_without_an_answer_the_very_same_is_sent_again() -> None:
    late = Ticked(now_ms=3_000 + KIOSK_ANSWER_MAX_S * 1_000)
    again = touched(CHOICES[0], at_ms=late.now_ms + 100)
    state, sent = played("new_pin_asked", late, *again)
    assert [each.pin for each in sent if isinstance(each, ChoosePin)] == ["2486", "2486"]
    assert step_of(state) == "unsure"


def test_the_members_page_comes_back_when_the_wish_is_over_or_left() -> None:
    gone, _ = played("new_pin_typed", without_wish())
    assert (gone.screen, gone.journey, gone.pad.typed) == (Screen.MEMBER, None, "")
    left, sent = played("new_pin", *touched(Action.BACK))
    assert (left.screen, sent) == (Screen.MEMBER, [LeavePin(wish_id="wish-1")])
    after, _ = step(left, with_wish())
    assert after.screen is Screen.MEMBER, "what was left does not come back"
    away, _ = played("new_pin_again", CardGone(now_ms=4_000, tap_id="tap-1"))
    assert (away.screen, away.journey, away.session) == (Screen.GOODBYE, None, None)


def test_it_covers_no_pad_and_comes_when_that_is_left() -> None:
    state, _ = played("pin")
    covered, _ = step(state, with_wish(asks_pin=True))
    assert covered.screen is Screen.PIN
    back, _ = step(covered, Touched(now_ms=4_600, action=Action.BACK))
    assert (back.screen, step_of(back)) == (Screen.NEW_PIN, "choose")


def test_the_clerks_choices_are_sent_and_their_visit_ends_when_the_agent_waits() -> None:
    asked, sent = played("member_pin", *touched(CHOICES[1], CHOICES[2], CHOICES[2], Action.BACK))
    assert sent == [
        WishPin(request_id=ASKED, session_id="session-1", is_unlock=True, identity="residence_permit")
    ], "once, and there is no way back from what is on its way"
    late, _ = step(asked, Ticked(now_ms=3_600 + KIOSK_ANSWER_MAX_S * 1_000))
    assert (late.screen, late.journey) == (
        Screen.MEMBER_PIN,
        MemberPinPage(is_unlock=True, identity="residence_permit", is_refused=True, asked_ms=3_510),
    )
    waits, sent = played("member_pin_waits")
    assert (waits.screen, waits.session, sent[-1]) == (
        Screen.HOLD_CARD,
        None,
        EndSession(session_id="session-1"),
    )


def test_whose_card_came_is_for_the_clerk_in_the_shops_language_and_their_code_confirms_it() -> None:
    scene = next(each for each in SCENES if each.name == "pin_holder_code_asked")
    state = start(language="fr", now_ms=0)
    sent: list[object] = []
    for event in scene.events("zh"):
        state, effects = step(state, event)
        sent += [each.message for each in effects if isinstance(each, Send)]
    assert sent == [
        AskPinHolder(request_id=ASKED, session_id="session-1", wish_id="wish-1"),
        ConfirmPin(request_id="session-1.2", session_id="session-1", wish_id="wish-1", code="4071"),
    ]
    assert (step_of(state), state.language) == ("clerk", "fr")
    assert "4071" not in repr(state) + repr(sent)
    assert "Anne" not in repr(state)
    right = Told(now_ms=3_000, answer=PinTold(request_id="session-1.2", outcome="right"))
    state, _ = step(state, right)
    assert (step_of(state), state.language, state.pad.typed) == ("choose", "zh", "")
    assert isinstance(state.journey, NewPinPage)
    assert (state.journey.name, state.journey.card_end) == ("", ""), "the member does not need it"


def test_a_card_that_the_clerk_refuses_ends_the_wish_and_so_does_a_code_that_is_not_theirs() -> None:
    refused, sent = played("pin_holder", *touched(Action.BACK))
    assert (refused.screen, sent[-1]) == (Screen.MEMBER, LeavePin(wish_id="wish-1"))
    wrong, _ = played("pin_holder_wrong")
    assert (step_of(wrong), wrong.pad.trouble, wrong.pad.tries_left) == ("clerk", "wrong", 2)
    over, _ = played("pin_holder_over")
    assert isinstance(over.journey, NewPinPage)
    assert (over.journey.step, over.journey.trouble, over.journey.name) == ("ended", "not_confirmed", "")
    locked, _ = played("pin_holder_locked")
    assert isinstance(locked.journey, NewPinPage)
    assert (locked.journey.step, locked.journey.trouble) == ("ended", "code_locked")
    gone, _ = played("pin_holder", without_wish())
    assert (gone.screen, gone.journey) == (Screen.MEMBER, None), "the time is over"
    late, _ = played("pin_holder_asked", Ticked(now_ms=2_100 + KIOSK_ANSWER_MAX_S * 1_000))
    assert isinstance(late.journey, NewPinPage)
    assert (late.journey.step, late.journey.trouble) == ("ended", "central_unreachable")


def test_a_locked_pin_is_unlocked_by_one_touch_and_nothing_is_typed() -> None:
    state, sent = played("pin_unlock", *touched(*typed("2486")[:4], CHOICES[0], CHOICES[0]))
    assert sent == [ChoosePin(request_id=ASKED, session_id="session-1", wish_id="wish-1")]
    assert state.pad.typed == ""
