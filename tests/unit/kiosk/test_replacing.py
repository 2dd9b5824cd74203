"""Replacing a card at the kiosk: what is asked in which order, whose cards are whose, what is left."""

import msgspec

from kiosk.flow import Action, Screen, State, start, step
from kiosk.flow.deadlines import next_deadline_ms
from kiosk.flow.effects import Send
from kiosk.flow.events import AgentChanged, AnyEvent, CardGone, CardSeen, Ticked, Told, Touched
from kiosk.flow.journeys import MENU
from kiosk.flow.journeys.replacing import ReplacePage
from kiosk.flow.state import CHOICES, DIGITS
from kiosk.scenes.base import idle, touch, visit, visitor_way_to, way_to
from kiosk.scenes.demo import a_member, a_member_by_number, a_session, an_agent_state
from wire.messages import EndSession, EnterPin, PinTold
from wire.replacements import (
    BeginReplacement,
    BeginReplacementWithout,
    HandReplacement,
    ProveReplacement,
    ReplacementOutcome,
    ReplacementTold,
    TakeCards,
)

KEYS = {digit: action for action, digit in DIGITS.items()}


def typed(digits: str) -> list[Action]:
    return [*(KEYS[digit] for digit in digits), Action.SEND_PIN]


class Kiosk:
    """Steps through events, and keeps what was sent."""

    def __init__(self, *events: AnyEvent) -> None:
        self.state: State = start(language="fr", now_ms=0)
        self.sent: list[object] = []
        self.now_ms = 1_900
        self.happen(*events)

    def happen(self, *events: AnyEvent) -> None:
        for event in events:
            self.state, effects = step(self.state, event)
            self.now_ms = max(self.now_ms, event.now_ms)
            self.sent += [each.message for each in effects if isinstance(each, Send)]

    def touch(self, *actions: Action) -> None:
        for action in actions:
            self.happen(Touched(now_ms=self.now_ms + 20, action=action))

    def hold(self, tap_id: str) -> None:
        self.happen(CardSeen(now_ms=self.now_ms + 20, tap_id=tap_id))

    def told(self, outcome: ReplacementOutcome, **more: object) -> None:
        answer = ReplacementTold(request_id=self.page.request_id, outcome=outcome, **more)  # type: ignore[arg-type]
        self.happen(Told(now_ms=self.now_ms + 20, answer=answer))

    @property
    def page(self) -> ReplacePage:
        assert isinstance(self.state.journey, ReplacePage)
        return self.state.journey


def with_card(*, asks_pin: bool = False) -> Kiosk:
    member = a_member(asks_pin=asks_pin)
    return Kiosk(*visit(member), *touch(*way_to(Action.REPLACE_CARD, member)))


def test_the_visit_ends_before_the_new_card_comes_and_taking_the_old_one_ends_nothing() -> None:
    kiosk = with_card()
    kiosk.touch(CHOICES[0], CHOICES[0], Action.BACK, Action.LANGUAGES)
    assert kiosk.sent == [BeginReplacement(request_id="session-1.1", session_id="session-1")]
    kiosk.told("code", replacement_id="r-1", channel="sms")
    assert (kiosk.state.screen, kiosk.page.step, kiosk.state.session) == (Screen.NEW_CARD, "code", None)
    assert kiosk.sent[1:] == [EndSession(session_id="session-1")]
    kiosk.happen(CardGone(now_ms=kiosk.now_ms, tap_id="tap-1"))
    kiosk.touch(*typed("482913"))
    code = ProveReplacement(request_id="visitor.2", replacement_id="r-1", code="482913")
    assert kiosk.sent[-1] == code
    assert "482913" not in repr(kiosk.state) + repr(kiosk.sent)
    kiosk.told("card")
    assert (kiosk.page.step, kiosk.sent[-1]) == ("card", TakeCards(is_on=True))
    kiosk.hold("tap-2")
    kiosk.hold("tap-3")
    handed = HandReplacement(request_id="visitor.3", replacement_id="r-1", tap_id="tap-2")
    assert kiosk.sent[-1] == handed, "one card is looked at at a time"
    session = a_session(a_member())
    kiosk.happen(AgentChanged(now_ms=kiosk.now_ms, state=an_agent_state(session=session)))
    assert kiosk.state.session is None, "a late word of the old card opens no visit"
    kiosk.told("done", keeps_pin=True)
    assert (kiosk.page.step, kiosk.page.keeps_pin) == ("done", True)
    assert kiosk.sent[-1] == TakeCards(is_on=False)
    kiosk.touch(Action.FINISH)
    assert (kiosk.state.screen, kiosk.state.journey) == (Screen.ATTRACT, None)


def test_the_pin_is_asked_where_the_card_has_one_and_a_code_is_the_other_way() -> None:
    by_pin = with_card(asks_pin=True)
    by_pin.touch(CHOICES[0], *typed("2486"))
    assert by_pin.sent == [EnterPin(request_id="session-1.1", session_id="session-1", pin="2486")]
    by_pin.happen(Told(now_ms=3_000, answer=PinTold(request_id="session-1.1", outcome="right")))
    assert by_pin.sent[-1] == BeginReplacement(request_id="session-1.2", session_id="session-1")
    by_code = with_card(asks_pin=True)
    by_code.touch(CHOICES[1])
    assert by_code.sent == [BeginReplacement(request_id="session-1.1", session_id="session-1")]


def test_a_clerk_s_card_is_taken_where_no_code_came_and_the_old_card_was_shown() -> None:
    kiosk = with_card()
    kiosk.touch(CHOICES[0])
    kiosk.told("code", replacement_id="r-1", channel="email")
    kiosk.touch(CHOICES[0])
    kiosk.hold("tap-9")
    asked = HandReplacement(request_id="visitor.2", replacement_id="r-1", tap_id="tap-9", is_staff=True)
    assert kiosk.sent[-1] == asked
    kiosk.told("not_staff")
    assert (kiosk.page.step, kiosk.page.takes_cards) == ("staff", True)
    without = Kiosk(*idle())
    without.touch(*visitor_way_to(Action.NEW_CARD), *typed("2990000000019"), *typed("12041961"))
    assert without.sent == [
        BeginReplacementWithout(request_id="visitor.1", number="2990000000019", birth_date="1961-04-12")
    ]
    assert "1961" not in repr(without.sent) + repr(without.state)
    without.told("code", replacement_id="r-2")
    without.touch(CHOICES[0])
    assert without.page.step == "code"


def test_a_number_alone_is_not_offered_it() -> None:
    kiosk = Kiosk(*visit(a_member_by_number(), medium="barcode"), *touch(Action.MENU))
    assert Action.REPLACE_CARD not in [tile.action for tile in MENU.offered(kiosk.state)]


def test_what_is_over_takes_no_card_and_what_nobody_answers_may_be_tried_again() -> None:
    kiosk = with_card()
    kiosk.touch(CHOICES[0])
    deadline_ms = next_deadline_ms(kiosk.state)
    assert deadline_ms is not None
    kiosk.happen(Ticked(now_ms=deadline_ms))
    assert (kiosk.state.screen, kiosk.page.trouble) == (Screen.REPLACE_CARD, "central_unreachable")
    kiosk.touch(CHOICES[0])
    kiosk.told("staff", replacement_id="r-1")
    kiosk.hold("tap-4")
    kiosk.told("over")
    kiosk.touch(Action.TRY_AGAIN)
    assert kiosk.page.is_over, "with the card, its own visit is the way to try again"
    assert kiosk.sent[-1] == TakeCards(is_on=False)
    kiosk.hold("tap-5")
    assert kiosk.state.screen is Screen.ASKING, "it is a card as any other again"


def test_time_leaves_nothing_of_it() -> None:
    kiosk = with_card()
    kiosk.touch(CHOICES[0])
    kiosk.told("card", replacement_id="r-1")
    deadline_ms = next_deadline_ms(kiosk.state)
    assert deadline_ms is not None
    kiosk.happen(Ticked(now_ms=deadline_ms))
    assert (kiosk.state.screen, kiosk.state.journey, kiosk.sent[-1]) == (
        Screen.ATTRACT,
        None,
        TakeCards(is_on=False),
    )


def test_when_the_time_is_over_the_old_card_opens_a_visit_or_without_it_the_number_is_asked_again() -> None:
    kiosk = with_card()
    kiosk.touch(CHOICES[0])
    kiosk.told("staff", replacement_id="r-1")
    kiosk.hold("tap-9")
    kiosk.told("over")
    session = msgspec.structs.replace(a_session(a_member()), session_id="session-2", tap_id="tap-2")
    kiosk.hold("tap-2")
    kiosk.happen(AgentChanged(now_ms=kiosk.now_ms + 20, state=an_agent_state(session=session)))
    assert kiosk.state.screen is Screen.MEMBER

    kiosk = Kiosk(*idle())
    kiosk.touch(*visitor_way_to(Action.NEW_CARD), *typed("2990000000019"), *typed("12041961"))
    kiosk.told("code", replacement_id="r-2")
    kiosk.touch(*typed("482913"))
    kiosk.told("over")
    kiosk.touch(KEYS["1"], Action.TRY_AGAIN)
    assert (kiosk.state.screen, kiosk.page) == (Screen.NEW_CARD, ReplacePage(step="number"))
