"""A card that came late is noted with its ticket: what is refused uses nothing of the member's day up."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from loyalty.limits.counter import LATE_CARDS_PER_MEMBER_DAY
from tests.central_fixture import (
    SHAMPOO,
    CentralUnderTest,
    Reply,
    a_basket,
    a_central,
    a_sale,
    by_uid,
    in_parallel,
)
from tests.movable_clock import MovableClock

NOW_MS = 1_795_600_000_000
LINE = (SHAMPOO, 1, 890)


@pytest.fixture
async def central(tmp_path: Path, engine: str) -> AsyncIterator[CentralUnderTest]:
    assert engine
    async with a_central(tmp_path, MovableClock(NOW_MS)) as running:
        yield running


async def late(central: CentralUnderTest, sale_id: str, **more: Any) -> Reply:
    body = a_sale(central, [LINE], sale_id=sale_id, is_card_late=True, **more)
    return await central.post("sales", body)


async def acts(central: CentralUnderTest) -> list[str]:
    found = (await central.get("counter/acts?from_ms=0", token="office")).body["acts"]
    return sorted(each["sale_id"] for each in found)


async def test_a_late_ticket_that_is_refused_uses_up_none_of_the_members_two_a_day(
    central: CentralUnderTest,
) -> None:
    quote = {"basket": a_basket([LINE]), "holder": by_uid()}
    quoted = await central.post("quotes", quote)
    reserved = {"reservation_id": "res-1", "quote_id": quoted.body["quote_id"], "quote": quote}
    assert (await central.post("reservations", reserved)).status == 200

    replies = await in_parallel([late(central, f"s-{n}", reservation_id="res-1") for n in range(8)])
    taken = [f"s-{n}" for n, each in enumerate(replies) if each.status == 200]
    assert {each.code for each in replies if each.status != 200} == {"reservation_used"}
    assert (len(taken), await acts(central)) == (1, taken), "one reservation, one ticket, one act"

    rest = [await late(central, f"t-{n}") for n in range(LATE_CARDS_PER_MEMBER_DAY)]
    assert [each.status for each in rest[:-1]] == [200] * (LATE_CARDS_PER_MEMBER_DAY - 1)
    assert rest[-1].code == "counter_limit"
    assert (await central.get(f"sales/t-{LATE_CARDS_PER_MEMBER_DAY - 1}")).status == 404
    assert await central.points_of() == 8 * LATE_CARDS_PER_MEMBER_DAY
    assert (await late(central, taken[0], reservation_id="res-1")).headers["Idempotent-Replayed"] == "true"
    assert len(await acts(central)) == LATE_CARDS_PER_MEMBER_DAY
