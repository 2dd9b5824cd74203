"""64 tills race for one voucher, one budget and one limit through the real API, a hundred times.

Complaints 12 to 17: exactly the allowed number wins, and the books agree after every round.
"""

import asyncio
from pathlib import Path

import pytest

from tests.central_fixture import GROUP, OTHER_UID, UID, a_central, a_sale, by_uid
from tests.drill.conftest import Drill
from tests.integration.central.claim_rules import bonus, discount, publish, spent_and_left
from tests.integration.central.test_claims import LINE, patient
from tests.integration.central.test_vouchers import earn, paid_with, thanks

pytestmark = [pytest.mark.drill, pytest.mark.timeout(1800)]

ROUNDS = 100
TILLS = 64


async def test_races_for_a_voucher_a_budget_and_a_limit(tmp_path: Path, drill: Drill) -> None:
    winners = {"vouchers": 0, "budget": 0, "limit": 0}
    async with a_central(tmp_path) as central:
        for number in range(ROUNDS):
            await publish(central, thanks())
            code = (await earn(central)).body["vouchers"][0]["code"]
            calls = [patient(central, paid_with(central, code)) for _ in range(TILLS)]
            answers = await asyncio.gather(*calls)
            assert {each.code for each in answers if each.status != 200} == {"voucher_used"}
            won = sum(each.status == 200 for each in answers)
            assert won == 1
            winners["vouchers"] += won

            allowed, points = drill.rng.randint(1, TILLS - 1), drill.rng.randint(1, TILLS * 50 - 1)
            limit = {"per": "group", "window": "ever", "times": allowed}
            off = discount(id=f"off-{number}", limits=[limit])
            await publish(central, off, bonus(id=f"bonus-{number}", budget=points))
            sales = [
                a_sale(central, [LINE], by_uid(drill.rng.choice((UID, OTHER_UID)))) for _ in range(TILLS)
            ]
            answers = await asyncio.gather(*(patient(central, sale) for sale in sales))
            totals = [each.body["total_minor"] for each in answers]
            assert (totals.count(700), totals.count(1000)) == (allowed, TILLS - allowed)
            assert sum(each.body["points"] for each in answers) == points
            assert await spent_and_left(central, f"bonus-{number}", "PTS/0") == (points, 0)
            winners["limit"] += allowed
            winners["budget"] += points
        assert (await central.services.upkeep.reconcile(GROUP)).findings == ()
    drill.tell(rounds=ROUNDS, tills=TILLS, **winners)
