"""The profile in a sale's answer is worked out, not read: it says what reading it now says."""

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from loyalty.limits.members import PROFILE_TICKETS_MAX
from tests.central_fixture import (
    PRESCRIPTION,
    SHAMPOO,
    SUN_CREAM,
    CentralUnderTest,
    a_central,
    a_return,
    a_sale,
    by_uid,
    in_parallel,
)
from tests.movable_clock import MovableClock

HOUR_MS = 3_600_000


@pytest.fixture
async def central(tmp_path: Path) -> AsyncIterator[CentralUnderTest]:
    async with a_central(tmp_path, MovableClock(time.time_ns() // 1_000_000)) as running:
        yield running


async def told_and_read(central: CentralUnderTest, sale: dict[str, Any]) -> tuple[Any, Any]:
    """The profile that the sale's answer tells, and the same read by a tap of the card afterwards."""
    sold = await central.post("sales", sale)
    assert sold.status == 200, sold.body
    tapped = await central.post("identify", {"evidence": by_uid()})
    return sold.body["profile"], tapped.body["profile"]


async def test_every_kind_of_ticket_tells_the_profile_that_is_read_after_it(
    central: CentralUnderTest,
) -> None:
    now_ms = central.clock()
    sun = a_sale(central, [(SUN_CREAM, 1, 2000)])
    tickets = [
        sun,
        a_sale(central, [(SHAMPOO, 2, 1780)]),
        a_sale(central, [(PRESCRIPTION, 1, 2500)]),
        a_sale(central, [(SUN_CREAM, 1, 1000)], occurred_ms=now_ms - 30 * HOUR_MS),
        a_sale(central, [(SUN_CREAM, 1, 1100)], occurred_ms=now_ms - 20 * 24 * HOUR_MS),
        a_sale(central, [(SUN_CREAM, 1, 1200)]),
    ]
    for ticket in tickets:
        told, read = await told_and_read(central, ticket)
        assert told == read
    await central.post(f"sales/{sun['sale_id']}/returns", a_return(central, [(1, 1)]))
    told, read = await told_and_read(central, a_sale(central, [(SHAMPOO, 1, 890)]))
    assert told == read


async def test_the_list_of_tickets_stays_as_long_as_it_may_be(central: CentralUnderTest) -> None:
    for number in range(PROFILE_TICKETS_MAX + 2):
        await central.post("sales", a_sale(central, [(SHAMPOO, 1, 1000 + 100 * number)]))

    told, read = await told_and_read(central, a_sale(central, [(SUN_CREAM, 1, 2000)]))

    assert told == read
    assert len(told["tickets"]) == PROFILE_TICKETS_MAX


async def test_a_day_that_begins_between_two_tickets_begins_in_the_profile(central: CentralUnderTest) -> None:
    assert isinstance(central.clock, MovableClock)
    await central.post("sales", a_sale(central))
    central.clock.now_ms += 24 * HOUR_MS

    told, read = await told_and_read(central, a_sale(central, [(SUN_CREAM, 1, 2000)]))

    assert told == read
    assert told["points_today"] == 20


async def test_tickets_at_the_same_moment_tell_their_own_balance(central: CentralUnderTest) -> None:
    sales = [a_sale(central, [(SUN_CREAM, 1, 2000)]) for _ in range(12)]

    sold = await in_parallel([central.post("sales", sale) for sale in sales])

    assert all(each.status == 200 for each in sold)
    told = [each.body["profile"]["points"] for each in sold]
    assert all(points >= each.body["balance_points"] for points, each in zip(told, sold, strict=True))
    last, read = await told_and_read(central, a_sale(central, [(SHAMPOO, 1, 1000)]))
    assert last == read
    assert last["points"] == 12 * 20 + 10
