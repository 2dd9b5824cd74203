"""Rebates, redeemed points, payments and stored value over nexo: from the till to central's ledger."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from loyalty.limits.tills import CARD_LATE_S
from terminal.clock import wall_clock
from terminal.till.nexo.value.booking import capture_due
from tests.central_fixture import CARD, MEMBER, OTHER_CARD, SHAMPOO, SUN_CREAM
from tests.integration.central.publishing import publish
from tests.integration.central.stored import holds, make_card, sold_card, sound, trust
from tests.terminal_fixture import CREAM, Shop, a_terminal
from tools.till import Item, read_additional, requests
from wire.nexo.base import Nexo, Response, TransactionIdentification
from wire.nexo.loyalty import LoyaltyResponse
from wire.nexo.payment import PaymentResponse, ReversalResponse, StoredValueResponse

SHAMPOOS = Item(line_no=2, code=SHAMPOO, quantity=2, amount_minor=1780)
TEN_PER_CENT = {
    "id": "ten",
    "version": 1,
    "kind": "promotion",
    "when": {"fact": "member.is_known"},
    "effects": [{"effect": "percent_off", "rate_bp": 1000, "rounding": "half_up"}],
}


@pytest.fixture
async def trusting(tmp_path: Path, socket_dir: Path) -> AsyncIterator[Shop]:
    """A shop whose group lets a tapped card pay, with the card of a member of 1,000 points on the reader."""
    moved = [0]
    async with a_terminal(tmp_path, socket_dir, clock=lambda: wall_clock() + moved[0]) as shop:
        shop.moved = moved
        await trust(shop.central)
        big = Item(line_no=1, code=SUN_CREAM, quantity=1, amount_minor=100_000)
        assert (await shop.till.award([big], card=CARD)).response.result == "Success"
        await shop.tap_known()
        yield shop


def told(answer: Nexo) -> dict[str, str]:
    response = answer.response  # type: ignore[attr-defined]
    assert isinstance(response, Response)
    return read_additional(response.additional_response) | {
        "result": response.result,
        "condition": response.error_condition or "",
    }


def reference(answer: LoyaltyResponse | PaymentResponse) -> TransactionIdentification:
    assert answer.response.result != "Failure", answer.response
    assert answer.poi_data is not None
    return answer.poi_data.poi_transaction_id


async def held_points(shop: Shop) -> int:
    reply = await shop.central.get(f"members/{MEMBER}/balance", token="office")
    return int(reply.body["points_held"])


async def in_purse(shop: Shop) -> int:
    reply = await shop.central.get(f"members/{MEMBER}/purse", token="office")
    return int(reply.body["purse_minor"])


async def redeem(shop: Shop, points: int, ticket, items=(CREAM,), **more) -> LoyaltyResponse:  # type: ignore[no-untyped-def]
    body = requests.loyalty(shop.till, "Redemption", items, ticket=ticket, points=points, **more)
    return await shop.till.ask(body, LoyaltyResponse)


async def pay(shop: Shop, amount_minor: int, ticket, items=(CREAM,), **more) -> PaymentResponse:  # type: ignore[no-untyped-def]
    body = requests.payment(shop.till, amount_minor, items, ticket=ticket, **more)
    return await shop.till.ask(body, PaymentResponse)


async def load(shop: Shop, amount_minor: int, ticket=None, **more) -> StoredValueResponse:  # type: ignore[no-untyped-def]
    ticket = ticket or shop.till.new_ticket()
    body = requests.stored_value(shop.till, amount_minor, ticket=ticket, **more)
    return await shop.till.ask(body, StoredValueResponse)


async def test_redeemed_points_are_held_and_burned_with_the_award(trusting: Shop) -> None:
    shop, ticket = trusting, trusting.till.new_ticket()

    answer = await redeem(shop, 500, ticket)

    assert told(answer)["redeemedMinor"] == "1000"
    assert answer.loyalty_result is not None
    assert answer.loyalty_result[0].rebates is not None
    assert answer.loyalty_result[0].rebates.total_rebate == Decimal("10.00")
    assert answer.loyalty_result[0].current_balance == Decimal(500)
    assert (await shop.central.points_of(MEMBER), await held_points(shop)) == (1000, 500)
    award = await shop.till.award([CREAM], ticket=ticket)
    assert told(award)["otherMinor"] == "2980"
    assert (await shop.central.points_of(MEMBER), await held_points(shop)) == (539, 0)
    assert await sound(shop.central)


async def test_a_redemption_repeated_is_answered_again_and_another_amount_is_refused(trusting: Shop) -> None:
    shop, ticket = trusting, trusting.till.new_ticket()
    first = await redeem(shop, 500, ticket)

    again = await redeem(shop, 500, ticket)
    other = await redeem(shop, 1000, ticket)

    assert reference(again) == reference(first)
    assert (told(other)["condition"], told(other)["code"]) == ("NotAllowed", "ticket_changed")
    assert await held_points(shop) == 500


async def test_too_many_points_are_refused_and_nothing_is_held(trusting: Shop) -> None:
    shop = trusting

    too_many = await redeem(shop, 1500, shop.till.new_ticket())
    no_step = await redeem(shop, 1, shop.till.new_ticket())

    assert (told(too_many)["condition"], told(no_step)["condition"]) == ("Refusal", "Refusal")
    assert told(no_step)["code"] == "redeeming_not_in_steps"
    assert await held_points(shop) == 0


async def test_a_redemption_refund_frees_the_points_and_again_is_harmless(trusting: Shop) -> None:
    shop, ticket = trusting, trusting.till.new_ticket()
    original = reference(await redeem(shop, 500, ticket))
    refund = requests.loyalty(shop.till, "RedemptionRefund", ticket=ticket, original=original)

    answers = [await shop.till.ask(refund, LoyaltyResponse) for _ in range(2)]

    assert {each.response.result for each in answers} == {"Success"}
    assert await held_points(shop) == 0
    await shop.till.award([CREAM], ticket=ticket)
    assert await shop.central.points_of(MEMBER) == 1039


async def test_a_purse_pays_a_part_and_the_return_gives_it_back(trusting: Shop) -> None:
    shop, ticket = trusting, trusting.till.new_ticket()
    await load(shop, 3000)

    paid = await pay(shop, 2500, ticket)
    award = await shop.till.award([CREAM], ticket=ticket)

    assert paid.payment_result is not None
    assert paid.payment_result.amounts_resp is not None
    assert paid.payment_result.amounts_resp.authorized_amount == Decimal("25.00")
    assert told(award)["otherMinor"] == "1480"
    assert await in_purse(shop) == 500
    back = await shop.till.ask(requests.reversal(shop.till, reference(award)), ReversalResponse)
    assert back.response.result == "Success"
    assert (await in_purse(shop), await shop.central.points_of(MEMBER)) == (3000, 1000)
    assert await sound(shop.central)


async def test_points_purse_and_two_gift_cards_pay_one_ticket(trusting: Shop) -> None:
    shop, ticket = trusting, trusting.till.new_ticket()
    await load(shop, 500)
    one, two = [str((await sold_card(shop.central, 1000))["number"]) for _ in range(2)]

    await redeem(shop, 500, ticket)
    for amount, number in ((500, None), (1000, one), (700, two)):
        assert told(await pay(shop, amount, ticket, gift_card=number))["result"] == "Success"
    award = await shop.till.award([CREAM], ticket=ticket)

    assert told(award)["otherMinor"] == "780"
    assert await in_purse(shop) == 0
    assert (await holds(shop.central, one), await holds(shop.central, two)) == (0, 300)
    assert await shop.central.points_of(MEMBER) == 539
    assert await sound(shop.central)


async def test_a_payment_reversed_before_the_award_leaves_the_others(trusting: Shop) -> None:
    shop, ticket = trusting, trusting.till.new_ticket()
    number = str((await sold_card(shop.central, 1000))["number"])
    await redeem(shop, 500, ticket)
    paid = reference(await pay(shop, 1000, ticket, gift_card=number))

    done = await shop.till.ask(requests.reversal(shop.till, paid, 1000), ReversalResponse)
    partly = await shop.till.ask(requests.reversal(shop.till, paid), ReversalResponse)

    assert done.reversed_amount == Decimal("10.00")
    assert partly.response.result == "Success", "undone before"
    assert await held_points(shop) == 500
    await shop.till.award([CREAM], ticket=ticket)
    assert await holds(shop.central, number) == 1000
    assert await shop.central.points_of(MEMBER) == 539


async def test_a_second_payment_that_is_refused_leaves_the_first(trusting: Shop) -> None:
    shop, ticket = trusting, trusting.till.new_ticket()
    await redeem(shop, 1000, ticket)

    refused = await pay(shop, 1, ticket)
    award = await shop.till.award([CREAM], ticket=ticket)

    assert told(refused)["code"] == "stored_value_too_low"
    assert told(award)["otherMinor"] == "1980"
    assert await shop.central.points_of(MEMBER) == 39
    assert await sound(shop.central)


async def test_all_of_a_balance_changes_hands_between_payments_of_one_ticket(trusting: Shop) -> None:
    """There is not enough for the old hold beside the new one: the old one is let go first."""
    shop, ticket = trusting, trusting.till.new_ticket()
    await load(shop, 1000)
    await redeem(shop, 1000, ticket)

    paid = await pay(shop, 1000, ticket)

    assert told(paid)["result"] == "Success"
    assert await held_points(shop) == 1000
    await shop.till.award([CREAM], ticket=ticket)
    assert (await in_purse(shop), await shop.central.points_of(MEMBER)) == (0, 39)
    assert await sound(shop.central)


async def test_a_gift_card_with_too_little_pays_what_it_has_where_the_till_may_split(trusting: Shop) -> None:
    shop, ticket = trusting, trusting.till.new_ticket()
    number = str((await sold_card(shop.central, 1000))["number"])

    whole = await pay(shop, 3980, ticket, gift_card=number)
    split = await pay(shop, 3980, ticket, gift_card=number, may_split=True)

    assert (told(whole)["condition"], told(whole)["code"]) == ("Refusal", "stored_value_too_low")
    assert (told(split)["result"], told(split)["paidMinor"], told(split)["leftMinor"]) == (
        "Partial",
        "1000",
        "2980",
    )


@pytest.mark.parametrize("instrument", ["Card", "Cash", "Check", "Mobile"])
async def test_other_tenders_are_refused_as_not_allowed(trusting: Shop, instrument: str) -> None:
    answer = await pay(trusting, 3980, trusting.till.new_ticket(), instrument=instrument)

    assert (told(answer)["condition"], told(answer)["code"]) == ("NotAllowed", "tender_not_taken")


async def test_a_rebate_tells_each_line_and_the_award_counts_the_lower_price(trusting: Shop) -> None:
    shop, ticket = trusting, trusting.till.new_ticket()
    await publish(shop.central, TEN_PER_CENT)
    body = requests.loyalty(shop.till, "Rebate", [CREAM, SHAMPOOS], ticket=ticket)

    answer = await shop.till.ask(body, LoyaltyResponse)

    assert answer.loyalty_result is not None
    rebates = answer.loyalty_result[0].rebates
    assert rebates is not None
    assert rebates.total_rebate == Decimal("5.76")
    assert rebates.sale_item_rebate is not None
    assert [(each.item_id, each.item_amount) for each in rebates.sale_item_rebate] == [
        (1, Decimal("3.98")),
        (2, Decimal("1.78")),
    ]
    lower = [
        Item(line_no=1, code=SUN_CREAM, quantity=2, amount_minor=3582),
        Item(line_no=2, code=SHAMPOO, quantity=2, amount_minor=1602),
    ]
    award = await shop.till.award(lower, ticket=ticket)
    assert told(award)["total"] == "5184"


async def test_a_promised_price_stays_when_a_card_pays_beside_it(trusting: Shop) -> None:
    """Each part is reserved anew: what the ticket itself keeps of a limit does not count against it."""
    shop, ticket = trusting, trusting.till.new_ticket()
    await publish(shop.central, TEN_PER_CENT | {"limits": [{"per": "member", "window": "ever", "times": 1}]})
    one, two = [str((await sold_card(shop.central, 5_000))["number"]) for _ in range(2)]
    body = requests.loyalty(shop.till, "Rebate", [CREAM, SHAMPOOS], ticket=ticket)
    assert told(await shop.till.ask(body, LoyaltyResponse))["toPayMinor"] == "5184"

    paid = await pay(shop, 3_000, ticket, [CREAM, SHAMPOOS], gift_card=one)
    more = await pay(shop, 1_000, ticket, [CREAM, SHAMPOOS], gift_card=two)
    award = await shop.till.award([CREAM, SHAMPOOS], ticket=ticket)

    assert told(paid)["paidMinor"] == "3000"
    assert told(more)["paidMinor"] == "1000"
    assert (told(award)["total"], told(award)["otherMinor"]) == ("5184", "1184")
    again = requests.loyalty(shop.till, "Rebate", [CREAM, SHAMPOOS], ticket=shop.till.new_ticket())
    assert told(await shop.till.ask(again, LoyaltyResponse))["rebateMinor"] == "0"
    assert await sound(shop.central)


async def test_a_payment_is_reversed_while_central_is_away(trusting: Shop) -> None:
    """It pays no more from now on; central frees it when its reservation ends."""
    shop, ticket = trusting, trusting.till.new_ticket()
    number, other = [str((await sold_card(shop.central, 5_000))["number"]) for _ in range(2)]
    first = await pay(shop, 1_000, ticket, gift_card=number)
    await pay(shop, 200, ticket, gift_card=other)
    await shop.cut()

    undone = await shop.till.ask(requests.reversal(shop.till, reference(first)), ReversalResponse)

    assert undone.response.result == "Success"
    await shop.mend()
    award = await shop.till.award([CREAM], ticket=ticket)
    assert told(award)["otherMinor"] == str(3_980 - 200)
    assert await holds(shop.central, number) == 5_000
    assert await sound(shop.central)


async def test_a_ticket_begun_with_one_card_is_not_paid_with_another(trusting: Shop) -> None:
    shop, ticket = trusting, trusting.till.new_ticket()
    await redeem(shop, 500, ticket)

    other = await shop.till.award([CREAM], card=OTHER_CARD, ticket=ticket)

    assert (told(other)["condition"], told(other)["code"]) == ("NotAllowed", "ticket_changed")


async def test_lines_that_changed_before_the_award_are_held_anew(trusting: Shop) -> None:
    shop, ticket = trusting, trusting.till.new_ticket()
    await redeem(shop, 500, ticket)

    award = await shop.till.award([CREAM, SHAMPOOS], ticket=ticket)

    assert (told(award)["result"], told(award)["otherMinor"]) == ("Success", "4760")
    assert (await shop.central.points_of(MEMBER), await held_points(shop)) == (557, 0)
    assert await sound(shop.central)


async def test_what_was_paid_is_booked_by_the_terminal_when_no_award_comes(trusting: Shop) -> None:
    shop, ticket = trusting, trusting.till.new_ticket()
    await redeem(shop, 500, ticket)
    assert await capture_due(shop.agent.till) == 0

    shop.moved[0] = 13 * 60 * 1000
    booked = await capture_due(shop.agent.till)
    await shop.drained()

    assert (booked, await held_points(shop)) == (1, 0)
    assert await shop.central.points_of(MEMBER) == 539
    award = await shop.till.award([CREAM], ticket=ticket)
    assert told(award)["result"] == "Success"
    assert await shop.central.points_of(MEMBER) == 539, "the award that comes late finds it booked"
    assert await sound(shop.central)


async def test_a_payment_asked_for_again_after_its_ticket_was_booked_is_answered_as_paid(
    trusting: Shop,
) -> None:
    """The till was never told: a refusal would let the customer pay twice."""
    shop, ticket = trusting, trusting.till.new_ticket()
    number = str((await sold_card(shop.central, 5_000))["number"])
    first = await pay(shop, 1_000, ticket, gift_card=number)
    await redeem(shop, 500, ticket)
    shop.moved[0] = 13 * 60 * 1000
    assert await capture_due(shop.agent.till) == 1

    again, points = await pay(shop, 1_000, ticket, gift_card=number), await redeem(shop, 500, ticket)
    other = await pay(shop, 900, ticket, gift_card=number)

    assert reference(again) == reference(first)
    assert (told(again)["paidMinor"], told(points)["redeemedPoints"]) == ("1000", "500")
    assert told(other)["code"] == "ticket_changed"
    await shop.drained()
    assert await holds(shop.central, number) == 4_000


async def test_what_a_clock_far_ahead_held_is_booked_once_the_clock_is_right(trusting: Shop) -> None:
    shop, ticket = trusting, trusting.till.new_ticket()
    shop.moved[0] = 20 * 3600 * 1000
    await redeem(shop, 500, ticket)
    shop.moved[0] = 0

    assert await capture_due(shop.agent.till) == 1
    await shop.drained()
    assert (await held_points(shop), await shop.central.points_of(MEMBER)) == (0, 539)


async def test_what_was_paid_in_time_is_no_forgotten_card_when_it_is_booked_hours_later(
    trusting: Shop,
) -> None:
    shop, ticket = trusting, trusting.till.new_ticket()
    await redeem(shop, 500, ticket)

    shop.moved[0] = (CARD_LATE_S + 60) * 1000
    booked = await capture_due(shop.agent.till)
    await shop.drained()

    assert (booked, await shop.central.points_of(MEMBER)) == (1, 539)
    assert (await shop.central.get("counter/acts?from_ms=0", token="office")).body["acts"] == []


async def test_a_payment_recorded_long_ago_and_sent_again_takes_nothing(trusting: Shop) -> None:
    """Also when the terminal has forgotten the ticket: it is booked for ever, or it is too old to begin."""
    shop, ticket = trusting, trusting.till.new_ticket()
    number = str((await sold_card(shop.central, 3000))["number"])
    await pay(shop, 1000, ticket, gift_card=number)
    await shop.till.award([CREAM], ticket=ticket)
    never_booked = shop.till.new_ticket()
    reversed_ = reference(await pay(shop, 1000, never_booked, gift_card=number))
    await shop.till.ask(requests.reversal(shop.till, reversed_), ReversalResponse)

    booked = await pay(shop, 1000, ticket, gift_card=number)
    shop.moved[0] = 3 * 24 * 3600 * 1000
    await shop.agent.store.forget(shop.clock())
    await shop.agent.till.tickets.forget(shop.clock())
    booked_before = await pay(shop, 1000, ticket, gift_card=number)
    too_old = await pay(shop, 1000, never_booked, gift_card=number)

    assert told(booked)["paidMinor"] == "1000", "answered as the first time"
    assert told(booked_before)["code"] == "ticket_booked"
    assert told(too_old)["code"] == "ticket_too_old"
    assert await holds(shop.central, number) == 2000


async def test_a_health_cards_number_pays_nothing_and_is_kept_nowhere(trusting: Shop) -> None:
    shop, health_card = trusting, "80756000000000000001"

    paid = await pay(shop, 1000, shop.till.new_ticket(), gift_card=health_card)
    sold = await load(shop, 1000, gift_card=health_card, kind="Activate")

    assert told(paid)["code"] == told(sold)["code"] == "health_card"
    kept = _all_bytes(shop.settings.state_dir)
    assert CARD.encode() in kept, "what is kept is found so"
    assert health_card.encode() not in kept


async def test_a_gift_card_is_sold_once_and_its_balance_is_told(trusting: Shop) -> None:
    shop, ticket = trusting, trusting.till.new_ticket()
    number = str((await make_card(shop.central))["number"])

    first = await load(shop, 5000, ticket, gift_card=number, kind="Activate")
    again = await load(shop, 5000, ticket, gift_card=number, kind="Activate")
    other = await load(shop, 5000, gift_card=number, kind="Activate")

    assert first.stored_value_result is not None
    assert first.stored_value_result == again.stored_value_result
    assert first.stored_value_result[0].stored_value_account_status.current_balance == Decimal("50.00")
    assert (told(other)["condition"], told(other)["code"]) == ("NotAllowed", "gift_card_sold_already")
    assert await holds(shop.central, number) == 5000
    assert await shop.central.points_of(MEMBER) == 1000


async def test_acts_that_no_till_does_are_refused(trusting: Shop) -> None:
    for kind in ("Unload", "Reserve", "Reverse", "Duplicate"):
        answer = await load(trusting, 100, gift_card="00000000000000000000", kind=kind)
        assert (told(answer)["condition"], told(answer)["code"]) == ("NotAllowed", "act_not_offered")


async def test_without_central_nothing_is_promised(trusting: Shop) -> None:
    shop = trusting
    await shop.cut()

    answers = [
        await redeem(shop, 500, shop.till.new_ticket()),
        await pay(shop, 500, shop.till.new_ticket()),
        await load(shop, 500),
    ]

    assert {told(each)["condition"] for each in answers} == {"UnreachableHost"}
    await shop.mend()
    assert await held_points(shop) == 0


async def test_a_card_that_proves_too_little_redeems_nothing(trusting: Shop) -> None:
    await trusting.remove()

    answer = await redeem(trusting, 500, trusting.till.new_ticket(), card=CARD)

    assert (told(answer)["condition"], told(answer)["code"]) == ("NotAllowed", "strength_too_low")


async def test_refusals_are_told_in_the_tills_language(trusting: Shop) -> None:
    await trusting.till.login()

    answer = await pay(trusting, 100, trusting.till.new_ticket(), instrument="Card")

    assert told(answer)["message"].startswith("Ce moyen de paiement")


def _all_bytes(folder: Path) -> bytes:
    return b"".join(each.read_bytes() for each in folder.rglob("*") if each.is_file())
