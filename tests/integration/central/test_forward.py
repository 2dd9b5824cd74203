"""Paid forward: what members give in a shop a pharmacist hands out there, once, never more than waits."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from loyalty.limits.counter import HANDOUT_MINOR_MAX, HANDOUTS_PER_STAFF_DAY
from tests.central_fixture import (
    GROUP,
    MEMBER,
    SHAMPOO,
    CentralUnderTest,
    Reply,
    a_central,
    a_sale,
    by_uid,
    in_parallel,
)
from tests.integration.central.claim_rules import publish
from tests.integration.central.clerks import sign_in
from tests.integration.central.test_my_value import BASE
from tests.integration.central.test_vouchers import earn
from tests.movable_clock import MovableClock

STEP = {"points": 1, "worth_minor": 100}


@pytest.fixture
async def central(tmp_path: Path, engine: str) -> AsyncIterator[CentralUnderTest]:
    assert engine
    async with a_central(tmp_path, MovableClock(time.time_ns() // 1_000_000)) as running:
        yield running


async def give(central: CentralUnderTest, forward_id: str, points: int) -> Reply:
    body = {
        "forward_id": forward_id,
        "holder": by_uid(),
        "points": points,
        "worth_minor": points * STEP["worth_minor"],
    }
    return await central.post("forwards", body)


async def twenty_points(central: CentralUnderTest) -> None:
    await publish(central, BASE, voucher_step=STEP, identification={"donate": "nfc_uid"})
    assert (await earn(central)).body["points"] == 20


async def hand_out(central: CentralUnderTest, clerk: str, act_id: str, worth_minor: int) -> Reply:
    return await central.post(
        "counter/handouts", {"act_id": act_id, "clerk": clerk, "worth_minor": worth_minor}
    )


async def waiting(central: CentralUnderTest, clerk: str) -> int:
    return int((await central.post("counter/forward", {"clerk": clerk})).body["waiting_minor"])


async def test_points_given_here_become_a_voucher_that_somebody_without_a_card_pays_with(
    central: CentralUnderTest,
) -> None:
    await twenty_points(central)
    given = await give(central, "fwd-1", 12)
    again = await give(central, "fwd-1", 12)
    assert (given.status, given.body["balance_points"], given.body["worth_minor"]) == (200, 8, 1200)
    assert (again.body, again.headers["Idempotent-Replayed"]) == (given.body, "true")
    told = (await central.post("holders/conversions", {"holder": by_uid()})).body
    assert told["forward_minor"] == 1200

    clerk = await sign_in(central, role="pharmacist")
    handed = await hand_out(central, clerk, "out-1", 500)
    once_more = await hand_out(central, clerk, "out-1", 500)
    assert (handed.status, handed.body["waiting_minor"]) == (200, 700), handed.body
    assert once_more.body == handed.body
    assert await waiting(central, clerk) == 700

    sale = a_sale(central, [(SHAMPOO, 1, 1500)], None)
    sale["holder"] = None
    sale["basket"]["vouchers"] = [handed.body["payload"]]
    paid = await central.post("sales", sale)
    assert [each["used_minor"] for each in paid.body["used_vouchers"]] == [500], paid.body
    acts = (await central.get("counter/acts", token="office")).body["acts"]
    assert [(each["kind"], each["role"], each["member_id"]) for each in acts] == [
        ("hand_out", "pharmacist", None)
    ]
    assert (await central.services.upkeep.reconcile(GROUP)).findings == ()


async def test_what_one_handed_out_is_told_to_no_other_shop_and_no_other_clerk(
    central: CentralUnderTest,
) -> None:
    await twenty_points(central)
    await give(central, "fwd-7", 10)
    clerk = await sign_in(central, role="pharmacist")
    handed = await hand_out(central, clerk, "out-1", 500)
    assert handed.status == 200
    beside = await sign_in(central, "s-8", role="pharmacist")
    elsewhere = await sign_in(central, "s-9", role="pharmacist", token="terminal_2")
    for other, token in ((beside, "terminal"), (elsewhere, "terminal_2")):
        body = {"act_id": "out-1", "clerk": other, "worth_minor": 500}
        refused = await central.post("counter/handouts", body, token=token)
        assert (refused.status, refused.code) == (409, "idempotency_conflict")
    assert (
        await hand_out(central, await sign_in(central, role="pharmacist"), "out-1", 500)
    ).body == handed.body
    assert await waiting(central, clerk) == 500


async def test_no_more_is_handed_out_than_waits_however_many_ask_at_once(central: CentralUnderTest) -> None:
    await twenty_points(central)
    await give(central, "fwd-2", 10)
    clerk = await sign_in(central, role="pharmacist")
    replies = await in_parallel([hand_out(central, clerk, f"out-{at}", 300) for at in range(6)])
    assert sorted(each.status for each in replies) == [200] * 3 + [422] * 3
    assert {each.code for each in replies if each.status == 422} == {"forward_too_much"}
    assert await waiting(central, clerk) == 100
    assert (await hand_out(central, clerk, "out-9", HANDOUT_MINOR_MAX + 1)).code == "forward_too_much"


async def test_assistants_hand_nothing_out_and_a_pharmacist_only_so_often_a_day(
    central: CentralUnderTest,
) -> None:
    await twenty_points(central)
    await give(central, "fwd-3", 20)
    assistant = await sign_in(central)
    assert (await hand_out(central, assistant, "out-1", 100)).code == "role_may_not"
    assert await waiting(central, assistant) == 2000, "everybody at the counter may look"
    clerk = await sign_in(central, "s-8", role="pharmacist")
    for at in range(HANDOUTS_PER_STAFF_DAY):
        assert (await hand_out(central, clerk, f"out-{at}", 100)).status == 200
    refused = await hand_out(central, clerk, "out-more", 100)
    assert refused.code == "counter_limit"
    assert await waiting(central, clerk) == 2000 - 100 * HANDOUTS_PER_STAFF_DAY
    assert await central.points_of(MEMBER) == 0


async def test_a_weak_card_and_another_worth_give_nothing(central: CentralUnderTest) -> None:
    await twenty_points(central)
    assert (await give(central, "fwd-4", 21)).code == "balance_too_low"
    wrong = {"forward_id": "fwd-5", "holder": by_uid(), "points": 5, "worth_minor": 501}
    assert (await central.post("forwards", wrong)).code == "conversion_changed"
    await publish(central, BASE, voucher_step=STEP)
    assert (await give(central, "fwd-6", 5)).code == "strength_too_low"
    assert await central.points_of(MEMBER) == 20
