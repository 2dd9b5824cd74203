"""Points become a voucher of the same worth: once, at the rate that was told, and whoever funds them pays."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.central_fixture import GROUP, MEMBER, CentralUnderTest, Reply, a_central, by_uid
from tests.integration.central.claim_rules import publish
from tests.integration.central.test_my_value import BASE, FOR_A_UID
from tests.integration.central.test_vouchers import earn, paid_with
from tests.movable_clock import MovableClock

DAY_MS = 86_400_000
STEP = {"points": 3, "worth_minor": 50}


@pytest.fixture
async def central(tmp_path: Path) -> AsyncIterator[CentralUnderTest]:
    async with a_central(tmp_path, MovableClock(time.time_ns() // 1_000_000)) as running:
        yield running


async def a_member_with_20_points(central: CentralUnderTest, **changed: Any) -> None:
    settings = {"voucher_step": STEP, "identification": FOR_A_UID} | changed
    await publish(central, BASE, **settings)
    assert (await earn(central)).body["points"] == 20


async def convert(central: CentralUnderTest, conversion_id: str, points: int, worth_minor: int) -> Reply:
    body = {
        "conversion_id": conversion_id,
        "holder": by_uid(),
        "points": points,
        "worth_minor": worth_minor,
    }
    return await central.post("conversions", body)


async def test_a_member_is_told_what_points_come_to_in_whole_steps(central: CentralUnderTest) -> None:
    await a_member_with_20_points(central)
    told = (await central.post("holders/conversions", {"holder": by_uid()})).body
    assert (told["points"], told["step_points"], told["step_minor"]) == (20, 3, 50)
    assert [(each["points"], each["worth_minor"]) for each in told["choices"]] == [
        (3, 50),
        (9, 150),
        (18, 300),
    ]
    assert await central.points_of(MEMBER) == 20, "telling writes nothing"


async def test_points_become_a_voucher_once_and_it_pays(central: CentralUnderTest) -> None:
    await a_member_with_20_points(central)

    made = await convert(central, "conv-1", 18, 300)
    again = await convert(central, "conv-1", 18, 300)

    assert (made.status, made.body["balance_points"], made.body["worth_minor"]) == (200, 2, 300)
    assert (again.body, again.headers["Idempotent-Replayed"]) == (made.body, "true")
    assert await central.points_of(MEMBER) == 2
    (voucher,) = (await central.post("holders/value", {"holder": by_uid()})).body["vouchers"]
    assert (voucher["voucher_id"], voucher["worth_minor"]) == (made.body["voucher_id"], 300)
    number = await central.post("holders/vouchers", {"holder": by_uid(), "voucher_id": voucher["voucher_id"]})
    assert number.body["payload"] == made.body["payload"]
    paid = await central.post("sales", paid_with(central, made.body["payload"], holder=by_uid()))
    assert [each["used_minor"] for each in paid.body["used_vouchers"]] == [300], paid.body
    refused = await central.post("sales", paid_with(central, made.body["payload"], holder=by_uid()))
    assert refused.code == "voucher_used"
    assert (await central.services.upkeep.reconcile(GROUP)).findings == ()


async def test_another_rate_than_the_member_was_told_converts_nothing(central: CentralUnderTest) -> None:
    await a_member_with_20_points(central)
    for points, worth_minor in ((18, 301), (4, 50), (18, 250)):
        refused = await convert(central, "conv-2", points, worth_minor)
        assert (refused.status, refused.code) == (409, "conversion_changed")
    assert (await convert(central, "conv-2", 21, 350)).code == "balance_too_low"
    await publish(central, BASE, identification=FOR_A_UID)
    assert (await convert(central, "conv-2", 18, 300)).code == "conversion_unavailable"
    assert (await central.post("holders/conversions", {"holder": by_uid()})).body["choices"] == []
    assert await central.points_of(MEMBER) == 20


async def test_the_same_id_with_other_words_is_a_conflict_and_a_weak_card_converts_nothing(
    central: CentralUnderTest,
) -> None:
    await a_member_with_20_points(central)
    assert (await convert(central, "conv-3", 3, 50)).status == 200
    assert (await convert(central, "conv-3", 6, 100)).code == "idempotency_conflict"
    await publish(central, BASE, voucher_step=STEP)
    assert (await convert(central, "conv-4", 3, 50)).code == "strength_too_low"
    assert await central.points_of(MEMBER) == 17


async def test_of_ten_that_convert_the_same_points_at_once_only_what_is_there_becomes_vouchers(
    central: CentralUnderTest,
) -> None:
    await a_member_with_20_points(central)
    replies = await asyncio.gather(*(convert(central, f"race-{at}", 6, 100) for at in range(10)))
    assert sorted(each.status for each in replies) == [200] * 3 + [422] * 7
    assert await central.points_of(MEMBER) == 2
    value = (await central.post("holders/value", {"holder": by_uid()})).body
    assert [each["worth_minor"] for each in value["vouchers"]] == [100, 100, 100]


async def test_who_pays_for_the_points_owes_them_and_the_group_pays_for_the_voucher(
    central: CentralUnderTest,
) -> None:
    await a_member_with_20_points(central, funder="shop")
    made = await convert(central, "conv-5", 18, 300)
    await central.post("sales", paid_with(central, made.body["payload"], holder=by_uid()))

    month = time.strftime("%Y-%m", time.gmtime(central.clock() / 1000))
    view = (await central.get(f"clearing/{month}", token="office")).body

    dues = {(each["debtor"], each["creditor"], each["what"]): each["amount_minor"] for each in view["dues"]}
    assert dues["shop/lac-1", "group", "points_spent"] == 300
    assert dues["group", "shop/lac-1", "voucher"] == 300
    assert view["nets"] == [], "it was this shop's own points, spent in this shop"


async def test_a_voucher_of_points_ends_on_the_day_that_was_told(central: CentralUnderTest) -> None:
    await a_member_with_20_points(central, voucher_step=STEP | {"valid_days": 10})
    told = (await central.post("holders/conversions", {"holder": by_uid()})).body
    made = await convert(central, "conv-6", 3, 50)
    assert made.body["last_day"] == told["last_day"]
    central.clock.now_ms += 12 * DAY_MS  # type: ignore[attr-defined]
    assert (await central.post("holders/value", {"holder": by_uid()})).body["vouchers"] == []
    refused = await central.post("sales", paid_with(central, made.body["payload"], holder=by_uid()))
    assert refused.code == "voucher_expired"
