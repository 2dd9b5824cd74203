"""The same request several times in one moment: what one of them takes is gone for the others."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path
from typing import Any

import pytest

from tests.central_fixture import MEMBER, CentralUnderTest, Reply, a_central, by_uid, in_parallel
from tests.integration.central.test_value import LENIENT, earn, lenient
from tests.movable_clock import MovableClock

ROUNDS, AT_ONCE = 12, 8
TURNS_APART = 20
STEP = {"points": 10, "worth_minor": 100}


@pytest.fixture
async def central(tmp_path: Path) -> AsyncIterator[CentralUnderTest]:
    async with a_central(tmp_path, MovableClock(time.time_ns() // 1_000_000)) as running:
        await lenient(running, voucher_step=STEP, identification=LENIENT | {"pay_from_purse": "nfc_uid"})
        yield running


async def after(turns: int, asking: Awaitable[Reply]) -> Reply:
    """A little later than the others, so that one of them looks while another is being written."""
    for _ in range(turns * TURNS_APART):
        await asyncio.sleep(0)
    return await asking


async def all_at_once(central: CentralUnderTest, path: str, body: dict[str, Any]) -> None:
    replies = await in_parallel([after(turns, central.post(path, body)) for turns in range(AT_ONCE)])
    assert [each.status for each in replies] == [200] * AT_ONCE, [each.body for each in replies]
    assert len({str(each.body.get("recorded_ms")) for each in replies}) == 1


async def test_all_of_a_balance_is_given_away_once_and_each_repeat_is_told_so(
    central: CentralUnderTest,
) -> None:
    for number in range(ROUNDS):
        for path, name, more in (
            ("donations", "donation_id", {"association_id": "red-cross"}),
            ("conversions", "conversion_id", {"worth_minor": 1_000}),
            ("forwards", "forward_id", {"worth_minor": 1_000}),
        ):
            await earn(central, 100)
            body = {name: f"{path}-{number}", "holder": by_uid(), "points": 100} | more
            await all_at_once(central, path, body)
            assert await central.points_of(MEMBER) == 0


async def test_a_purse_is_filled_to_its_ceiling_once_and_each_repeat_is_told_so(
    central: CentralUnderTest,
) -> None:
    group = await central.services.groups.get(central.operator.group_id)
    most = group.settings.stored_value.purse_top_up_per_day_minor
    assert isinstance(central.clock, MovableClock)
    body = {"top_up_id": "top", "holder": by_uid(), "amount_minor": most}
    await all_at_once(central, "purses/top-ups", body)
    refused = await central.post("purses/top-ups", body | {"top_up_id": "another", "amount_minor": 1})
    assert refused.status == 422
