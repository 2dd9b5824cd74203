"""What the counter takes off on its own (P-14): within role, shop and day, told with its reason."""

import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from loyalty.limits.ledger import HOLD_LIFETIME_S
from tests.central_fixture import (
    FIRST_MILK,
    GROUP,
    PROGRAMME,
    SHAMPOO,
    SUN_CREAM,
    CentralUnderTest,
    a_basket,
    a_central,
    a_return,
    a_sale,
    by_uid,
    in_parallel,
)
from tests.integration.central.claim_rules import discount as third
from tests.integration.central.publishing import publish_document
from tests.movable_clock import MovableClock

LATITUDE = {
    "assistant": {"discount_rate_bp": 1000, "discount_minor_per_day": 250},
    "pharmacist": {"discount_rate_bp": 5000, "discount_minor_per_day": 100_000},
}
LINES = [(SUN_CREAM, 1, 1000)]


@pytest.fixture
async def central(tmp_path: Path) -> AsyncIterator[CentralUnderTest]:
    async with a_central(tmp_path, MovableClock(time.time_ns() // 1_000_000)) as running:
        await publish_document(running, PROGRAMME | {"latitude": LATITUDE})
        yield running


def off(minor: int = 100, role: str = "assistant", reason: str = "Box dented", lines: Any = LINES) -> Any:
    told = {"off_minor": minor, "role": role, "reason": reason}
    return a_basket(lines) | {"discount": told}


async def sell(central: CentralUnderTest, basket: Any, token: str = "terminal", **changed: Any) -> Any:
    return await central.post("sales", a_sale(central, basket=basket, **changed), token=token)


async def reserve(central: CentralUnderTest, basket: Any, reservation_id: str = "res-1") -> Any:
    quote = {"basket": basket, "holder": by_uid()}
    quoted = await central.post("quotes", quote)
    assert quoted.status == 200, quoted.body
    body = {"reservation_id": reservation_id, "quote_id": quoted.body["quote_id"], "quote": quote}
    return await central.post("reservations", body)


async def sound(central: CentralUnderTest) -> bool:
    return (await central.services.upkeep.reconcile(GROUP)).findings == ()


async def test_a_discount_is_taken_off_with_its_reason_and_points_count_what_is_paid(
    central: CentralUnderTest,
) -> None:
    quoted = await central.post("quotes", {"basket": off(), "holder": by_uid()})
    sale = a_sale(central, basket=off(), quote_id=quoted.body["quote_id"], operator="7")
    sold = await central.post("sales", sale)
    again = await central.post("sales", sale)
    changed = sale | {"basket": off(reason="Another")}

    for reply in (quoted, sold, again):
        assert (reply.body["total_minor"], reply.body["points"]) == (900, 9)
        (line,) = reply.body["lines"]
        told = next(each for each in line["reasons"] if each["code"] == "manual_discount")
        assert (told["amount_minor"], told["citation"], told["stage"]) == (-100, "Box dented", "counter")
        assert told["rule_id"] == "latitude.assistant"
        assert reply.body["warnings"] == []
    assert again.headers["Idempotent-Replayed"] == "true"
    assert any("Box dented" in row for row in sold.body["receipt"])
    assert (await central.post("sales", changed)).code == "idempotency_conflict"
    events = await central.services.store.list_events(GROUP, 0, 1000)
    (event,) = [json.loads(each.body) for each in events if each.kind == "discount.given"]
    assert event == {
        "sale_id": sale["sale_id"],
        "shop_id": "lac-1",
        "role": "assistant",
        "operator": "7",
        "actor": central.token_ids["terminal"],
        "off_minor": 100,
    }
    assert await sound(central)


async def test_limits_hold_by_act_role_shop_and_day(central: CentralUnderTest) -> None:
    async def give(minor: int = 100, token: str = "terminal", **changed: Any) -> tuple[int, str]:
        reply = await sell(central, off(minor, **changed), token)
        return reply.status, reply.body.get("code", "")

    refused = (422, "latitude_exceeded")
    quote = {"basket": off(101), "holder": by_uid()}
    assert (await central.post("quotes", quote)).code == "latitude_exceeded", "said before it is paid"
    assert await give(101) == refused, "more than a tenth"
    assert [await give() for _ in range(3)] == [(200, ""), (200, ""), refused]
    assert await give(50) == (200, ""), "what is left of the day"
    assert await give(500, role="pharmacist") == (200, "")
    assert await give(token="terminal_2") == (200, ""), "another shop has a count of its own"
    assert await give(role="cleaner") == refused, "a role the programme does not name gives nothing"
    assert await give(reason=" ") == (422, "reason_missing")
    assert isinstance(central.clock, MovableClock)
    central.clock.now_ms += 86_400_000
    assert await give() == (200, "")
    assert await sound(central)


async def test_of_discounts_at_once_no_more_is_given_than_the_day_lets(central: CentralUnderTest) -> None:
    replies = await in_parallel([sell(central, off()) for _ in range(8)])
    assert sorted(reply.status for reply in replies) == [200] * 2 + [422] * 6
    assert await sound(central)


async def test_it_reaches_only_lines_that_may_be_discounted(central: CentralUnderTest) -> None:
    milk = (FIRST_MILK, 1, 3000)
    mixed = await sell(central, off(100, lines=[*LINES, milk]))
    assert [line["amount_minor"] for line in mixed.body["lines"]] == [900, 3000]
    alone = await sell(central, off(100, lines=[milk]))
    assert (alone.status, alone.code) == (422, "nothing_to_discount")
    split = await sell(central, off(100, role="pharmacist", lines=[*LINES, (SHAMPOO, 1, 500)]))
    assert [line["amount_minor"] for line in split.body["lines"]] == [933, 467]


async def test_it_is_a_share_of_what_promotions_left(central: CentralUnderTest) -> None:
    await publish_document(central, PROGRAMME | {"rules": [third()], "latitude": LATITUDE})
    assert (await sell(central, off(71))).code == "latitude_exceeded", "a tenth of 7.00"
    assert (await sell(central, off(70))).body["total_minor"] == 630


async def test_a_reservation_keeps_the_day_s_count_until_it_is_paid_or_ends(
    central: CentralUnderTest,
) -> None:
    assert (await reserve(central, off())).status == 200
    assert (await sell(central, off())).status == 200
    assert (await sell(central, off())).code == "latitude_exceeded", "100 of 250 are held"
    sold = await sell(central, off(), reservation_id="res-1")
    assert (sold.status, sold.body["total_minor"], sold.body["warnings"]) == (200, 900, [])
    assert await sound(central)


async def test_a_late_ticket_keeps_the_discount_that_was_paid(central: CentralUnderTest) -> None:
    await reserve(central, off())
    late = a_sale(central, basket=off(), reservation_id="res-1")
    assert isinstance(central.clock, MovableClock)
    central.clock.now_ms += (HOLD_LIFETIME_S + 1) * 1000
    await central.services.upkeep.expire_holds(GROUP)
    assert [(await sell(central, off())).status for _ in range(2)] == [200, 200], "free for others again"
    sold = await central.post("sales", late | {"sent_ms": central.clock()})
    assert (sold.status, sold.body["total_minor"]) == (200, 900), "counted beyond the day's sum"
    assert (await sell(central, off(50))).code == "latitude_exceeded"
    assert await sound(central)


async def test_a_whole_return_gives_the_day_s_count_back_and_pays_back_what_was_paid(
    central: CentralUnderTest,
) -> None:
    sold = await sell(central, off(200, lines=[(SUN_CREAM, 2, 2000)]))
    path = f"sales/{sold.body['sale_id']}/returns"
    first = await central.post(path, a_return(central, [(1, 1)]))
    assert (await sell(central, off())).code == "latitude_exceeded", "a part that stays has used it"
    rest = await central.post(path, a_return(central, [(1, 1)]))
    assert (first.body["total_minor"], rest.body["total_minor"]) == (900, 900)
    assert [(await sell(central, off())).status for _ in range(2)] == [200, 200]
    assert await central.points_of() == 18
    assert await sound(central)


async def test_an_anonymous_ticket_may_have_one_and_who_may_not_give_is_refused(
    central: CentralUnderTest,
) -> None:
    nobody = await sell(central, off(), holder={})
    assert (nobody.status, nobody.body["total_minor"], nobody.body["points"]) == (200, 900, 0)
    refused = await sell(central, off(), token="importer", shop_id="lac-1")
    assert (refused.status, refused.code) == (403, "permission_missing")


async def test_a_simulation_begins_with_what_the_counter_left(central: CentralUnderTest) -> None:
    await sell(central, off())
    programme = PROGRAMME | {"rules": [third()], "latitude": LATITUDE}
    assert (await central.put("programme/drafts/d", {"programme": programme, "revision": 0})).status == 200
    span = {"from_ms": 0, "to_ms": central.clock() + 1}
    seen = (await central.post("programme/drafts/d/simulation", span, token="reader")).body
    assert (seen["today"]["discount_minor"], seen["draft"]["discount_minor"]) == (0, 270), "30 % of 9.00"
