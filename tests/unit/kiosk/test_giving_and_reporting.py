"""Points are given after two questions, once however often tried; a ticket is reported once (C-22, C-34)."""

import msgspec
import pytest

from kiosk.flow import Action, Screen, State, next_deadline_ms, step
from kiosk.flow.effects import PlaySound, Send, Sound
from kiosk.flow.events import AnyEvent, CardGone, Ticked, Told, Touched
from kiosk.flow.journeys import MENU
from kiosk.flow.journeys.donating import DonatePage
from kiosk.flow.journeys.reporting import ReportPage
from kiosk.scenes import my_value as moments
from kiosk.scenes.base import touch, visit, way_to
from kiosk.scenes.demo import a_member
from tests.unit.kiosk.test_flow import run
from wire.my_value import AskAssociations, DonatedTold, DonatePoints, ReportTicket, ReportTold
from wire.why import Why

GIVER = msgspec.structs.replace(a_member(), may_donate=True)


def after(*events: AnyEvent) -> tuple[State, list[object]]:
    return run(*visit(GIVER), *touch(*way_to(Action.DONATE, GIVER)), *events)


def touched(*actions: Action, now_ms: int = 3_000) -> list[AnyEvent]:
    return [Touched(now_ms=now_ms, action=action) for action in actions]


LISTED = Told(now_ms=2_500, answer=moments.ASSOCIATIONS)
ASKED = (LISTED, *touched(Action.CHOOSE_1, Action.CHOOSE_2))
GIFT = DonatePoints(
    request_id="session-1.2",
    session_id="session-1",
    act_id="session-1.gift.2",
    association_id="club",
    points=100,
)


def page_of(state: State) -> DonatePage:
    assert isinstance(state.journey, DonatePage)
    return state.journey


def test_the_associations_are_asked_for_and_an_amount_is_chosen_within_the_balance() -> None:
    _, effects = after()
    assert effects == [Send(AskAssociations(request_id="session-1.1", session_id="session-1"))]
    few = Told(now_ms=2_500, answer=msgspec.structs.replace(moments.ASSOCIATIONS, points=120))
    state, _ = after(few, *touched(Action.CHOOSE_1))
    assert (state.screen, page_of(state).amounts) == (Screen.DONATE_AMOUNT, (50, 100))
    state, _ = run_on(state, *touched(Action.CHOOSE_3))
    assert state.screen is Screen.DONATE_AMOUNT, "more than there is cannot be chosen"


def run_on(state: State, *events: AnyEvent) -> tuple[State, list[object]]:
    effects: list[object] = []
    for event in events:
        state, more = step(state, event)
        effects = list(more)
    return state, effects


def test_nothing_is_sent_before_the_second_yes_and_then_once() -> None:
    state, effects = after(*ASKED)
    assert state.screen is Screen.DONATE_CONFIRM
    assert not any(isinstance(each, Send) for each in effects)
    state, effects = run_on(state, *touched(Action.AGREE))
    assert effects == [Send(GIFT)]
    waiting, effects = run_on(state, *touched(Action.AGREE, Action.BACK))
    assert (waiting.screen, effects) == (Screen.DONATE_CONFIRM, [PlaySound(Sound.TOUCH)])
    done = DonatedTold(request_id="session-1.2", points=100, balance=1148)
    state, effects = run_on(state, Told(now_ms=3_500, answer=done))
    assert (page_of(state).done, effects) == (done, [PlaySound(Sound.SUCCESS)])
    state, effects = run_on(state, *touched(Action.AGREE))
    assert effects == [PlaySound(Sound.TOUCH)], "given is given"


@pytest.mark.parametrize("is_silent", [True, False])
def test_a_gift_of_which_nothing_is_known_is_tried_again_as_the_same_gift(is_silent: bool) -> None:
    state, _ = after(*ASKED, *touched(Action.AGREE))
    lost: AnyEvent = Told(
        now_ms=3_500, answer=DonatedTold(request_id="session-1.2", trouble="central_unreachable")
    )
    if is_silent:
        deadline_ms = next_deadline_ms(state)
        assert deadline_ms is not None
        lost = Ticked(now_ms=deadline_ms)
    state, effects = run_on(state, lost)
    assert effects == [PlaySound(Sound.REFUSAL)]
    _, effects = run_on(state, *touched(Action.AGREE, now_ms=20_000))
    assert effects == [Send(msgspec.structs.replace(GIFT, request_id="session-1.3"))]
    state, effects = run_on(state, *touched(Action.BACK, now_ms=20_000))
    assert (state.screen, page_of(state).told) == (Screen.DONATE, None), "the balance is asked for anew"


def test_another_amount_is_another_gift_and_a_card_that_goes_ends_it() -> None:
    state, _ = after(*ASKED)
    state, _ = run_on(state, *touched(Action.BACK, Action.CHOOSE_1, Action.AGREE))
    assert (page_of(state).points, page_of(state).act_id) == (50, "session-1.gift.2")
    state, _ = run_on(state, CardGone(now_ms=4_000, tap_id="tap-1"))
    assert (state.screen, state.journey) == (Screen.GOODBYE, None)


def test_a_card_that_cannot_prove_itself_is_offered_no_giving() -> None:
    state, _ = run(*visit(a_member()), *touch(Action.MENU))
    assert Action.DONATE not in {tile.action for tile in MENU.offered(state)}


# Reports ----------------------------------------------------------------------------------------------------


def explained(*events: AnyEvent) -> tuple[State, list[object]]:
    why = Told(now_ms=2_500, answer=Why(request_id="session-1.1", points=37))
    return run(*visit(a_member()), *touch(Action.WHY_TODAY), why, *events)


def test_an_explanation_is_called_wrong_after_a_question_and_once() -> None:
    state, effects = explained(*touched(Action.REPORT))
    assert state.screen is Screen.REPORT
    assert not any(isinstance(each, Send) for each in effects)
    state, effects = run_on(state, *touched(Action.AGREE))
    sent = ReportTicket(request_id="session-1.2", session_id="session-1", sale_id="sale-1")
    assert effects == [Send(sent)]
    told = ReportTold(request_id="session-1.2", state="open")
    state, effects = run_on(state, Told(now_ms=3_500, answer=told))
    assert isinstance(state.journey, ReportPage)
    assert (state.journey.told, effects) == (told, [PlaySound(Sound.SUCCESS)])
    assert run_on(state, *touched(Action.AGREE))[1] == [PlaySound(Sound.TOUCH)]
    state, _ = run_on(state, *touched(Action.BACK))
    assert (state.screen, state.journey) == (Screen.MEMBER, None)


def test_without_an_answer_the_report_can_be_made_again() -> None:
    state, _ = explained(*touched(Action.REPORT, Action.AGREE))
    deadline_ms = next_deadline_ms(state)
    assert deadline_ms is not None
    state, _ = run_on(state, Ticked(now_ms=deadline_ms))
    _, effects = run_on(state, *touched(Action.AGREE, now_ms=deadline_ms + 1))
    assert effects == [Send(ReportTicket(request_id="session-1.3", session_id="session-1", sale_id="sale-1"))]


def test_what_is_not_explained_yet_cannot_be_called_wrong() -> None:
    state, _ = run(*visit(a_member()), *touch(Action.WHY_TODAY, Action.REPORT))
    assert state.screen is Screen.WHY
