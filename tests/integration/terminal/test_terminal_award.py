"""A ticket earns: from the till's award to central's ledger and the kiosk's screen."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec

from loyalty.limits.tickets import TICKET_AGE_MAX_DAYS
from terminal.clock import wall_clock
from tests.central_fixture import BLOCKED_CARD, CARD, MEMBER, OTHER_UID, SHAMPOO, SUN_CREAM
from tests.helpers import eventually
from tests.integration.central.publishing import publish
from tests.terminal_fixture import CREAM, Shop, a_terminal
from tools.till import Item, read_additional
from wire.nexo import json_codec
from wire.nexo.base import TransactionIdentification
from wire.nexo.loyalty import LoyaltyResponse

ONE_CREAM = Item(line_no=1, code=SUN_CREAM, quantity=1, amount_minor=1990)


async def test_an_award_for_the_card_on_the_reader_answers_all_four_things_and_moves_the_screen(
    shop: Shop,
) -> None:
    await shop.tap_known()

    answer = await shop.till.award([CREAM])

    assert answer.response.result == "Success"
    assert answer.loyalty_result is not None
    result = answer.loyalty_result[0]
    assert result.current_balance == Decimal(39)
    assert result.loyalty_amount is not None
    assert result.loyalty_amount.value == Decimal(39)
    assert result.loyalty_account.loyalty_account_id.loyalty_id == CARD
    told = read_additional(answer.response.additional_response)
    assert told["memberName"] == "Mme R."
    assert told["points"] == "39"
    assert (told["price.1"], told["amount.1"], told["points.1"]) == ("1990", "3980", "39")
    assert (told["earned"], told["balance"]) == ("39", "39")
    assert answer.payment_receipt is not None
    await eventually(lambda: shop.kiosk.session.last_award_points == 39)
    assert shop.kiosk.session.member is not None
    assert shop.kiosk.session.member.points == 39
    assert shop.kiosk.session.pending_tickets == 0
    assert await shop.central.points_of(MEMBER) == 39


async def test_a_till_that_says_the_rate_of_a_line_gets_points_without_tax(shop: Shop) -> None:
    await publish(shop.central, points_base="paid_tax_excluded")
    await shop.tap_known()
    told = Item(line_no=1, code=SUN_CREAM, quantity=1, amount_minor=10_810, tax_code="8.1")
    a_code_of_its_own = Item(line_no=2, code=SUN_CREAM, quantity=1, amount_minor=10_000, tax_code="2")

    answer = await shop.till.award([told, a_code_of_its_own])

    assert answer.response.result == "Success"
    lines = read_additional(answer.response.additional_response)
    assert (lines["points.1"], lines["points.2"]) == ("100", "0"), "no rate of the second is known"
    assert await shop.central.points_of(MEMBER) == 100


async def test_an_award_by_acquired_card_works_after_the_card_was_taken_off(shop: Shop) -> None:
    await shop.tap_known()
    acquired = await shop.till.acquire()
    assert acquired.poi_data is not None
    await shop.remove()
    await eventually(lambda: shop.agent.desk.current is None)

    answer = await shop.till.award([CREAM], reference=acquired.poi_data.poi_transaction_id)

    assert answer.response.result == "Success"
    assert await shop.central.points_of(MEMBER) == 39


async def test_the_number_we_gave_for_a_tapped_card_proves_as_much_as_the_tap(shop: Shop) -> None:
    await shop.tap_known()
    acquired = await shop.till.acquire()
    assert acquired.loyalty_account is not None
    number = acquired.loyalty_account[0].loyalty_account_id.loyalty_id
    await shop.remove()

    answer = await shop.till.award([CREAM], card=number)

    assert answer.loyalty_result is not None
    assert answer.loyalty_result[0].current_balance == Decimal(39)


async def test_a_bare_number_earns_but_its_answer_tells_no_exact_balance(shop: Shop) -> None:
    answer = await shop.till.award([CREAM], card=CARD)

    assert answer.response.result == "Success"
    assert answer.loyalty_result is not None
    assert answer.loyalty_result[0].current_balance is None
    assert await shop.central.points_of(MEMBER) == 39


async def test_an_award_without_any_card_fails_and_says_what_to_do(shop: Shop) -> None:
    answer = await shop.till.award([CREAM])

    assert (answer.response.result, answer.response.error_condition) == ("Failure", "NotFound")
    assert "tap" in read_additional(answer.response.additional_response)["message"]
    assert (await shop.agent.outbox.counts()).last_seq == 0


async def test_points_a_till_sends_are_ignored(shop: Shop) -> None:
    request = shop.till.award_request([CREAM], card=CARD)
    raw = json_codec.encode(shop.till.message(request))
    forged = raw.replace(
        b'"LoyaltyData":[{', b'"LoyaltyData":[{"LoyaltyAmount":{"LoyaltyUnit":"Point","Value":1000000},'
    )
    assert forged != raw

    status, _ = await shop.till.post(forged)

    assert status == 200
    assert await shop.central.points_of(MEMBER) == 39


async def test_an_unknown_card_is_refused_and_the_entry_is_kept(shop: Shop) -> None:
    answer = await shop.till.award([CREAM], card="2999999999999")

    assert (answer.response.result, answer.response.error_condition) == ("Failure", "InvalidCard")
    assert read_additional(answer.response.additional_response)["code"] == "unknown_card"
    [entry] = await shop.agent.outbox.list_entries()
    assert (entry.state, entry.reason_code) == ("refused", "unknown_card")


async def test_a_blocked_card_is_refused_and_the_queue_goes_on(shop: Shop) -> None:
    refused = await shop.till.award([CREAM], card=BLOCKED_CARD)
    booked = await shop.till.award([CREAM], card=CARD)

    assert (refused.response.result, refused.response.error_condition) == ("Failure", "InvalidCard")
    assert read_additional(refused.response.additional_response)["code"] == "blocked_card"
    assert booked.response.result == "Success"
    assert await shop.central.points_of(MEMBER) == 39


async def test_the_same_bytes_again_get_the_same_bytes_and_book_nothing(shop: Shop) -> None:
    request = json_codec.encode(shop.till.message(shop.till.award_request([CREAM], card=CARD)))

    first = await shop.till.post(request)
    again = await shop.till.post(request)

    assert first == again
    assert await shop.sales_booked() == 1


async def test_the_same_bytes_twice_at_once_are_worked_on_once(shop: Shop) -> None:
    request = json_codec.encode(shop.till.message(shop.till.award_request([CREAM], card=CARD)))

    answers = await asyncio.gather(*(shop.till.post(request) for _ in range(8)))

    assert len(set(answers)) == 1
    assert await shop.sales_booked() == 1
    assert await shop.central.points_of(MEMBER) == 39


async def test_a_service_id_used_for_another_message_is_refused(shop: Shop) -> None:
    await shop.till.award([CREAM], card=CARD, service_id="1")

    other = Item(line_no=1, code=SHAMPOO, quantity=1, amount_minor=890)
    answer = await shop.till.award([other], card=CARD, service_id="1")

    assert (answer.response.result, answer.response.error_condition) == ("Failure", "NotAllowed")
    assert read_additional(answer.response.additional_response)["code"] == "service_id_reused"
    assert await shop.sales_booked() == 1


async def test_the_same_ticket_under_another_service_id_is_booked_once(shop: Shop) -> None:
    ticket = shop.till.new_ticket()

    first = await shop.till.award([CREAM], card=CARD, ticket=ticket)
    again = await shop.till.award([CREAM], card=CARD, ticket=ticket)

    assert again.poi_data == first.poi_data
    assert again.loyalty_result == first.loyalty_result
    assert await shop.sales_booked() == 1


async def test_the_same_ticket_twice_at_once_is_booked_once(shop: Shop) -> None:
    ticket = shop.till.new_ticket()

    answers = await asyncio.gather(*(shop.till.award([CREAM], card=CARD, ticket=ticket) for _ in range(6)))

    assert {answer.response.result for answer in answers} == {"Success"}
    assert len({answer.poi_data for answer in answers}) == 1
    assert await shop.sales_booked() == 1


async def test_the_same_ticket_with_other_lines_or_another_card_is_refused(shop: Shop) -> None:
    ticket = shop.till.new_ticket()
    await shop.till.award([CREAM], card=CARD, ticket=ticket)

    other = Item(line_no=1, code=SUN_CREAM, quantity=3, amount_minor=5970)
    for changed in (
        await shop.till.award([other], card=CARD, ticket=ticket),
        await shop.till.award([CREAM], card="2900000000024", ticket=ticket),
    ):
        assert (changed.response.result, changed.response.error_condition) == ("Failure", "NotAllowed")
        assert read_additional(changed.response.additional_response)["code"] == "ticket_changed"
    assert await shop.sales_booked() == 1


async def test_a_till_that_leaves_after_sending_finds_its_answer_by_status(shop: Shop) -> None:
    request = json_codec.encode(shop.till.message(shop.till.award_request([CREAM], card=CARD)))
    service_id = shop.till.last_service_id
    sending = asyncio.create_task(shop.till.post(request))
    await eventually(lambda: shop.agent.store.find_last("TILL-1"))
    sending.cancel()
    await asyncio.wait([sending])

    async def is_done() -> bool:
        status = await shop.till.status(service_id)
        return status.response.result == "Success"

    await eventually(is_done)
    status = await shop.till.status(service_id)
    assert status.repeated_message_response is not None
    repeated = status.repeated_message_response.repeated_response_message_body.loyalty_response
    assert repeated is not None
    assert repeated.response.result == "Success"
    assert await shop.central.points_of(MEMBER) == 39


async def test_an_unknown_article_earns_nothing_and_says_so(shop: Shop) -> None:
    stranger = Item(line_no=2, code="9999999999994", quantity=1, amount_minor=100_00)

    answer = await shop.till.award([CREAM, stranger], card=CARD)

    assert answer.response.result == "Success"
    told = read_additional(answer.response.additional_response)
    assert (told["points.1"], told["points.2"]) == ("39", "0")
    assert await shop.central.points_of(MEMBER) == 39


async def test_returned_units_take_back_exactly_their_points(shop: Shop) -> None:
    award = await shop.till.award([CREAM], card=CARD)
    assert award.poi_data is not None

    partly = await shop.till.award_refund(award.poi_data.poi_transaction_id, [ONE_CREAM])
    after_one = await shop.central.points_of(MEMBER)
    rest = await shop.till.award_refund(award.poi_data.poi_transaction_id)

    assert _points(partly) + _points(rest) == 39
    assert after_one == 39 - _points(partly)
    assert await shop.central.points_of(MEMBER) == 0


async def test_more_than_was_bought_cannot_come_back(shop: Shop) -> None:
    award = await shop.till.award([CREAM], card=CARD)
    assert award.poi_data is not None
    reference = award.poi_data.poi_transaction_id
    await shop.till.award_refund(reference)

    again = await shop.till.award_refund(reference)
    three = Item(line_no=1, code=SUN_CREAM, quantity=3, amount_minor=5970)
    too_many = await shop.till.award_refund(reference, [three])

    assert (again.response.result, again.response.error_condition) == ("Failure", "Refusal")
    assert (too_many.response.result, too_many.response.error_condition) == ("Failure", "Refusal")
    assert await shop.central.points_of(MEMBER) == 0


async def test_the_same_return_of_the_rest_under_another_service_id_is_booked_once(shop: Shop) -> None:
    reference = await _awarded(shop)
    await shop.till.award_refund(reference, [ONE_CREAM])
    ticket = shop.till.new_ticket()

    first = await shop.till.award_refund(reference, ticket=ticket)
    again = await shop.till.award_refund(reference, ticket=ticket)

    assert first.response.result == "Success"
    assert (again.response, again.poi_data) == (first.response, first.poi_data)
    assert again.loyalty_result == first.loyalty_result
    assert await shop.central.points_of(MEMBER) == 0


async def test_the_same_return_of_the_rest_during_a_cut_is_noted_once(shop: Shop) -> None:
    reference = await _awarded(shop)
    ticket = shop.till.new_ticket()
    await shop.cut()

    first = await shop.till.award_refund(reference, ticket=ticket)
    again = await shop.till.award_refund(reference, ticket=ticket)

    assert again == first
    assert shop.agent.sender.depth == 1
    await shop.mend()
    await shop.drained()
    assert await shop.central.points_of(MEMBER) == 0


async def test_a_return_of_the_rest_is_booked_once_also_after_its_answers_were_forgotten(shop: Shop) -> None:
    reference = await _awarded(shop)
    ticket = shop.till.new_ticket()
    first = await shop.till.award_refund(reference, ticket=ticket)
    later_ms = shop.clock() + 1
    await shop.agent.store.forget(later_ms)
    await shop.agent.outbox.forget_answers(later_ms)

    again = await shop.till.award_refund(reference, ticket=ticket)

    assert again.loyalty_result == first.loyalty_result
    assert await shop.central.points_of(MEMBER) == 0


async def test_a_return_of_an_unknown_award_is_not_found(shop: Shop) -> None:
    ticket = shop.till.new_ticket().sale_transaction_id

    answer = await shop.till.award_refund(ticket)

    assert (answer.response.result, answer.response.error_condition) == ("Failure", "NotFound")


async def test_a_return_with_the_card_on_the_reader_moves_the_screen_down(shop: Shop) -> None:
    await shop.tap_known()
    award = await shop.till.award([CREAM])
    assert award.poi_data is not None

    await shop.till.award_refund(award.poi_data.poi_transaction_id)

    await eventually(lambda: shop.kiosk.session.last_award_points == -39)
    assert shop.kiosk.session.member is not None
    assert shop.kiosk.session.member.points == 0


async def test_another_members_tap_is_not_touched_by_a_ticket_by_number(shop: Shop) -> None:
    await shop.tap_known(OTHER_UID)

    await shop.till.award([CREAM], card=CARD)

    assert shop.kiosk.session.last_award_points is None
    assert await shop.central.points_of("m-bruno") == 0
    assert await shop.central.points_of(MEMBER) == 39


async def _awarded(shop: Shop) -> TransactionIdentification:
    answer = await shop.till.award([CREAM], card=CARD)
    assert answer.poi_data is not None
    return answer.poi_data.poi_transaction_id


def _points(answer: LoyaltyResponse) -> int:
    assert answer.response.result == "Success", answer.response
    assert answer.loyalty_result is not None
    amount = answer.loyalty_result[0].loyalty_amount
    assert amount is not None
    assert amount.value is not None
    return int(amount.value)


async def test_a_ticket_is_booked_once_also_after_its_answers_were_forgotten(shop: Shop) -> None:
    ticket = shop.till.new_ticket()
    first = await shop.till.award([CREAM], card=CARD, ticket=ticket)
    later_ms = shop.clock() + 1
    await shop.agent.store.forget(later_ms)
    await shop.agent.outbox.forget_answers(later_ms)

    again = await shop.till.award([CREAM], card=CARD, ticket=ticket)

    assert again.poi_data == first.poi_data
    assert again.loyalty_result == first.loyalty_result
    assert await shop.sales_booked() == 1
    assert await shop.central.points_of(MEMBER) == 39


async def test_a_ticket_dated_anew_is_booked_once_also_after_its_answers_were_forgotten(shop: Shop) -> None:
    """The till's clock was ahead: what is queued again says the moment that central has."""
    ahead = (datetime.now(UTC) + timedelta(minutes=20)).isoformat()
    ticket = shop.till.new_ticket()
    identity = msgspec.structs.replace(ticket.sale_transaction_id, time_stamp=ahead)
    ticket = msgspec.structs.replace(ticket, sale_transaction_id=identity)
    first = await shop.till.award([CREAM], card=CARD, ticket=ticket)
    assert first.response.result == "Success", first.response
    later_ms = shop.clock() + 1
    await shop.agent.store.forget(later_ms)
    await shop.agent.outbox.forget_answers(later_ms)

    again = await shop.till.award([CREAM], card=CARD, ticket=ticket)

    assert again.poi_data == first.poi_data
    assert again.loyalty_result == first.loyalty_result
    assert await shop.sales_booked() == 1
    assert await shop.central.points_of(MEMBER) == 39


async def test_a_ticket_of_long_ago_is_refused_and_the_queue_goes_on(shop: Shop) -> None:
    ticket = shop.till.new_ticket()
    long_ago = (datetime.now(UTC) - timedelta(days=TICKET_AGE_MAX_DAYS + 1)).isoformat()
    dated = msgspec.structs.replace(ticket.sale_transaction_id, time_stamp=long_ago)

    old = await shop.till.award(
        [CREAM], card=CARD, ticket=msgspec.structs.replace(ticket, sale_transaction_id=dated)
    )
    new = await shop.till.award([CREAM], card=CARD)

    assert (old.response.result, old.response.error_condition) == ("Failure", "Refusal")
    assert read_additional(old.response.additional_response)["code"] == "ticket_too_old"
    assert new.loyalty_result is not None
    assert shop.agent.sender.parked_code == ""
    assert await shop.agent.outbox.list_entries() == [], "nothing is promised, so nothing is noted"
    assert await shop.central.points_of(MEMBER) == 39


async def test_a_noted_ticket_is_answered_again_when_the_terminals_clock_jumps_a_year_ahead(
    tmp_path: Path, socket_dir: Path
) -> None:
    jumped_ms = 0
    async with a_terminal(tmp_path, socket_dir, clock=lambda: wall_clock() + jumped_ms) as shop:
        ticket = shop.till.new_ticket()
        first = await shop.till.award([CREAM], card=CARD, ticket=ticket)
        jumped_ms = 365 * 24 * 3600 * 1000

        again = await shop.till.award([CREAM], card=CARD, ticket=ticket)

        assert again.response.result == "Success", again.response.additional_response
        assert again.poi_data == first.poi_data
        assert await shop.sales_booked() == 1


async def test_a_new_ticket_waits_while_the_terminals_clock_is_a_year_ahead_and_is_never_called_old(
    tmp_path: Path, socket_dir: Path
) -> None:
    jumped_ms = 0
    async with a_terminal(tmp_path, socket_dir, clock=lambda: wall_clock() + jumped_ms) as shop:
        jumped_ms = 365 * 24 * 3600 * 1000
        answer = await shop.till.award([CREAM], card=CARD)
        await eventually(lambda: shop.agent.sender.parked_code == "clock_skew")
        jumped_ms = 0
        await shop.drained()
        assert await shop.central.points_of(MEMBER) == 39
    assert answer.response.result == "Success", answer.response.additional_response
    assert read_additional(answer.response.additional_response)["queued"] == "true"


async def test_a_total_that_is_not_the_sum_of_the_lines_is_told_and_the_lines_count(shop: Shop) -> None:
    request = shop.till.award_request([CREAM], card=CARD)
    wrong = msgspec.structs.replace(request.loyalty_transaction, total_amount=Decimal("99.90"))
    sent = shop.till.message(msgspec.structs.replace(request, loyalty_transaction=wrong))

    _, content = await shop.till.post(json_codec.encode(sent))

    answer = json_codec.decode(content).body
    assert isinstance(answer, LoyaltyResponse)
    told = read_additional(answer.response.additional_response)
    assert "99.90" in told["warning.total"]
    assert told["earned"] == str(CREAM.amount_minor // 100)
    right = await shop.till.award([CREAM], card=CARD)
    assert "warning.total" not in read_additional(right.response.additional_response)
