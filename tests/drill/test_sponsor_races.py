"""64 members whom one sponsor brought buy at once, and one of them 64 times, on both engines (C-10).

Exactly the drawn number of the month's rewards is given, one for a member; all tickets come back at once, so
does all that was given. A hundred rounds on SQLite, ten on PostgreSQL; a hundred on both with DRILL_FULL=1.
"""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.central_fixture import GROUP, MEMBER, CentralUnderTest, a_central, a_return, a_sale
from tests.drill.conftest import Drill
from tests.integration.central.test_claims import patient
from tests.integration.central.test_sponsor_limit import LINE, REWARD, allow, warned
from tests.integration.central.test_sponsor_ranking import bring
from tests.integration.central.test_sponsors import publish_always

pytestmark = [pytest.mark.drill, pytest.mark.timeout(7_200)]

ROUNDS = {"sqlite": 100, "postgres": 10}
ROUNDS_FULL = 100
TILLS = 64


async def test_races_for_a_sponsors_rewards(tmp_path: Path, drill: Drill, engine: str) -> None:
    rounds = ROUNDS_FULL if drill.is_full else ROUNDS[engine]
    winners: Counter[str] = Counter()
    async with a_central(tmp_path) as central:
        await publish_always(central)
        cards = [await bring(central, number, MEMBER) for number in range(1, TILLS + 1)]
        for _ in range(rounds):
            winners["of_many"] += await race(central, cards, drill.rng.randint(0, TILLS - 1))
            one = drill.rng.choice(cards)
            winners["of_one"] += await race(central, [one] * TILLS, TILLS, members=1)
            assert (await central.services.upkeep.reconcile(GROUP)).findings == ()
    drill.tell(rounds=rounds, tills=TILLS, **winners)


async def race(
    central: CentralUnderTest, cards: list[dict[str, str]], allowed: int, *, members: int = TILLS
) -> int:
    """So many tickets at once: as many rewards as are allowed, and none of them twice for a member."""
    await allow(central, allowed)
    sales = [a_sale(central, [LINE], holder=card) for card in cards]
    answers = await asyncio.gather(*(patient(central, sale) for sale in sales))
    assert {each.status for each in answers} == {200}
    won = min(allowed, members)
    assert [each.body["points"] for each in answers].count(110) == members, "the sponsored members' own"
    assert sum(warned(each) == ["sponsor_month_full"] for each in answers) == members - won
    assert await central.points_of(MEMBER) == won * REWARD
    await asyncio.gather(*(take_back(central, sale) for sale in sales))
    assert await central.points_of(MEMBER) == 0
    return won


async def take_back(central: CentralUnderTest, sale: dict[str, Any]) -> None:
    path = f"sales/{sale['sale_id']}/returns"
    assert (await patient(central, a_return(central, [(1, 1)]), path)).status == 200
