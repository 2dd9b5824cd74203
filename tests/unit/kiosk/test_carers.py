"""Somebody acts for a member, at the kiosk: behind the PIN, taken back in two touches, and never hidden."""

import msgspec
import pytest

from kiosk.flow import Action, Screen, State, start, step
from kiosk.flow.deadlines import next_deadline_ms
from kiosk.flow.effects import Send
from kiosk.flow.events import AnyEvent, CardGone, CardSeen, Ticked, Told, Touched
from kiosk.flow.journeys import MENU
from kiosk.flow.journeys.carers import CarersPage
from kiosk.flow.state import CHOICES, DIGITS
from kiosk.scenes.base import touch, type_text, visit, way_to
from kiosk.scenes.demo import a_member, a_member_by_number
from loyalty.limits.carers import CARER_DAYS_OFFERED, CARERS_PER_MEMBER
from tests.unit.kiosk.drawing import LARGE, drawn
from wire.carers import (
    AskCarers,
    Carer,
    CarersOutcome,
    CarersTold,
    EndCarer,
    HandCarer,
    PrepareCarer,
)
from wire.messages import EndSession, EnterPin, MemberView, PinTold
from wire.replacements import TakeCards

KEYS = {digit: action for action, digit in DIGITS.items()}
PIN = [*(KEYS[digit] for digit in "2486"), Action.SEND_PIN]
MARIE = Carer(carer_id="c-1", name="Marie", ends_ms=1_800_000_000_000)


class Kiosk:
    """Steps through events, and keeps what was sent."""

    def __init__(self, member: MemberView, *actions: Action) -> None:
        self.events: list[AnyEvent] = []
        self.state: State = start(language="fr", now_ms=0)
        self.sent: list[object] = []
        self.happen(*visit(member), *touch(*actions))

    def happen(self, *events: AnyEvent) -> None:
        for event in events:
            self.events.append(event)
            self.state, effects = step(self.state, event)
            self.sent += [each.message for each in effects if isinstance(each, Send)]

    def touch(self, *actions: Action) -> None:
        for action in actions:
            self.happen(Touched(now_ms=self.events[-1].now_ms + 20, action=action))

    def told(self, outcome: CarersOutcome, *carers: Carer) -> None:
        answer = CarersTold(request_id=self.page.request_id, outcome=outcome, carers=carers)
        self.happen(Told(now_ms=self.events[-1].now_ms + 20, answer=answer))

    @property
    def page(self) -> CarersPage:
        assert isinstance(self.state.journey, CarersPage)
        return self.state.journey


def listed(*carers: Carer) -> Kiosk:
    member = a_member(asks_pin=True)
    kiosk = Kiosk(member, *way_to(Action.CARERS, member), *PIN)
    assert kiosk.sent == [EnterPin(request_id="session-1.1", session_id="session-1", pin="2486")]
    right = PinTold(request_id="session-1.1", outcome="right")
    kiosk.happen(Told(now_ms=kiosk.events[-1].now_ms + 20, answer=right))
    assert kiosk.sent[-1] == AskCarers(request_id="session-1.2", session_id="session-1")
    kiosk.told("list", *carers)
    return kiosk


def test_one_is_taken_back_by_two_touches_and_the_list_is_told_again() -> None:
    kiosk = listed(MARIE)
    kiosk.touch(CHOICES[1], CHOICES[0])
    assert kiosk.state.screen is Screen.CARER_END
    kiosk.touch(Action.AGREE, Action.AGREE, Action.BACK)
    assert kiosk.sent[-1] == EndCarer(request_id="session-1.3", session_id="session-1", carer_id="c-1")
    kiosk.told("ended")
    assert (kiosk.state.screen, kiosk.page.carers) == (Screen.CARERS, ())


def test_a_card_for_somebody_is_wished_for_once_and_the_visit_ends_before_it_comes() -> None:
    kiosk = listed()
    kiosk.touch(Action.AGREE, Action.SEND)
    assert kiosk.state.screen is Screen.CARER_NAME, "a name is needed"
    kiosk.happen(*type_text(kiosk.events, "Marie"))
    kiosk.touch(Action.SEND, CHOICES[0], Action.BACK, CHOICES[2], CHOICES[3], CHOICES[0], CHOICES[1])
    wish = kiosk.sent[-1]
    assert isinstance(wish, PrepareCarer)
    assert (wish.name, wish.may, kiosk.sent.count(wish)) == ("Marie", ("purchases",), 1)
    assert wish.days == CARER_DAYS_OFFERED[0], "a month; a fourth choice there is none"
    assert "Marie" not in repr(kiosk.sent) + repr(kiosk.state)
    kiosk.told("prepared")
    assert kiosk.sent[-2:] == [EndSession(session_id="session-1"), TakeCards(is_on=True)]
    assert (kiosk.state.screen, kiosk.state.session) == (Screen.CARER_CARD, None)
    at_ms = kiosk.events[-1].now_ms
    kiosk.happen(CardGone(now_ms=at_ms, tap_id="tap-1"), CardSeen(now_ms=at_ms + 9, tap_id="tap-2"))
    handed = HandCarer(request_id="visitor.4", wish_id=wish.wish_id, tap_id="tap-2")
    assert kiosk.sent[-1] == handed
    kiosk.told("given", MARIE)
    assert (kiosk.page.step, kiosk.page.carers, kiosk.sent[-1]) == ("done", None, TakeCards(is_on=False))
    kiosk.touch(Action.FINISH)
    assert (kiosk.state.screen, kiosk.state.journey) == (Screen.ATTRACT, None)


def test_members_with_enough_carers_and_cards_without_a_pin_are_offered_no_more() -> None:
    full = listed(*(msgspec.structs.replace(MARIE, carer_id=f"c-{at}") for at in range(CARERS_PER_MEMBER)))
    full.touch(Action.AGREE)
    assert full.state.screen is Screen.CARERS
    member = a_member()
    without = Kiosk(member, *way_to(Action.CARERS, member))
    assert without.sent == [AskCarers(request_id="session-1.1", session_id="session-1")]
    without.told("needs_pin")
    without.touch(Action.AGREE)
    assert (without.state.screen, without.page.trouble) == (Screen.CARERS, "needs_pin")


def test_a_carer_finds_only_what_is_theirs_and_a_number_nothing_of_it() -> None:
    carer = msgspec.structs.replace(a_member(), is_carer=True, may_donate=True, may_convert=True)
    kiosk = Kiosk(carer, Action.MENU)
    assert [tile.action for tile in MENU.offered(kiosk.state)] == [
        Action.MY_POINTS, Action.MY_VOUCHERS, Action.SHOPS, Action.PACKS, Action.BLOCK
    ]  # fmt: skip
    number = Kiosk(a_member_by_number(), Action.MENU)
    assert Action.CARERS not in [tile.action for tile in MENU.offered(number.state)]


def test_what_nobody_answers_changes_nothing_and_time_forgets_the_wish() -> None:
    kiosk = listed(MARIE)
    kiosk.touch(CHOICES[0], Action.AGREE)
    deadline_ms = next_deadline_ms(kiosk.state)
    assert deadline_ms is not None
    kiosk.happen(Ticked(now_ms=deadline_ms))
    assert (kiosk.state.screen, kiosk.page.trouble) == (Screen.CARER_END, "central_unreachable")
    kiosk.touch(Action.AGREE)
    assert isinstance(kiosk.sent[-1], EndCarer), "and may be tried again"


def test_a_card_whose_answer_was_lost_is_held_there_again_for_the_same_wish() -> None:
    kiosk = listed()
    kiosk.touch(Action.AGREE)
    kiosk.happen(*type_text(kiosk.events, "Marie"))
    kiosk.touch(Action.SEND, CHOICES[0], CHOICES[1])
    kiosk.told("prepared")
    at_ms = kiosk.events[-1].now_ms
    kiosk.happen(CardSeen(now_ms=at_ms + 9, tap_id="tap-2"))
    first = kiosk.sent[-1]
    kiosk.told("central_unreachable")
    kiosk.happen(CardGone(now_ms=at_ms + 50, tap_id="tap-2"), CardSeen(now_ms=at_ms + 99, tap_id="tap-3"))
    again = kiosk.sent[-1]
    assert isinstance(first, HandCarer)
    assert isinstance(again, HandCarer)
    assert (again.wish_id, again.tap_id) == (first.wish_id, "tap-3")


@pytest.mark.parametrize("name", ["carer_card_away", "carer_end_away"])
def test_where_an_answer_was_lost_no_page_says_that_nothing_was_changed(name: str) -> None:
    said = " ".join(label.text for label in drawn(name, "en", LARGE).labels)
    assert "No answer came" in said
    assert "nothing was changed" not in said
