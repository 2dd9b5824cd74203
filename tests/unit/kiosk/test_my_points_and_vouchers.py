"""A member's own value: asked once, shown in pages, forgotten with its screens; a slip is asked for once."""

from dataclasses import replace

import msgspec
import pygame
import pytest

from kiosk.flow import Action, Screen, State, next_deadline_ms, step
from kiosk.flow.effects import PlaySound, Send, Sound
from kiosk.flow.events import AgentChanged, AnyEvent, CardGone, Ticked, Told, Touched
from kiosk.flow.journeys import MENU
from kiosk.flow.journeys.my_points import PointsPage
from kiosk.flow.journeys.my_vouchers import VouchersPage
from kiosk.scenes import my_value as moments
from kiosk.scenes.base import visit, way_to
from kiosk.scenes.demo import a_member, a_member_by_number, a_session, an_agent_state
from kiosk.screens.paint import paint
from loyalty.limits.kiosk import KIOSK_ANSWER_MAX_S
from loyalty.limits.my_value import KIOSK_ENDINGS_PER_PAGE
from tests.unit.kiosk.drawing import SMALL, kit, model_of
from tests.unit.kiosk.test_flow import run
from wire.my_value import AskMyValue, MyValueTold, ShowVoucher
from wire.printing import PrinterCondition, PrinterState, PrintOutcome, PrintSlip, PrintTold


def at(*events: AnyEvent) -> tuple[State, list[object]]:
    return run(*events)


def opened(tile: Action, *then: AnyEvent) -> tuple[State, list[object]]:
    touches = [Touched(now_ms=2_000, action=action) for action in way_to(tile)]
    return at(*visit(a_member()), *touches, *then)


def touch(action: Action, now_ms: int = 3_000) -> Touched:
    return Touched(now_ms=now_ms, action=action)


def told(answer: object, now_ms: int = 2_500) -> Told:
    return Told(now_ms=now_ms, answer=answer)  # type: ignore[arg-type]


def printer(condition: PrinterCondition) -> AgentChanged:
    state = an_agent_state(session=a_session(a_member()), revision=2)
    state = msgspec.structs.replace(state, printer=PrinterState(condition=condition, since_ms=0))
    return AgentChanged(now_ms=2_600, state=state)


def points_of(state: State) -> PointsPage:
    assert isinstance(state.journey, PointsPage)
    return state.journey


def vouchers_of(state: State) -> VouchersPage:
    assert isinstance(state.journey, VouchersPage)
    return state.journey


@pytest.mark.parametrize("tile", [Action.MY_POINTS, Action.MY_VOUCHERS])
def test_it_is_asked_once_and_told_to_that_question_alone(tile: Action) -> None:
    state, effects = opened(tile)
    assert Send(AskMyValue(request_id="session-1.1", session_id="session-1")) in effects
    other = msgspec.structs.replace(moments.VALUE, request_id="session-1.7")
    assert step(state, told(other)) == (state, ())
    state, _ = step(state, told(moments.VALUE))
    assert state.journey is not None
    assert state.journey.told == moments.VALUE  # type: ignore[attr-defined]
    late, _ = step(state, told(msgspec.structs.replace(moments.VALUE, points=9)))
    assert late == state, "one question, one answer"


def test_a_number_without_a_balance_is_offered_neither() -> None:
    state, _ = at(*visit(a_member_by_number(), medium="typed"), touch(Action.MENU))
    offered = {tile.action for tile in MENU.offered(state)}
    assert not offered & {Action.MY_POINTS, Action.MY_VOUCHERS}


def test_no_answer_is_said_and_ends_the_waiting() -> None:
    state, _ = opened(Action.MY_POINTS)
    deadline_ms = next_deadline_ms(state)
    assert deadline_ms == 2_000 + KIOSK_ANSWER_MAX_S * 1000
    state, _ = step(state, Ticked(now_ms=deadline_ms))
    page = points_of(state)
    assert page.told is not None
    assert (page.told.trouble, page.request_id) == ("central_unreachable", "")


def test_the_months_turn_page_by_page_and_no_further() -> None:
    state, _ = opened(Action.MY_POINTS, told(moments.VALUE))
    assert points_of(state).rows > KIOSK_ENDINGS_PER_PAGE
    for _ in range(3):
        state, _ = step(state, touch(Action.OLDER))
    assert points_of(state).number == 1
    assert points_of(state).rows <= 2 * KIOSK_ENDINGS_PER_PAGE
    for _ in range(3):
        state, _ = step(state, touch(Action.NEWER))
    assert points_of(state).number == 0


def test_back_leads_to_the_menu_and_a_card_that_goes_takes_all_of_it() -> None:
    state, _ = opened(Action.MY_POINTS, told(moments.VALUE), touch(Action.BACK))
    assert state.screen is Screen.MENU
    state, _ = opened(Action.MY_VOUCHERS, told(moments.VALUE), touch(Action.CHOOSE_1))
    assert vouchers_of(state).voucher == moments.VOUCHERS[0]
    state, _ = step(state, CardGone(now_ms=4_000, tap_id="tap-1"))
    assert (state.screen, state.journey, state.session) == (Screen.GOODBYE, None, None)


def test_a_voucher_is_asked_for_by_its_place_on_the_page() -> None:
    state, _ = opened(Action.MY_VOUCHERS, told(moments.VALUE), touch(Action.OLDER))
    assert vouchers_of(state).rows == moments.VOUCHERS[3:]
    state, effects = step(state, touch(Action.CHOOSE_2))
    assert (state.screen, vouchers_of(state).voucher) == (Screen.MY_VOUCHERS, None), "no such row"
    state, effects = step(state, touch(Action.CHOOSE_1))
    assert effects == (
        Send(ShowVoucher(request_id="session-1.2", session_id="session-1", voucher_id="sale-7/2")),
    )
    assert state.screen is Screen.MY_VOUCHER
    state, _ = step(state, told(moments.NUMBER))
    assert vouchers_of(state).shown == moments.NUMBER
    state, _ = step(state, touch(Action.BACK))
    assert (state.screen, vouchers_of(state).shown, vouchers_of(state).number) == (
        Screen.MY_VOUCHERS,
        None,
        1,
    )


def voucher(condition: PrinterCondition = "ready") -> State:
    then = (told(moments.VALUE), touch(Action.CHOOSE_1), printer(condition), told(moments.NUMBER, 2_700))
    return opened(Action.MY_VOUCHERS, *then)[0]


def test_a_slip_is_asked_for_once_and_waited_for() -> None:
    state, effects = step(voucher(), touch(Action.PRINT))
    slip = PrintSlip(request_id="session-1.3", session_id="session-1", what="voucher", item_id="sale-3/1")
    assert effects == (Send(slip),)
    again, effects = step(state, touch(Action.PRINT))
    assert effects == (PlaySound(Sound.TOUCH),)
    state, _ = step(again, touch(Action.BACK))
    assert state.screen is Screen.MY_VOUCHER, "paper and screen say the same"
    state, effects = step(state, told(PrintTold(request_id="session-1.3", outcome="printed")))
    assert (vouchers_of(state).printing, effects) == ("printed", (PlaySound(Sound.SUCCESS),))
    assert step(state, touch(Action.PRINT))[1] == (PlaySound(Sound.TOUCH),), "nothing is printed twice"


@pytest.mark.parametrize("outcome", ["uncertain", "paper_out", "not_here"])
def test_a_slip_that_did_not_come_is_said(outcome: PrintOutcome) -> None:
    state, _ = step(voucher(), touch(Action.PRINT))
    state, effects = step(state, told(PrintTold(request_id="session-1.3", outcome=outcome)))
    assert (vouchers_of(state).printing, effects) == (outcome, (PlaySound(Sound.REFUSAL),))


@pytest.mark.parametrize("outcome", ["paper_out", "cover_open", "offline", "busy", "uncertain"])
def test_what_was_not_printed_may_be_tried_again_with_an_id_of_its_own(outcome: PrintOutcome) -> None:
    state, _ = step(voucher(), touch(Action.PRINT))
    state, _ = step(state, told(PrintTold(request_id="session-1.3", outcome=outcome)))
    state, effects = step(state, touch(Action.PRINT))
    slip = PrintSlip(request_id="session-1.4", session_id="session-1", what="voucher", item_id="sale-3/1")
    assert Send(slip) in effects
    assert vouchers_of(state).printing == "asked"


def test_a_printer_that_says_nothing_leaves_it_uncertain() -> None:
    state, _ = step(voucher(), touch(Action.PRINT))
    state, _ = step(state, Ticked(now_ms=3_000 + KIOSK_ANSWER_MAX_S * 1000))
    assert vouchers_of(state).printing == "uncertain"
    assert vouchers_of(state).shown == moments.NUMBER, "the number is still there to show"


@pytest.mark.parametrize("condition", ["paper_out", "cover_open", "offline", "error"])
def test_nothing_is_sent_to_a_printer_that_cannot_print(condition: PrinterCondition) -> None:
    state = voucher(condition)
    assert step(state, touch(Action.PRINT)) == (
        replace(state, touched_ms=3_000),
        (PlaySound(Sound.TOUCH),),
    )


def test_trouble_with_the_list_offers_no_voucher() -> None:
    trouble = MyValueTold(request_id="session-1.1", trouble="not_here")
    state, _ = opened(Action.MY_VOUCHERS, told(trouble), touch(Action.CHOOSE_1))
    assert (state.screen, vouchers_of(state).voucher) == (Screen.MY_VOUCHERS, None)


@pytest.mark.parametrize(
    ("last_day", "is_amber"), [("2026-12-31", True), ("2027-12-31", False)], ids=["soon", "in a year"]
)
def test_only_points_that_end_soon_are_told_in_amber(last_day: str, is_amber: bool) -> None:
    member = a_member()
    assert member.expiring is not None
    ending = msgspec.structs.replace(member.expiring, last_day=last_day)
    model = model_of("member", "en")
    assert model.state.session is not None
    session = msgspec.structs.replace(
        model.state.session, member=msgspec.structs.replace(model.member, expiring=ending)
    )
    canvas = paint(
        pygame.Surface(SMALL), kit(SMALL), replace(model, state=replace(model.state, session=session))
    )
    said = next(label for label in canvas.labels if "expire on" in label.text)
    assert (said.colour == canvas.palette.soon_text) is is_amber
