"""A supplier's campaign of 1,000.00: fifteen shops redeem at once, a hundred rounds on each engine.

Not one minor unit more is given; each ticket line stands once in the settlement; its sum is what the ledger
spent.
"""

import asyncio
from pathlib import Path

import pytest

from tests.central_fixture import GROUP, SHAMPOO, SUN_CREAM, CentralUnderTest, a_central, a_return, a_sale
from tests.drill.conftest import Drill
from tests.integration.central.claim_rules import discount, publish, spent_and_left
from tests.integration.central.publishing import ms
from tests.integration.central.test_claims import patient
from tests.integration.central.test_settlements import PAID, fifteen_shops, settled
from tests.movable_clock import MovableClock

pytestmark = [pytest.mark.drill, pytest.mark.timeout(3600)]

ROUNDS = {"sqlite": 100, "postgres": 10}
ROUNDS_FULL = 100
BUDGET = 100_000
TICKETS_A_SHOP = 3
RETURNS = 5


async def test_fifteen_shops_race_for_a_suppliers_budget(tmp_path: Path, drill: Drill, engine: str) -> None:
    rounds = ROUNDS_FULL if drill.is_full else ROUNDS[engine]
    async with a_central(tmp_path, MovableClock(ms("2026-10-15T10:00:00+02:00"))) as central:
        tokens = await fifteen_shops(central)
        lines = 0
        for number in range(rounds):
            lines += await one_round(central, drill, tokens, number)
        assert (await central.services.upkeep.reconcile(GROUP)).findings == ()
    drill.tell(rounds=rounds, shops=len(tokens), tickets=rounds * len(tokens) * TICKETS_A_SHOP, lines=lines)


async def one_round(central: CentralUnderTest, drill: Drill, tokens: list[str], number: int) -> int:
    """One supplier, one campaign, more tickets than it pays for; then some of the goods come back."""
    party, rule = f"sol-{number}", f"third-{number}"
    await central.put(f"parties/supplier/{party}", {"name": "Sol Laboratoires SA"})
    await publish(central, discount(id=rule, budget=BUDGET, **PAID | {"funder": f"supplier/{party}"}))
    sales = [
        (
            token,
            a_sale(central, [(SUN_CREAM, 2, drill.rng.randint(7_000, 12_000)), (SHAMPOO, 1, 1_333)], {}),
        )
        for token in tokens * TICKETS_A_SHOP
    ]
    answers = await asyncio.gather(*(patient(central, sale, token=token) for token, sale in sales))
    assert {each.status for each in answers} == {200}
    asked = sum(line["amount_minor"] for _, sale in sales for line in sale["basket"]["lines"])
    assert asked - sum(each.body["total_minor"] for each in answers) == BUDGET
    assert await spent_and_left(central, rule, "CHF/2") == (BUDGET, 0)
    path = f"settlements/2026-10/parties/supplier/{party}"
    view = await settled(central, path)
    assert view["amount_minor"] == BUDGET
    assert len({tuple(line["entry"].split("/")[:2]) for line in view["listed"]}) == view["lines"]
    for _, sale in drill.rng.sample(sales, RETURNS):
        back = a_return(central, [(1, 1)])
        assert (await central.post(f"sales/{sale['sale_id']}/returns", back)).status == 200
    spent, _ = await spent_and_left(central, rule, "CHF/2")
    assert (await settled(central, path))["amount_minor"] == spent
    return int(view["lines"])
