"""The PIN pad: what is typed, sent once, and forgotten with the pad; the screen shows no digit."""

import msgspec
import pytest

from kiosk.flow import Action, Screen, State, next_deadline_ms, step
from kiosk.flow.effects import PlaySound, Send, Sound
from kiosk.flow.events import AgentChanged, CardGone, Ticked, Told, Touched
from kiosk.flow.journeys.base import is_answer_awaited
from kiosk.flow.state import DIGITS, PinPad
from kiosk.scenes.demo import a_member, a_session, an_agent_state
from loyalty.limits.cards import PIN_DIGITS_MAX
from loyalty.limits.kiosk import KIOSK_ANSWER_MAX_S, PRIVACY_TIMEOUT_S
from tests.unit.kiosk.drawing import LARGE, SMALL, drawn
from tests.unit.kiosk.test_asking_why import ANSWER, visit, why_of
from wire.messages import EnterPin, PinOutcome, PinTold
from wire.why import AskWhy

KEYS = {digit: action for action, digit in DIGITS.items()}
QUESTION = "session-1.2"


def touch(state: State, *actions: Action, now_ms: int = 3_000) -> tuple[State, list[object]]:
    effects: list[object] = []
    for action in actions:
        state, more = step(state, Touched(now_ms=now_ms, action=action))
        effects += more
    return state, [one for one in effects if not isinstance(one, PlaySound)]


def pad(digits: str = "", *, asks_pin: bool = True) -> State:
    """The pad over an explained ticket, with some digits typed."""
    state, _ = visit(a_member(asks_pin=asks_pin), Action.WHY_TODAY)
    state, _ = step(state, Told(now_ms=2_500, answer=ANSWER))
    return touch(state, Action.SHOW_NAMES, *(KEYS[digit] for digit in digits))[0]


def judged(state: State, outcome: PinOutcome, tries_left: int = 0) -> tuple[State, list[object]]:
    told = PinTold(request_id=QUESTION, outcome=outcome, tries_left=tries_left)
    state, effects = step(state, Told(now_ms=3_500, answer=told))
    return state, list(effects)


def test_the_pad_is_there_only_where_a_pin_shows_more() -> None:
    assert pad().screen is Screen.PIN
    assert pad(asks_pin=False).screen is Screen.WHY


def test_digits_are_typed_erased_sent_once_and_forgotten() -> None:
    state = pad("24967")
    state, effects = touch(state, Action.ERASE, Action.ERASE)
    assert (state.pad.typed, effects) == ("249", [])
    state, effects = touch(state, Action.SEND_PIN)
    assert effects == [], "too few"
    state, effects = touch(state, KEYS["0"], Action.SEND_PIN, Action.SEND_PIN, KEYS["1"], Action.ERASE)
    assert effects == [Send(EnterPin(request_id=QUESTION, session_id="session-1", pin="2490"))]
    assert (state.pad, is_answer_awaited(state)) == (PinPad(), True)
    assert pad("1" * (PIN_DIGITS_MAX + 2)).pad.typed == "1" * PIN_DIGITS_MAX


def test_a_right_pin_asks_about_the_ticket_once_more() -> None:
    state, _ = touch(pad("2490"), Action.SEND_PIN)
    state, effects = judged(state, "right")
    assert state.screen is Screen.WHY
    assert effects == [
        Send(AskWhy(request_id="session-1.3", session_id="session-1", sale_id="sale-1")),
        PlaySound(Sound.SUCCESS),
    ]
    assert why_of(state).answer is None


@pytest.mark.parametrize("outcome", ["wrong", "locked", "central_unreachable", "not_here"])
def test_any_other_answer_stays_on_the_pad_and_says_why(outcome: PinOutcome) -> None:
    state, _ = touch(pad("2490"), Action.SEND_PIN)
    state, effects = judged(state, outcome, 2)
    assert (state.screen, state.pad) == (Screen.PIN, PinPad(trouble=outcome, tries_left=2))
    assert effects == [PlaySound(Sound.REFUSAL)]
    assert touch(state, KEYS["5"])[0].pad == PinPad(typed="5"), "a new try"


def test_an_answer_to_another_question_says_nothing() -> None:
    state = pad("2490")
    assert judged(state, "right") == (state, [])


def test_no_answer_in_time_is_said() -> None:
    state, _ = touch(pad("2490"), Action.SEND_PIN)
    at_ms = next_deadline_ms(state)
    assert at_ms == 3_000 + KIOSK_ANSWER_MAX_S * 1000
    state, _ = step(state, Ticked(now_ms=at_ms))
    assert state.pad == PinPad(trouble="central_unreachable")


def test_digits_stay_under_the_question_whether_somebody_is_still_there() -> None:
    asked, _ = step(pad("249"), Ticked(now_ms=3_000 + PRIVACY_TIMEOUT_S * 1000))
    assert asked.screen is Screen.PRIVACY_WARNING
    again, _ = touch(asked, Action.EXTEND, now_ms=40_000)
    assert (again.screen, again.pad, why_of(again).answer is not None) == (
        Screen.PIN,
        PinPad(typed="249"),
        True,
    )
    _, sent = touch(again, KEYS["0"], Action.SEND_PIN, now_ms=41_000)
    assert sent == [Send(EnterPin(request_id=QUESTION, session_id="session-1", pin="2490"))]


def test_nobody_elses_visit_finds_digits_that_lay_under_that_question() -> None:
    asked, _ = step(pad("249"), Ticked(now_ms=3_000 + PRIVACY_TIMEOUT_S * 1000))
    over, _ = step(asked, Ticked(now_ms=next_deadline_ms(asked) or 0))
    gone, _ = step(asked, CardGone(now_ms=40_000, tap_id="tap-1"))
    done, _ = touch(asked, Action.FINISH, now_ms=40_000)
    other = msgspec.structs.replace(
        a_session(a_member(asks_pin=True)), session_id="session-2", tap_id="tap-2"
    )
    next_one, _ = step(asked, AgentChanged(now_ms=40_000, state=an_agent_state(session=other)))
    assert [each.pad for each in (over, gone, done, next_one)] == [PinPad()] * 4
    assert next_one.screen is Screen.MEMBER


def test_leaving_the_pad_by_whatever_way_forgets_the_digits() -> None:
    state = pad("249")
    back, _ = touch(state, Action.BACK)
    assert (back.screen, back.pad, why_of(back).answer is not None) == (Screen.WHY, PinPad(), True)
    gone, _ = step(state, CardGone(now_ms=3_100, tap_id="tap-1"))
    assert (gone.screen, gone.pad, gone.journey) == (Screen.GOODBYE, PinPad(), None)
    session = a_session(a_member(points=1_300, asks_pin=True))
    booked, _ = step(state, AgentChanged(now_ms=3_200, state=an_agent_state(session=session)))
    assert booked.pad == state.pad, "a ticket meanwhile disturbs nobody"


def test_no_digit_is_printed_or_drawn() -> None:
    state = pad("249")
    assert "249" not in repr(state)
    assert "249" not in repr(Send(EnterPin(request_id="r", session_id="s", pin="249")))
    assert "249" not in repr(EnterPin(request_id="r", session_id="s", pin="249"))
    for size in (SMALL, LARGE):
        blank, typed = (
            [label.text for label in drawn(name, "fr", size).labels if label.text.isdigit()]
            for name in ("pin", "pin_typed")
        )
        assert sorted(blank) == sorted(typed) == list("0123456789"), "the keys alone"
