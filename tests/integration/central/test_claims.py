"""Limits and budgets over HTTP: kept at the commit, held by a reservation, given back by a return."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from central.services.ledger.upkeep import UpkeepService
from loyalty.limits.ledger import HOLD_LIFETIME_S
from tests.central_fixture import (
    GROUP,
    OTHER_UID,
    SUN_CREAM,
    CentralUnderTest,
    a_basket,
    a_central,
    a_return,
    a_sale,
    by_uid,
    in_parallel,
)
from tests.integration.central.claim_rules import bonus, discount, publish, spent_and_left
from tests.integration.central.test_value import MovableClock

LINE = (SUN_CREAM, 1, 1000)


@pytest.fixture
async def central(tmp_path: Path) -> AsyncIterator[CentralUnderTest]:
    async with a_central(tmp_path, MovableClock(time.time_ns() // 1_000_000)) as running:
        yield running


async def sell(central: CentralUnderTest, uid: str | None = None, **changed: Any) -> Any:
    holder = by_uid() if uid is None else ({} if uid == "" else by_uid(uid))
    return await central.post("sales", a_sale(central, [LINE], holder, **changed))


async def reserve(central: CentralUnderTest, reservation_id: str = "res-1") -> Any:
    quote = {"basket": a_basket([LINE]), "holder": by_uid()}
    quoted = await central.post("quotes", quote)
    body = {"reservation_id": reservation_id, "quote_id": quoted.body["quote_id"], "quote": quote}
    return await central.post("reservations", body)


async def sound(central: CentralUnderTest) -> bool:
    return (await central.services.upkeep.reconcile(GROUP)).findings == ()


async def test_a_limit_per_member_gives_once_and_a_full_return_frees_it(central: CentralUnderTest) -> None:
    await publish(central, bonus(limits=[{"per": "member", "window": "day", "times": 1}]))
    first, second = await sell(central), await sell(central)
    assert (first.body["points"], second.body["points"]) == (50, 0)
    reasons = [reason["code"] for reason in second.body["lines"][0]["reasons"]]
    assert "limit_reached" in reasons
    assert (await sell(central, OTHER_UID)).body["points"] == 50, "each member has a count of their own"

    back = await central.post(f"sales/{first.body['sale_id']}/returns", a_return(central, [(1, 1)]))
    assert back.status == 200
    assert (await sell(central)).body["points"] == 50
    assert await sound(central)


async def test_paper_says_a_limit_is_reached_also_where_other_rules_give(central: CentralUnderTest) -> None:
    base = bonus() | {"id": "always"}
    await publish(central, base, bonus(limits=[{"per": "member", "window": "day", "times": 1}]))
    sold = [(await sell(central, receipt_columns=64)).body for _ in range(2)]
    assert [sale["points"] for sale in sold] == [100, 50]
    paper = [[row.strip() for row in sale["receipt"]] for sale in sold]
    assert ["Limite atteinte" in rows for rows in paper] == [False, True]


async def test_a_part_that_comes_back_leaves_the_limit_used(central: CentralUnderTest) -> None:
    await publish(central, bonus(limits=[{"per": "group", "window": "ever", "times": 1}]))
    sold = await central.post("sales", a_sale(central, [(SUN_CREAM, 2, 2000)]))
    await central.post(f"sales/{sold.body['sale_id']}/returns", a_return(central, [(1, 1)]))
    assert (await sell(central)).body["points"] == 0
    await central.post(f"sales/{sold.body['sale_id']}/returns", a_return(central, [(1, 1)]))
    assert (await sell(central)).body["points"] == 50
    assert await sound(central)


async def test_a_limit_per_member_gives_nobody_nothing(central: CentralUnderTest) -> None:
    await publish(central, discount(limits=[{"per": "member", "window": "ever", "times": 9}]))
    sold = await sell(central, "")
    assert sold.body["total_minor"] == 1000
    assert sold.body["lines"][0]["reasons"][0]["code"] == "member_required"
    assert (await sell(central)).body["total_minor"] == 700


async def test_a_limit_per_shop_counts_each_shop(central: CentralUnderTest) -> None:
    await publish(central, discount(limits=[{"per": "shop", "window": "month", "times": 1}]))
    assert (await sell(central)).body["total_minor"] == 700
    assert (await sell(central)).body["total_minor"] == 1000
    other = await central.post("sales", a_sale(central, [LINE]), token="terminal_2")
    assert other.body["total_minor"] == 700


async def test_a_budget_of_money_gives_the_rest_and_then_nothing(central: CentralUnderTest) -> None:
    await publish(central, discount(budget=500))
    totals = [(await sell(central)).body["total_minor"] for _ in range(3)]
    assert totals == [700, 800, 1000]
    assert await spent_and_left(central, "third", "CHF/2") == (500, 0)
    assert await sound(central)


async def test_a_return_gives_a_budget_its_share_back(central: CentralUnderTest) -> None:
    await publish(central, discount(budget=500), bonus(budget=60))
    sold = await central.post("sales", a_sale(central, [(SUN_CREAM, 3, 1000)]))
    assert (sold.body["total_minor"], sold.body["points"]) == (700, 50)
    path = f"sales/{sold.body['sale_id']}/returns"
    left = []
    for _ in range(3):
        await central.post(path, a_return(central, [(1, 1)]))
        left.append((await spent_and_left(central, "third", "CHF/2"))[1])
    assert left == [300, 400, 500]
    assert await spent_and_left(central, "bonus", "PTS/0") == (0, 60)
    assert await central.points_of() == 0
    assert await sound(central)


async def test_a_later_version_moves_what_is_left_and_never_below_what_is_spent(
    central: CentralUnderTest,
) -> None:
    await publish(central, discount(budget=500))
    await sell(central)
    for budget, left in ((1000, 700), (400, 100), (200, 0), (300, 0), (310, 10)):
        await publish(central, discount(budget=budget))
        assert await spent_and_left(central, "third", "CHF/2") == (300, left)
    assert (await sell(central)).body["total_minor"] == 990
    assert await sound(central)


async def test_what_comes_back_above_a_lowered_budget_is_not_given_again(central: CentralUnderTest) -> None:
    await publish(central, discount(budget=600))
    sales = [await sell(central), await sell(central)]
    await publish(central, discount(budget=300))
    await central.post(f"sales/{sales[0].body['sale_id']}/returns", a_return(central, [(1, 1)]))
    assert await spent_and_left(central, "third", "CHF/2") == (300, 300)
    assert (await sell(central)).body["total_minor"] == 1000, "300 of 300 are spent"


async def test_a_reservation_keeps_limit_and_budget_until_it_is_paid(central: CentralUnderTest) -> None:
    limits = [{"per": "group", "window": "ever", "times": 1}]
    await publish(central, discount(limits=limits, budget=300), bonus(limits=limits))
    held = await reserve(central)
    assert (held.status, held.body["total_minor"], held.body["points"]) == (200, 700, 50)
    other = await sell(central, OTHER_UID)
    assert (other.body["total_minor"], other.body["points"]) == (1000, 0), "held for somebody else"
    assert (await reserve(central)).headers["Idempotent-Replayed"] == "true"

    sale = a_sale(central, [LINE], reservation_id="res-1")
    sold = await central.post("sales", sale)
    assert (sold.status, sold.body["total_minor"], sold.body["points"]) == (200, 700, 50)
    assert sold.body["warnings"] == []
    assert (await central.post("sales", sale)).headers["Idempotent-Replayed"] == "true"
    assert await spent_and_left(central, "third", "CHF/2") == (300, 0)
    assert await sound(central)


async def test_what_a_reservation_kept_is_free_when_it_ends(central: CentralUnderTest) -> None:
    limits = [{"per": "group", "window": "ever", "times": 1}]
    await publish(central, discount(limits=limits, budget=300))
    await reserve(central)
    await pass_hold_time(central)
    assert (await sell(central, OTHER_UID)).body["total_minor"] == 700
    assert await sound(central)


async def test_a_late_ticket_keeps_the_price_paid_and_says_what_the_budget_lacked(
    central: CentralUnderTest,
) -> None:
    limits = [{"per": "group", "window": "ever", "times": 1}]
    await publish(central, discount(limits=limits, budget=300), bonus(limits=limits))
    await reserve(central)
    late = a_sale(central, [LINE], reservation_id="res-1")
    await pass_hold_time(central)
    assert (await sell(central, OTHER_UID)).body["total_minor"] == 700

    sold = await central.post("sales", late | {"sent_ms": central.clock()})
    assert (sold.status, sold.body["total_minor"], sold.body["points"]) == (200, 700, 0)
    told = {warning["code"] for warning in sold.body["warnings"]}
    assert told == {"terms_changed", "budget_short"}
    assert await spent_and_left(central, "third", "CHF/2") == (300, 0), "no more was given than there was"
    again = await central.post("sales", late | {"sent_ms": central.clock()})
    assert again.body["warnings"] == sold.body["warnings"]
    back = await central.post(f"sales/{late['sale_id']}/returns", a_return(central, [(1, 1)]))
    assert back.body["total_minor"] == 700
    assert await spent_and_left(central, "third", "CHF/2") == (300, 0)
    assert await sound(central)


async def test_a_quote_that_somebody_else_used_up_is_refused_at_the_commit(central: CentralUnderTest) -> None:
    await publish(central, discount(limits=[{"per": "group", "window": "ever", "times": 1}]))
    quoted = await central.post("quotes", {"basket": a_basket([LINE]), "holder": by_uid()})
    assert (await sell(central, OTHER_UID)).body["total_minor"] == 700
    refused = await sell(central, quote_id=quoted.body["quote_id"])
    assert (refused.status, refused.code) == (409, "quote_changed")
    assert refused.body["params"] == {"total_minor": 1000, "points": 0, "currency": "CHF"}
    quote = {"basket": a_basket([LINE]), "holder": by_uid()}
    body = {"reservation_id": "res-9", "quote_id": quoted.body["quote_id"], "quote": quote}
    assert (await central.post("reservations", body)).code == "quote_changed"


async def test_a_replayed_sale_takes_nothing_twice(central: CentralUnderTest) -> None:
    await publish(central, discount(budget=500, limits=[{"per": "shop", "window": "day", "times": 5}]))
    sale = a_sale(central, [LINE])
    answers = await in_parallel([central.post("sales", sale) for _ in range(8)])
    assert {answer.body["total_minor"] for answer in answers} == {700}
    assert await spent_and_left(central, "third", "CHF/2") == (300, 200)
    assert await sound(central)


@pytest.mark.parametrize("_round", range(4))
async def test_of_64_tills_at_once_a_limit_and_a_budget_give_exactly_what_they_may(
    central: CentralUnderTest, _round: int
) -> None:
    limited = discount(limits=[{"per": "group", "window": "ever", "times": 7}])
    await publish(central, limited, bonus(budget=50 * 11))
    sales = [a_sale(central, [LINE], by_uid(OTHER_UID if n % 2 else "04A1B2C3D4E580")) for n in range(64)]
    answers = await asyncio.gather(*(patient(central, sale) for sale in sales))
    assert sorted(answer.body["total_minor"] for answer in answers) == [700] * 7 + [1000] * 57
    assert sorted(answer.body["points"] for answer in answers) == [0] * 53 + [50] * 11
    assert await central.points_of() + await central.points_of("m-bruno") == 550
    assert await spent_and_left(central, "bonus", "PTS/0") == (550, 0)
    assert await sound(central)


async def test_a_ticket_that_comes_back_in_parts_at_once_frees_its_limit(central: CentralUnderTest) -> None:
    """Each part alone is not the whole ticket: whoever comes last must see what the others brought."""
    await publish(central, discount(limits=[{"per": "group", "window": "ever", "times": 1}]))
    for holder in ({}, by_uid()) * 3:
        sale = a_sale(central, [(SUN_CREAM, 1, 1000)] * 4, holder)
        assert (await central.post("sales", sale)).body["total_minor"] == 2800, "the limit was free"
        path = f"sales/{sale['sale_id']}/returns"
        parts = [a_return(central, [(number, 1)]) for number in range(1, 5)]
        await in_parallel([patient(central, part, path) for part in parts])
    assert await sound(central)


async def patient(
    central: CentralUnderTest, ticket: dict[str, Any], path: str = "sales", *, token: str = "terminal"
) -> Any:
    """Send a ticket as a till does: the same again as long as central says that it was busy."""
    for _ in range(20):
        answer = await central.post(path, ticket, token=token)
        if answer.status != 503:
            return answer
    raise AssertionError("central stayed busy")


async def pass_hold_time(central: CentralUnderTest) -> None:
    """Let reservations end, and run what frees them."""
    assert isinstance(central.clock, MovableClock)
    central.clock.now_ms += HOLD_LIFETIME_S * 1000 + 1
    upkeep: UpkeepService = central.services.upkeep
    assert await upkeep.expire_holds(GROUP) > 0


async def test_all_that_a_reservation_keeps_ends_at_one_moment_also_when_the_clock_leaps(
    central: CentralUnderTest,
) -> None:
    limit = {"per": "member", "window": "ever", "times": 1}
    await publish(central, bonus(limits=[limit], budget=1000))
    assert isinstance(central.clock, MovableClock)
    central.clock.leaps_ms = 1000  # each look at the clock finds it a second later
    reserved = await reserve(central)
    central.clock.leaps_ms = 0
    assert reserved.status == 200, reserved.body
    upkeep: UpkeepService = central.services.upkeep
    central.clock.now_ms = reserved.body["expires_ms"] - 1
    assert await upkeep.expire_holds(GROUP) == 0
    central.clock.now_ms += 1
    assert await upkeep.expire_holds(GROUP) == 2, "the limit and the budget"


async def test_a_limit_of_a_rule_for_a_segment_is_known_before_it_is_used_up(
    central: CentralUnderTest,
) -> None:
    """Rules are filed under segments: usage must be asked with the same facts as the quote."""
    when = {"has": [{"fact": "member.segments"}, "vip"]}
    rule = bonus(when=when, limits=[{"per": "member", "window": "ever", "times": 1}])
    await publish(central, rule, segments=["vip"])
    joined = await central.call("PATCH", "members/m-anne/traits", {"join_segments": ["vip"]}, token="office")
    assert joined.status == 200, joined.body
    assert [(await sell(central)).body["points"] for _ in range(2)] == [50, 0]
    assert (await sell(central, OTHER_UID)).body["points"] == 0
