"""What permissions grant: whole events, and the audit of the ledger."""

import asyncio
import contextlib

import pytest

from central.services.core.access import ROLES, Actor, PermissionMissing
from central.services.ledger.check import check_ledger
from tests.central_fixture import GROUP, OTHER_UID, CentralUnderTest, a_sale, by_uid


async def test_the_operator_follows_whole_events(central: CentralUnderTest) -> None:
    await central.post("sales", a_sale(central))

    async with contextlib.aclosing(central.services.events.follow(central.operator, 0)) as events:
        async for event in events:
            if event.kind == "sale.committed":
                break

    assert event.body["points"] == 39


async def test_the_ledger_is_not_audited_for_a_terminal(central: CentralUnderTest) -> None:
    terminal = Actor(group_id=GROUP, token_id="t", permissions=ROLES["terminal"])

    with pytest.raises(PermissionMissing):
        await check_ledger(central.services.store, terminal)


async def test_a_ledger_in_use_is_sound_whenever_it_is_audited(central: CentralUnderTest) -> None:
    is_over = False

    async def sell() -> None:
        while not is_over:
            assert (await central.post("sales", a_sale(central))).status == 200
            assert (await central.post("sales", a_sale(central, holder=by_uid(OTHER_UID)))).status == 200

    selling = [asyncio.create_task(sell()) for _ in range(4)]
    try:
        findings = []
        for _ in range(25):
            report = await check_ledger(central.services.store, central.operator)
            findings += report.findings
    finally:
        is_over = True
        await asyncio.gather(*selling)

    assert findings == []
