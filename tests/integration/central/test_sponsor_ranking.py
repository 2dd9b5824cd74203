"""Who sponsors best (C-11): by what those they brought spent and kept in a span of time, on both engines."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from central.storage.interface.sponsors import SponsorRow
from tests.central_fixture import (
    GROUP,
    MEMBER,
    OTHER_MEMBER,
    SUN_CREAM,
    CentralUnderTest,
    a_central,
    a_return,
    a_sale,
)
from tests.integration.central.publishing import ms
from tests.movable_clock import MovableClock

DAY_MS = 86_400_000


@pytest.fixture
async def clock() -> MovableClock:
    return MovableClock(ms("2026-11-22T12:00:00+01:00"))


@pytest.fixture
async def central(tmp_path: Path, clock: MovableClock) -> AsyncIterator[CentralUnderTest]:
    async with a_central(tmp_path, clock) as running:
        yield running


async def bring(central: CentralUnderTest, number: int, sponsor_id: str) -> dict[str, str]:
    card = f"29110000{number:04}1"
    body = {"member_id": f"m-{number}", "family_name": "Rey", "card_number": card}
    assert (await central.post("members", body, token="office")).status == 200
    traits = {"sponsor_id": sponsor_id}
    reply = await central.call("PATCH", f"members/m-{number}/traits", traits, token="office")
    assert reply.status == 200, reply.body
    return {"medium": "typed", "value": card}


async def buy(central: CentralUnderTest, holder: dict[str, str], amount_minor: int) -> Any:
    sale = a_sale(central, [(SUN_CREAM, 1, amount_minor)], holder=holder)
    assert (await central.post("sales", sale)).status == 200
    return sale


async def test_sponsors_are_ranked_by_what_the_sponsored_kept(
    central: CentralUnderTest, clock: MovableClock
) -> None:
    first = await bring(central, 1, MEMBER)
    second = await bring(central, 2, MEMBER)
    third = await bring(central, 3, OTHER_MEMBER)
    await bring(central, 4, "m-1")
    await buy(central, first, 5_000)
    await buy(central, third, 7_000)
    clock.now_ms += DAY_MS
    back = await buy(central, second, 9_000)
    await central.post(f"sales/{back['sale_id']}/returns", a_return(central, [(1, 1)]))
    await buy(central, second, 1_000)
    ranked = (await central.get("sponsors", token="office")).body["sponsors"]
    assert ranked == [
        {"sponsor_id": OTHER_MEMBER, "sponsored": 1, "buyers": 1, "spent_minor": 7_000},
        {"sponsor_id": MEMBER, "sponsored": 2, "buyers": 2, "spent_minor": 6_000},
        {"sponsor_id": "m-1", "sponsored": 1, "buyers": 0, "spent_minor": 0},
    ]
    path = f"sponsors?from_ms={clock.now_ms}&limit=1"
    ranked = (await central.get(path, token="office")).body["sponsors"]
    assert ranked == [{"sponsor_id": MEMBER, "sponsored": 2, "buyers": 1, "spent_minor": 1_000}]
    until = await central.services.store.rank_sponsors(GROUP, 0, clock.now_ms, 1)
    assert until == [SponsorRow(OTHER_MEMBER, 1, 1, 7_000)]
    assert (await central.get("sponsors", token="foreign")).body["sponsors"] == []
    assert (await central.get("sponsors")).code == "permission_missing"


async def test_an_ended_sponsorship_counts_no_more(central: CentralUnderTest) -> None:
    holder = await bring(central, 1, MEMBER)
    await buy(central, holder, 5_000)
    await central.call("PATCH", "members/m-1/traits", {"sponsor_id": None}, token="office")
    assert (await central.get("sponsors", token="office")).body["sponsors"] == []
