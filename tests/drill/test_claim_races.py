"""64 tills race for one voucher, one balance, one budget and one limit through the real API, on both engines.

Complaints 12 to 17: exactly the allowed number wins, and the books agree after each round. A hundred rounds
on SQLite, ten on PostgreSQL; a hundred on both with DRILL_FULL=1.
"""

import asyncio
import json
from collections import Counter
from pathlib import Path

import pytest

from tests.central_fixture import (
    GROUP,
    OTHER_UID,
    SHAMPOO,
    SUN_CREAM,
    UID,
    CentralUnderTest,
    a_central,
    a_sale,
    by_uid,
)
from tests.drill.conftest import Drill
from tests.integration.central.claim_rules import bonus, discount, publish, spent_and_left
from tests.integration.central.test_claims import LINE, patient
from tests.integration.central.test_value import LENIENT
from tests.integration.central.test_vouchers import earn, paid_with, thanks

pytestmark = [pytest.mark.drill, pytest.mark.timeout(7_200)]

ROUNDS = {"sqlite": 100, "postgres": 10}
ROUNDS_FULL = 100
TILLS = 64
BURNT = 100
"""Points that each till wants from the balance."""
STEP = {"points": BURNT, "worth_minor": 200}
POINTS_PER_FRANC = {
    "id": "points",
    "version": 1,
    "kind": "campaign",
    "when": {"fact": "member.is_known"},
    "effects": [{"effect": "points_per_amount", "points": 1, "per_minor": 100, "rounding": "floor"}],
}


async def test_races_for_a_voucher_a_balance_a_budget_and_a_limit(
    tmp_path: Path, drill: Drill, engine: str
) -> None:
    rounds = ROUNDS_FULL if drill.is_full else ROUNDS[engine]
    winners: Counter[str] = Counter()
    async with a_central(tmp_path) as central:
        for number in range(rounds):
            winners["vouchers"] += await race_for_a_voucher(central)
            winners["burns"] += await race_for_a_balance(central, drill)
            limit, budget = await race_for_a_limit_and_a_budget(central, drill, number)
            winners["limit"] += limit
            winners["budget"] += budget
            assert (await central.services.upkeep.reconcile(GROUP)).findings == ()
    drill.tell(rounds=rounds, tills=TILLS, **winners)


async def race_for_a_voucher(central: CentralUnderTest) -> int:
    """One voucher, 64 tickets that pay with it: one wins."""
    await publish(central, thanks())
    code = (await earn(central)).body["vouchers"][0]["code"]
    calls = [patient(central, paid_with(central, code)) for _ in range(TILLS)]
    answers = await asyncio.gather(*calls)
    assert {each.code for each in answers if each.status != 200} == {"voucher_used"}
    won = sum(each.status == 200 for each in answers)
    assert won == 1
    return won


async def race_for_a_balance(central: CentralUnderTest, drill: Drill) -> int:
    """A balance for a drawn number of burns, 64 tickets that burn: so many win, and the rest stays."""
    await publish(central, POINTS_PER_FRANC)
    allowed, rest = drill.rng.randint(1, TILLS - 1), drill.rng.randint(0, BURNT - 1)
    wanted = allowed * BURNT + rest - await central.points_of()
    if wanted > 0:
        filled = await patient(central, a_sale(central, [(SUN_CREAM, 1, wanted * 100)]))
        assert filled.body["points"] == wanted
    stands = await central.points_of()
    may_win = min(stands // BURNT, TILLS)
    # Nothing earns now, so that no burn pays for another.
    await publish(central, identification=LENIENT, voucher_step=STEP)
    sales = [a_sale(central, [(SHAMPOO, 1, 890)], redeem_points=BURNT) for _ in range(TILLS)]
    answers = await asyncio.gather(*(patient(central, sale) for sale in sales))
    lost = {each.code for each in answers if each.status != 200}
    assert lost <= {"balance_too_low"}, json.dumps(sorted(lost))
    won = sum(each.status == 200 for each in answers)
    assert won == may_win
    assert await central.points_of() == stands - won * BURNT
    return won


async def race_for_a_limit_and_a_budget(
    central: CentralUnderTest, drill: Drill, number: int
) -> tuple[int, int]:
    """A discount for a drawn number of tickets and a bonus with a drawn budget: exactly so much is given."""
    allowed, points = drill.rng.randint(1, TILLS - 1), drill.rng.randint(1, TILLS * 50 - 1)
    limit = {"per": "group", "window": "ever", "times": allowed}
    off = discount(id=f"off-{number}", limits=[limit])
    await publish(central, off, bonus(id=f"bonus-{number}", budget=points))
    sales = [a_sale(central, [LINE], by_uid(drill.rng.choice((UID, OTHER_UID)))) for _ in range(TILLS)]
    answers = await asyncio.gather(*(patient(central, sale) for sale in sales))
    totals = [each.body["total_minor"] for each in answers]
    assert (totals.count(700), totals.count(1000)) == (allowed, TILLS - allowed)
    assert sum(each.body["points"] for each in answers) == points
    assert await spent_and_left(central, f"bonus-{number}", "PTS/0") == (points, 0)
    return allowed, points
