"""The counter gives points on its own, within what its role may give in its shop today (P-14)."""

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.central_fixture import GROUP, MEMBER, OTHER_UID, CentralUnderTest, a_central, by_uid, in_parallel
from tests.integration.central.claim_rules import bonus, publish
from tests.movable_clock import MovableClock

LATITUDE = {
    "assistant": {"goodwill_points": 20, "goodwill_points_per_day": 50},
    "pharmacist": {"goodwill_points": 100, "goodwill_points_per_day": 1000},
}


@pytest.fixture
async def central(tmp_path: Path) -> AsyncIterator[CentralUnderTest]:
    async with a_central(tmp_path, MovableClock(time.time_ns() // 1_000_000)) as running:
        await publish(running, bonus(), latitude=LATITUDE)
        yield running


def a_goodwill(points: int = 20, **changed: Any) -> dict[str, Any]:
    body = {
        "goodwill_id": "gw-1",
        "holder": by_uid(),
        "points": points,
        "role": "assistant",
        "reason": "Waited for a delivery",
        "operator": "7",
    }
    return body | changed


async def test_goodwill_points_are_given_once_with_their_reason(central: CentralUnderTest) -> None:
    given = await central.post("goodwill", a_goodwill())
    assert (given.status, given.body["points"], given.body["balance_points"]) == (200, 20, 20)
    again = await central.post("goodwill", a_goodwill())
    assert (again.headers["Idempotent-Replayed"], again.body) == ("true", given.body)
    assert (await central.post("goodwill", a_goodwill(points=10))).code == "idempotency_conflict"
    span = f"from_ms=0&to_ms={central.clock() + 1}"
    listed = (await central.get(f"goodwill?{span}", token="office")).body["given"]
    assert [(each["reason"], each["operator"], each["member_id"]) for each in listed] == [
        ("Waited for a delivery", "7", MEMBER)
    ]
    assert listed[0]["given_by"] == central.token_ids["terminal"]
    assert (await central.get(f"goodwill?{span}")).status == 403, "who gave what is for head office"
    events = await central.services.store.list_events(GROUP, 0, 1000)
    assert "goodwill.given" in {event.kind for event in events}
    (lot,) = await central.services.store.list_open_lots(GROUP, f"member/{MEMBER}/points", "PTS/0")
    assert lot.funder == "shop/lac-1", "the shop that gave them pays for them"


async def test_limits_hold_by_role_shop_and_day(central: CentralUnderTest) -> None:
    async def give(number: int, points: int = 20, token: str = "terminal", **changed: Any) -> tuple[int, str]:
        body = a_goodwill(points, goodwill_id=f"gw-{number}", **changed)
        answer = await central.post("goodwill", body, token=token)
        return answer.status, answer.body.get("code", "")

    refused = (422, "latitude_exceeded")
    assert await give(1, 21) == refused, "more than one act may give"
    assert [await give(number) for number in (2, 3, 4)] == [(200, ""), (200, ""), refused]
    assert await give(5, 10) == (200, ""), "what is left of the day"
    assert await give(6, role="pharmacist") == (200, "")
    assert await give(7, token="terminal_2") == (200, ""), "another shop has a count of its own"
    assert await give(8, role="cleaner") == refused, "a role the programme does not name gives nothing"
    assert isinstance(central.clock, MovableClock)
    central.clock.now_ms += 86_400_000
    assert await give(9) == (200, "")
    assert (await central.services.upkeep.reconcile(GROUP)).findings == ()


async def test_goodwill_needs_a_reason_and_a_card(central: CentralUnderTest) -> None:
    assert (await central.post("goodwill", a_goodwill(reason=" "))).code == "reason_missing"
    assert (
        await central.post("goodwill", a_goodwill(holder=by_uid("0400000000AA80")))
    ).code == "unknown_card"
    assert await central.points_of() == 0


async def test_of_many_at_once_no_more_is_given_than_the_day_allows(central: CentralUnderTest) -> None:
    calls = [
        central.post("goodwill", a_goodwill(10, goodwill_id=f"gw-{n}", holder=by_uid(OTHER_UID)))
        for n in range(32)
    ]
    answers = await in_parallel(calls)
    assert sum(answer.status == 200 for answer in answers) <= 5
    busy = [n for n, answer in enumerate(answers) if answer.status == 503]
    for number in busy:
        await central.post("goodwill", a_goodwill(10, goodwill_id=f"gw-{number}", holder=by_uid(OTHER_UID)))
    assert await central.points_of("m-bruno") == 50
    assert (await central.services.upkeep.reconcile(GROUP)).findings == ()
