"""A sponsor gets so many rewards a month, whoever buys at once; a reward not given is told why (C-10)."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from central.services.core.group import GroupSettings
from loyalty.limits.members import SPONSOR_REWARDS_PER_MONTH
from tests.central_fixture import (
    GROUP,
    MEMBER,
    SUN_CREAM,
    CentralUnderTest,
    a_central,
    a_return,
    a_sale,
    in_parallel,
)
from tests.integration.central.publishing import ms
from tests.integration.central.test_claims import patient
from tests.integration.central.test_sponsor_ranking import bring
from tests.integration.central.test_sponsors import publish_always, sound
from tests.movable_clock import MovableClock

REWARD = 200
LINE = (SUN_CREAM, 1, 1000)


@pytest.fixture
async def central(tmp_path: Path) -> AsyncIterator[CentralUnderTest]:
    async with a_central(tmp_path, MovableClock(ms("2026-11-22T12:00:00+01:00"))) as running:
        yield running


async def allow(central: CentralUnderTest, rewards: int) -> None:
    """Make this the group's number of rewards a month."""
    group = await central.services.groups.get(GROUP)
    settings = json.loads(group.row.settings or "{}") | {"sponsor_rewards_per_month": rewards}
    await central.services.groups.put_group(
        central.operator,
        name=group.row.name,
        country="CH",
        currency="CHF",
        programme=group.row.programme,
        settings=msgspec.convert(settings, GroupSettings),
    )


async def sponsored(central: CentralUnderTest, members: int, first: int = 1) -> list[dict[str, Any]]:
    """A first purchase of each of so many members whom one sponsor brought."""
    cards = [await bring(central, number, MEMBER) for number in range(first, first + members)]
    return [a_sale(central, [LINE], holder=card) for card in cards]


def warned(reply: Any) -> list[str]:
    return [each["code"] for each in reply.body["warnings"]]


async def refusals(central: CentralUnderTest) -> list[dict[str, Any]]:
    events = await central.services.store.list_events(GROUP, 0, 10_000)
    return [json.loads(each.body) for each in events if each.kind == "sponsor.not_rewarded"]


async def test_the_reward_above_the_months_limit_is_not_given_and_told_with_the_reason(
    central: CentralUnderTest,
) -> None:
    await publish_always(central, budget=10_000)
    await allow(central, 2)
    sales = await sponsored(central, 3)
    sold = [await central.post("sales", sale) for sale in sales]
    again = await central.post("sales", sales[2])

    assert [each.body["points"] for each in sold] == [110, 110, 110], "the sponsored member's own stand"
    assert [warned(each) for each in (*sold, again)] == [
        [],
        [],
        ["sponsor_month_full"],
        ["sponsor_month_full"],
    ]
    assert "200 points were not given" in sold[2].body["warnings"][0]["detail"]
    assert await central.points_of(MEMBER) == 2 * REWARD
    assert await refusals(central) == [{"member_id": MEMBER, "points": REWARD, "reason": "month_limit"}]
    usage = await central.services.store.find_usage(GROUP, [], [("sponsor", "PTS/0")])
    assert usage.budgets["sponsor"].spent == 3 * 100 + 2 * REWARD, "what is not given costs no budget"
    assert await sound(central)


async def test_the_next_month_begins_anew_and_a_whole_return_gives_one_back(
    central: CentralUnderTest,
) -> None:
    await publish_always(central)
    await allow(central, 1)
    first, second, third, fourth = await sponsored(central, 4)
    assert warned(await central.post("sales", first)) == []
    path = f"sales/{first['sale_id']}/returns"
    assert (await central.post(path, a_return(central, [(1, 1)]))).status == 200
    assert await central.points_of(MEMBER) == 0
    assert warned(await central.post("sales", second)) == [], "the first one is undone"
    assert warned(await central.post("sales", third)) == ["sponsor_month_full"]
    assert isinstance(central.clock, MovableClock)
    central.clock.now_ms = ms("2026-12-01T00:30:00+01:00")
    moved = fourth | {"occurred_ms": central.clock.now_ms, "sent_ms": central.clock.now_ms}
    assert warned(await central.post("sales", moved)) == [], "midnight of the shop, not of UTC"
    assert await central.points_of(MEMBER) == 2 * REWARD
    assert await sound(central)


async def test_the_limit_stands_without_a_setting_and_may_be_nothing_at_all(
    central: CentralUnderTest,
) -> None:
    group = await central.services.groups.get(GROUP)
    assert group.settings.sponsor_rewards_per_month == SPONSOR_REWARDS_PER_MONTH == 10
    await publish_always(central)
    sales = await sponsored(central, SPONSOR_REWARDS_PER_MONTH + 2)
    told = [warned(await central.post("sales", sale)) for sale in sales]
    assert told == [[]] * SPONSOR_REWARDS_PER_MONTH + [["sponsor_month_full"]] * 2
    await allow(central, 0)
    (one,) = await sponsored(central, 1, first=100)
    assert warned(await central.post("sales", one)) == ["sponsor_month_full"]
    assert await central.points_of(MEMBER) == SPONSOR_REWARDS_PER_MONTH * REWARD


async def test_of_many_purchases_at_once_exactly_the_limit_is_rewarded(central: CentralUnderTest) -> None:
    await publish_always(central)
    await allow(central, 5)
    sales = await sponsored(central, 24)
    replies = await in_parallel([patient(central, sale) for sale in sales])
    assert {reply.body["points"] for reply in replies} == {110}
    assert sum(warned(reply) == [] for reply in replies) == 5
    assert sum(warned(reply) == ["sponsor_month_full"] for reply in replies) == 19
    assert await central.points_of(MEMBER) == 5 * REWARD
    assert len(await refusals(central)) == 19
    assert await sound(central)
