"""What central does by itself: holds, drafts and expiry now, the proof of the ledger at night."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import structlog

from central.workers.upkeep import Upkeep
from loyalty.limits.ledger import EXPIRY_INTERVAL_S, RECONCILE_INTERVAL_S
from tests.central_fixture import GROUP, MEMBER, SUN_CREAM, CentralUnderTest, a_central, a_sale
from tests.integration.central.test_drafts import DOUBLE
from tests.integration.central.test_value import lenient, reserve
from tests.movable_clock import MovableClock

DAY_MS = 86_400_000


@pytest.fixture
async def central(tmp_path: Path) -> AsyncIterator[CentralUnderTest]:
    async with a_central(tmp_path, MovableClock(time.time_ns() // 1_000_000)) as running:
        issued = await running.services.access.issue_token(running.operator, role="office", label="boss")
        running.tokens["boss"] = issued.token
        yield running


def wait(central: CentralUnderTest, seconds: int) -> None:
    assert isinstance(central.clock, MovableClock)
    central.clock.now_ms += seconds * 1000


async def test_a_round_frees_holds_and_activates_drafts_and_every_hour_lots_expire(
    central: CentralUnderTest,
) -> None:
    upkeep = Upkeep(central.services)
    await lenient(central, expiry={"policy": "months", "months": 1})
    await central.post("sales", a_sale(central, [(SUN_CREAM, 1, 100_000)]))
    assert (await reserve(central, 500)).status == 200
    await central.put("programme/drafts/spring", {"programme": DOUBLE})
    await central.post("programme/drafts/spring/review", {"revision": 1, "approve": True}, token="boss")
    moment = central.clock() + 60_000
    schedule = {"revision": 1, "activate_ms": moment}
    await central.post("programme/drafts/spring/schedule", schedule, token="office")
    await upkeep.run_once()
    store = central.services.store
    assert (await store.find_points(GROUP, MEMBER)).held == 500
    assert (await central.services.groups.get(GROUP)).row.ruleset_version == 2

    wait(central, 3600)
    await upkeep.run_once()
    assert (await store.find_points(GROUP, MEMBER)).held == 0
    assert (await central.services.groups.get(GROUP)).row.ruleset_version == 3

    wait(central, 40 * 86_400)
    await upkeep.run_once()
    await upkeep.run_once()
    assert (await store.find_points(GROUP, MEMBER)).balance == 0
    expired = [row for row in await store.list_journal(GROUP, 0, 100) if row.transaction.kind == "expiry"]
    assert [row.transaction.postings[0].amount for row in expired] == [1000]


async def test_the_ledger_is_proved_once_a_night_and_not_at_the_start(central: CentralUnderTest) -> None:
    upkeep = Upkeep(central.services)
    proved = []
    for seconds in (0, EXPIRY_INTERVAL_S, RECONCILE_INTERVAL_S - EXPIRY_INTERVAL_S, 60):
        wait(central, seconds)
        with structlog.testing.capture_logs() as logs:
            await upkeep.run_once()
        proved.append(sum(entry["event"] == "ledger_agrees" for entry in logs))
    assert proved == [0, 0, 2, 0], "two groups, once"
