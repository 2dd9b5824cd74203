"""Tickets that tills send without a card: kept, and a forgotten card is added within the counter's limits."""

import asyncio
from dataclasses import replace as changed
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from loyalty.limits.counter import LATE_CARDS_PER_MEMBER_DAY
from loyalty.limits.tills import (
    CARD_AFTER_TICKET_S,
    CARD_LATE_S,
    MOVED_TICKETS_KEPT_S,
    NOBODYS_TICKETS_KEPT_S,
)
from terminal.bodies import decode, encode
from terminal.clock import wall_clock
from terminal.database import Database
from terminal.nobodys_tickets import NobodysTicket, NobodysTickets
from terminal.outbox import NewEntry, TicketChanged
from terminal.till.nexo.dispatch import Dispatcher
from terminal.till.nexo.of_nobody import hand_over, stands_as
from terminal.till_store import TillStore
from tests.central_fixture import CARD, MEMBER, OTHER_CARD, OTHER_MEMBER, SHAMPOO, SUN_CREAM
from tests.integration.central.stored import sound
from tests.integration.terminal.test_terminal_award import ONE_CREAM
from tests.integration.terminal.test_terminal_counter import ask, signed_in
from tests.terminal_fixture import CREAM, Shop, a_terminal
from tools.till import SimulatedTill, read_additional
from wire.api_sales import BasketBody, LineBody, SaleBody
from wire.nexo.base import SaleData, TransactionIdentification
from wire.nexo.loyalty import LoyaltyHandling, LoyaltyResponse, TransactionConditions
from wire.nexo.totals import GetTotalsRequest, GetTotalsResponse


async def award(
    shop: Shop, ticket: SaleData, *, card: str | None = None, handling: LoyaltyHandling | None = None
) -> LoyaltyResponse:
    """A ticket of CHF 39.80, 39 points: without a card unless one is named."""
    request = shop.till.award_request([CREAM], card=card, ticket=ticket)
    if handling is not None:
        conditions = TransactionConditions(loyalty_handling=handling)
        transaction = replace(request.loyalty_transaction, transaction_conditions=conditions)
        request = replace(request, loyalty_transaction=transaction)
    return await shop.till.ask(request, LoyaltyResponse)


def reference(answer: LoyaltyResponse) -> TransactionIdentification:
    assert answer.poi_data is not None
    return answer.poi_data.poi_transaction_id


def code(answer: LoyaltyResponse) -> str:
    return read_additional(answer.response.additional_response).get("code", "")


async def without_card(shop: Shop, **more: LoyaltyHandling) -> TransactionIdentification:
    return reference(await award(shop, shop.till.new_ticket(), handling=more.get("handling")))


async def late(
    shop: Shop, clerk: str, ticket: str, act: str = "a-1", card: str = CARD
) -> tuple[str, str, str]:
    """The result, the points and the code of adding a card."""
    done, told = await ask(
        shop, "late-card", id=act, clerk=clerk, ticket=ticket, card=card, reason="card_forgotten"
    )
    return done, told.get("points", ""), told.get("code", "")


async def awards_of(till: SimulatedTill) -> tuple[int, int]:
    """How many awards, and their points, since the day was closed."""
    answer = await till.ask(GetTotalsRequest(), GetTotalsResponse)
    totals = [each for each in answer.transaction_totals or () if each.loyalty_totals]
    found = [
        each for total in totals for each in total.loyalty_totals or () if each.transaction_type == "Award"
    ]
    return sum(each.transaction_count for each in found), sum(int(each.transaction_amount) for each in found)


async def test_a_refused_ticket_without_a_card_costs_central_nothing_until_a_clerk_adds_the_card(
    shop: Shop,
) -> None:
    clerk = await signed_in(shop)
    ticket = shop.till.new_ticket()
    refused = await award(shop, ticket)
    given = reference(refused).transaction_id
    assert (refused.response.error_condition, code(refused)) == ("NotFound", "card_missing")
    assert reference(await award(shop, ticket)).transaction_id == given, "the same ticket again"
    assert (await shop.agent.outbox.counts()).last_seq == 0, "central was told nothing"
    _, listed = await ask(shop, "without-card")
    assert (listed["count"], listed["ticket.1"], listed["totalMinor.1"]) == ("1", given, "3980")
    assert listed["number.1"] == ticket.sale_transaction_id.transaction_id
    assert await awards_of(shop.till) == (0, 0)

    first = await late(shop, clerk, given)
    again = await late(shop, clerk, given)

    assert first == again == ("Success", "39", "")
    assert await shop.central.points_of(MEMBER) == 39
    assert await awards_of(shop.till) == (1, 39), "the day tells what it gave"
    assert (await ask(shop, "without-card"))[1]["count"] == "0"
    assert code(await award(shop, ticket, card=OTHER_CARD)) == "card_came_late"
    assert (await late(shop, clerk, given, "a-2", OTHER_CARD))[0] != "Success"
    assert (await shop.central.points_of(MEMBER), await shop.central.points_of(OTHER_MEMBER)) == (39, 0)
    assert await sound(shop.central)


async def test_goods_of_a_ticket_whose_card_came_late_come_back_from_its_member(shop: Shop) -> None:
    clerk = await signed_in(shop)
    given = await without_card(shop)
    assert (await late(shop, clerk, given.transaction_id))[0] == "Success"

    back = await shop.till.award_refund(given, [ONE_CREAM])
    rest = await shop.till.award_refund(given)
    more = await shop.till.award_refund(given)

    assert (back.response.result, rest.response.result) == ("Success", "Success")
    assert await shop.central.points_of(MEMBER) == 0
    assert code(more) == "return_of_nothing"
    assert await sound(shop.central)


async def test_goods_of_a_ticket_that_moved_come_back_from_the_right_member(shop: Shop) -> None:
    clerk = await signed_in(shop)
    given = reference(await award(shop, shop.till.new_ticket(), card=OTHER_CARD))
    asked = {"clerk": clerk, "ticket": given.transaction_id, "reason": "wrong_card"}
    assert (await ask(shop, "move", **asked, id="m-1", card=CARD))[0] == "Success"
    assert (await ask(shop, "move", **asked, id="m-1", card=CARD))[0] == "Success", "the same again"
    assert (await ask(shop, "move", **asked, id="m-2", card=OTHER_CARD))[0] == "Success", "and back"
    assert (await shop.central.points_of(MEMBER), await shop.central.points_of(OTHER_MEMBER)) == (0, 39)

    assert (await shop.till.award_refund(given)).response.result == "Success"

    assert (await shop.central.points_of(MEMBER), await shop.central.points_of(OTHER_MEMBER)) == (0, 0)
    assert await sound(shop.central)


async def test_a_till_that_goes_on_without_a_card_is_told_success_and_the_ticket_is_nobodys(
    shop: Shop,
) -> None:
    clerk = await signed_in(shop)
    ticket = shop.till.new_ticket()

    done = await award(shop, ticket, handling="Proposed")

    assert (done.response.result, done.loyalty_result) == ("Success", None)
    assert read_additional(done.response.additional_response) == {"nobody": "true"}
    assert (await shop.agent.outbox.counts()).last_seq == 0
    assert await awards_of(shop.till) == (0, 0)
    assert code(await award(shop, ticket, card=CARD)) == "card_came_late", "what was told stands"
    back = await shop.till.award_refund(reference(done))
    assert back.response.result == "Success"
    assert await late(shop, clerk, reference(done).transaction_id) == ("Refusal", "", "ticket_came_back")
    assert await shop.central.points_of(MEMBER) == 0


async def test_while_the_customer_looks_for_the_card_the_award_names_it_and_later_a_clerk_must(
    tmp_path: Path, socket_dir: Path
) -> None:
    moved = [0]
    async with a_terminal(tmp_path, socket_dir, clock=lambda: wall_clock() + moved[0]) as shop:
        soon, later = shop.till.new_ticket(), shop.till.new_ticket()
        given = [reference(await award(shop, each)).transaction_id for each in (soon, later)]

        in_time = await award(shop, soon, card=CARD)
        moved[0] = CARD_AFTER_TICKET_S * 1000 + 1_000
        too_late = await award(shop, later, card=CARD)
        repeated = await award(shop, soon, card=CARD)

        assert in_time.response.result == "Success"
        assert reference(in_time).transaction_id == reference(repeated).transaction_id == given[0]
        assert (too_late.response.error_condition, code(too_late)) == ("NotAllowed", "card_came_late")
        assert reference(too_late).transaction_id == given[1], "what the clerk names"
        assert await shop.central.points_of(MEMBER) == 39
        _, listed = await ask(shop, "without-card")
        assert (listed["count"], listed["ticket.1"]) == ("1", given[1])


async def test_an_award_that_named_its_card_first_stays_that_members(shop: Shop) -> None:
    ticket = shop.till.new_ticket()
    given = reference(await award(shop, ticket)).transaction_id
    first = await award(shop, ticket, card=CARD)
    kept = await shop.agent.till.nobodys.find(given)
    assert kept is not None

    again_without = await award(shop, ticket, handling="Proposed")
    with pytest.raises(TicketChanged):  # a clerk looked for it in the moment before the card came
        await hand_over(shop.agent.till, kept)
    again = await award(shop, ticket, card=CARD)

    assert code(again_without) == "card_missing", "nobody is told that a member's ticket is nobody's"
    assert (again.response.result, reference(again)) == ("Success", reference(first))
    assert await shop.central.points_of(MEMBER) == 39


async def test_a_card_that_serves_another_till_is_told_with_that_till(shop: Shop) -> None:
    second = await shop.second_till()
    await shop.tap_known()
    assert (await shop.till.award([CREAM])).response.result == "Success"

    refused = await second.award([CREAM])
    balance = await second.balance()
    second.language = "de"
    in_german = await second.award([CREAM])

    assert (refused.response.error_condition, code(refused)) == ("NotFound", "card_of_other_till")
    assert "TILL-1" in read_additional(refused.response.additional_response)["message"]
    assert read_additional(balance.response.additional_response)["code"] == "card_of_other_till"
    assert "anderen Kasse" in read_additional(in_german.response.additional_response)["message"]
    await shop.remove()
    assert code(await second.award([CREAM])) == "card_missing"


async def test_with_central_away_no_card_is_added_and_a_return_waits_behind_its_ticket(shop: Shop) -> None:
    clerk = await signed_in(shop)
    await shop.cut()
    mine, returned = await without_card(shop), await without_card(shop)

    away = await late(shop, clerk, mine.transaction_id)
    assert (await ask(shop, "without-card"))[1]["count"] == "2", "what is kept is told all the same"
    assert (await shop.agent.outbox.counts()).last_seq == 0, "nothing was begun"
    back = await shop.till.award_refund(returned)
    assert shop.agent.sender.depth == 2
    await shop.mend()
    await shop.drained()
    done = await late(shop, clerk, mine.transaction_id)

    assert away[0] == "UnreachableHost"
    assert read_additional(back.response.additional_response)["queued"] == "true"
    assert (await shop.agent.outbox.counts()).refused == 0
    assert done == ("Success", "39", "")
    assert await late(shop, clerk, returned.transaction_id, "a-2") == ("Refusal", "", "ticket_came_back")
    assert await shop.central.points_of(MEMBER) == 39
    assert await sound(shop.central)


async def test_a_member_is_given_so_many_forgotten_tickets_a_day(shop: Shop) -> None:
    clerk = await signed_in(shop)
    tickets = [await without_card(shop) for _ in range(LATE_CARDS_PER_MEMBER_DAY + 1)]

    done = [
        await late(shop, clerk, each.transaction_id, f"a-{number}") for number, each in enumerate(tickets)
    ]

    assert [each[0] for each in done] == ["Success"] * LATE_CARDS_PER_MEMBER_DAY + ["Refusal"]
    assert done[-1][2] == "counter_limit"
    assert await shop.central.points_of(MEMBER) == 39 * LATE_CARDS_PER_MEMBER_DAY


async def test_awards_that_first_come_long_after_their_tickets_are_few_for_a_member_in_a_day(
    shop: Shop,
) -> None:
    tickets = [an_old_ticket(shop, number) for number in range(LATE_CARDS_PER_MEMBER_DAY + 1)]

    today = await award(shop, shop.till.new_ticket(), card=CARD)
    done = [await award(shop, ticket, card=CARD) for ticket in tickets]
    again = await award(shop, tickets[0], card=CARD)
    other = await award(shop, tickets[-1], card=CARD)

    assert [code(each) for each in done] == [""] * LATE_CARDS_PER_MEMBER_DAY + ["counter_limit"]
    assert reference(again) == reference(done[0]), "repeated, it is the same one"
    assert (today.response.result, code(other)) == ("Success", "counter_limit")
    assert await shop.central.points_of(MEMBER) == 39 * (LATE_CARDS_PER_MEMBER_DAY + 1)
    acts = (await shop.central.get("counter/acts?from_ms=0", token="office")).body["acts"]
    assert [(each["kind"], each["role"], each["staff_id"], each["member_id"]) for each in acts] == [
        ("late_card", "till", "till", MEMBER)
    ] * LATE_CARDS_PER_MEMBER_DAY


async def test_an_operator_whom_a_till_names_as_a_clerk_is_called_leaves_the_clerk_their_role(
    shop: Shop,
) -> None:
    clerk = await signed_in(shop)
    given = await without_card(shop)
    assert (await late(shop, clerk, given.transaction_id))[0] == "Success"
    (act,) = (await shop.central.get("counter/acts?from_ms=0", token="office")).body["acts"]
    named = replace(an_old_ticket(shop, 1), operator_id=act["staff_id"])
    assert (await award(shop, named, card=OTHER_CARD)).response.result == "Success"

    (told,) = (await shop.central.get("counter/report?from_ms=0", token="office")).body["clerks"]

    assert (told["role"], told["acts"]) == (act["role"], {"late_card": 2})
    assert act["role"] != "till"


async def test_a_till_that_was_cut_off_brings_all_its_tickets_whatever_the_members_day_allows(
    shop: Shop,
) -> None:
    """In their order, the oldest first: none of them is somebody else's paper."""
    tickets = [an_old_ticket(shop, -number) for number in range(LATE_CARDS_PER_MEMBER_DAY + 1)]

    done = [await award(shop, ticket, card=CARD) for ticket in tickets]

    assert [each.response.result for each in done] == ["Success"] * len(tickets)
    assert await shop.central.points_of(MEMBER) == 39 * len(tickets)
    assert (await shop.central.get("counter/acts?from_ms=0", token="office")).body["acts"] == []


async def test_a_till_whose_printer_is_read_too_brings_an_old_award(shop: Shop) -> None:
    """Printed tickets are known by another identity, which tells no moment."""
    printed = a_kept(1)
    entry = changed(printed.entry, business_key="TILL-1|2026-11-22 42|Print.Award")
    await shop.agent.till.nobodys.keep(changed(printed, entry=entry), now_ms=shop.clock())

    assert (await award(shop, an_old_ticket(shop, 1), card=CARD)).response.result == "Success"


def an_old_ticket(shop: Shop, number: int) -> SaleData:
    moment = datetime.now(UTC) - timedelta(seconds=CARD_LATE_S + 600 + number)
    ticket = TransactionIdentification(transaction_id=f"OLD-{number}", time_stamp=moment.isoformat())
    return SaleData(sale_transaction_id=ticket, operator_id=shop.till.operator)


async def test_clerks_and_a_till_at_once_make_a_ticket_one_members(shop: Shop) -> None:
    clerk = await signed_in(shop)
    for number in range(LATE_CARDS_PER_MEMBER_DAY):
        ticket = shop.till.new_ticket()
        given = reference(await award(shop, ticket)).transaction_id
        before = await shop.central.points_of(MEMBER) + await shop.central.points_of(OTHER_MEMBER)

        await asyncio.gather(
            late(shop, clerk, given, f"a-{number}"),
            late(shop, clerk, given, f"b-{number}", OTHER_CARD),
            award(shop, ticket, card=CARD),
        )
        await shop.drained()

        after = await shop.central.points_of(MEMBER) + await shop.central.points_of(OTHER_MEMBER)
        assert after - before == 39
    assert await sound(shop.central)


def a_kept(number: int, code: str = SUN_CREAM) -> NobodysTicket:
    body = SaleBody(
        sale_id=f"e-{number}",
        business_key=f"key-{number}",
        occurred_ms=1,
        sent_ms=1,
        basket=BasketBody(
            currency="CHF", lines=[LineBody(line_no=1, code=code, quantity=2, amount_minor=3980)]
        ),
    )
    entry = NewEntry(
        entry_id=body.sale_id,
        kind="sale",
        sale_id=body.sale_id,
        tap_id="",
        body=encode(body),
        business_key=body.business_key,
        content_hash=code.encode(),
        poi_transaction_id=f"L-{number}",
        poi_time="2026-11-22T10:15:00Z",
        lines="[[1, 2]]",
    )
    return NobodysTicket(
        entry=entry, sale_id="TILL-1", number=str(number), occurred_ms=1, total_minor=3980, currency="CHF"
    )


async def test_what_is_kept_of_tickets_ends_with_its_time(tmp_path: Path, socket_dir: Path) -> None:
    leapt = [0]
    async with a_terminal(tmp_path, socket_dir, clock=lambda: wall_clock() + leapt[0]) as shop:
        clerk, till = await signed_in(shop), shop.agent.till
        forgotten = await without_card(shop)
        given = reference(await award(shop, shop.till.new_ticket(), card=OTHER_CARD))
        asked = {"clerk": clerk, "ticket": given.transaction_id, "reason": "wrong_card", "card": CARD}
        assert (await ask(shop, "move", **asked, id="m-1"))[0] == "Success"
        sold = await till.outbox.find_fact(given.transaction_id)
        assert sold is not None
        stands = await stands_as(till, sold.sale_id)
        dispatcher = Dispatcher(till)

        async def after(seconds: int) -> tuple[bool, bool]:
            """Whether the ticket without a card, and the one that moved, are known still."""
            leapt[0] = seconds * 1000
            await dispatcher.forget()
            is_known = await till.nobodys.find(forgotten.transaction_id) is not None
            return is_known, await stands_as(till, sold.sale_id) == stands

        assert stands != sold.sale_id
        assert await after(NOBODYS_TICKETS_KEPT_S - 60) == (True, True)
        assert await after(NOBODYS_TICKETS_KEPT_S + 1) == (False, True)
        assert await after(MOVED_TICKETS_KEPT_S - 60) == (False, True)
        assert await after(MOVED_TICKETS_KEPT_S + 1) == (False, False)


async def test_the_youngest_tickets_that_moved_are_known(tmp_path: Path) -> None:
    async with Database(tmp_path / "terminal.db") as database:
        store = TillStore(database, moved_max=3)
        for number in range(5):
            await store.note_moved(f"s-{number}", act_id="a", new_sale_id=f"n-{number}", now_ms=number)
        found = [await store.find_moved(f"s-{number}") for number in range(5)]
        assert found == [None, None, ("a", "n-2"), ("a", "n-3"), ("a", "n-4")]


async def test_the_youngest_tickets_are_kept_for_a_while(tmp_path: Path) -> None:
    async with Database(tmp_path / "terminal.db") as database:
        kept = NobodysTickets(database, tickets_max=3)
        for number in range(5):
            await kept.keep(a_kept(number), now_ms=number)
        assert [each.number for each in await kept.list_of("TILL-1")] == ["4", "3", "2"]
        await kept.forget(4)
        assert [each.number for each in await kept.list_of("TILL-1")] == ["4"]
        assert await kept.list_of("TILL-2") == []


async def test_a_refused_ticket_may_be_mended_under_its_ids_and_one_that_was_taken_stays(
    tmp_path: Path,
) -> None:
    async with Database(tmp_path / "terminal.db") as database:
        kept = NobodysTickets(database)
        await kept.keep(a_kept(1), now_ms=1)
        other = a_kept(1, SHAMPOO)
        entry = changed(other.entry, entry_id="e-9", sale_id="e-9", poi_transaction_id="L-9")

        mended = await kept.keep(changed(other, entry=entry), now_ms=2)

        body = decode("sale", mended.entry.body)
        assert isinstance(body, SaleBody)
        assert (body.sale_id, body.basket.lines[0].code) == ("e-1", SHAMPOO)
        assert (mended.entry.poi_transaction_id, mended.kept_ms) == ("L-1", 1)
        assert await kept.find("L-1") == mended == await kept.find_of_key("key-1")
        await kept.claim("L-1")
        with pytest.raises(TicketChanged):
            await kept.keep(a_kept(1), now_ms=3)
