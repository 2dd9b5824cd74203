"""64 tills race for a gift card's last amount, a purse, a prize and one sale of a card, on both engines.

Complaints 12 and 14: exactly the allowed number wins, what is returned at once comes back once, and the books
agree after each round. A hundred rounds on SQLite, ten on PostgreSQL; a hundred on both with DRILL_FULL=1.
"""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from tests.central_fixture import GROUP, CentralUnderTest, a_central, a_return, by_uid
from tests.drill.conftest import Drill
from tests.integration.central.stored import (
    activate,
    gift,
    holds,
    make_card,
    new_id,
    paid,
    purse,
    sold_card,
    trust,
)
from tests.integration.central.test_claims import patient

pytestmark = [pytest.mark.drill, pytest.mark.timeout(1800)]

ROUNDS = {"sqlite": 100, "postgres": 10}
ROUNDS_FULL = 100
TILLS = 64


async def test_races_for_stored_value(tmp_path: Path, drill: Drill, engine: str) -> None:
    rounds = ROUNDS_FULL if drill.is_full else ROUNDS[engine]
    winners: Counter[str] = Counter()
    async with a_central(tmp_path) as central:
        await trust(central, purse_top_up_per_day_minor=10_000_000)
        for _ in range(rounds):
            winners["sales of a card"] += await race_for_one_sale(central)
            winners["last amounts"] += await race_for_a_last_amount(central, drill)
            winners["purses"] += await race_for_a_purse(central, drill)
            winners["returned"] += await race_of_returns(central, drill)
            assert (await central.services.upkeep.reconcile(GROUP)).findings == ()
    drill.tell(rounds=rounds, tills=TILLS, **{name.replace(" ", "_"): n for name, n in winners.items()})


async def race_for_one_sale(central: CentralUnderTest) -> int:
    """One card, 64 tills that sell it: one wins."""
    number = (await make_card(central))["number"]
    answers = await asyncio.gather(*(activate(central, number, 2000) for _ in range(TILLS)))
    assert {each.code for each in answers if each.status != 200} <= {"gift_card_sold_already"}
    won = sum(each.status == 200 for each in answers)
    assert won == 1
    assert await holds(central, number) == 2000
    return won


async def race_for_a_last_amount(central: CentralUnderTest, drill: Drill) -> int:
    """A card for a drawn number of tickets, 64 tickets: so many win, and the rest stays."""
    allowed, rest = drill.rng.randint(1, TILLS - 1), drill.rng.randint(0, 499)
    number = (await sold_card(central, max(1000, allowed * 500 + rest)))["number"]
    stands = await holds(central, number)
    sales = [paid(central, 500, gift(number, 500), holder={}) for _ in range(TILLS)]
    answers = await asyncio.gather(*(patient(central, sale) for sale in sales))
    assert {each.code for each in answers if each.status != 200} <= {"stored_value_too_low"}
    won = sum(each.status == 200 for each in answers)
    assert won == stands // 500
    assert await holds(central, number) == stands - won * 500
    return won


async def race_for_a_purse(central: CentralUnderTest, drill: Drill) -> int:
    """As before, of a member's purse."""
    view = (await central.post("purses/find", {"holder": by_uid()})).body
    wanted = drill.rng.randint(1, TILLS - 1) * 300 - view["purse_minor"]
    if wanted > 0:
        body = {"top_up_id": new_id(), "holder": by_uid(), "amount_minor": wanted}
        assert (await central.post("purses/top-ups", body)).status == 200
    stands = (await central.post("purses/find", {"holder": by_uid()})).body["purse_minor"]
    sales = [paid(central, 300, purse(300)) for _ in range(TILLS)]
    answers = await asyncio.gather(*(patient(central, sale) for sale in sales))
    assert {each.code for each in answers if each.status != 200} <= {"stored_value_too_low"}
    won = sum(each.status == 200 for each in answers)
    assert won == min(TILLS, stands // 300)
    return won


async def race_of_returns(central: CentralUnderTest, drill: Drill) -> int:
    """A ticket of a drawn number of units, 64 returns of one unit each: all units come back, and no more."""
    units = drill.rng.randint(1, 20)
    number = (await sold_card(central, 5000))["number"]
    sale = paid(central, 4999, gift(number, 4321), holder={}, quantity=units)
    assert (await central.post("sales", sale)).status == 200
    path = f"sales/{sale['sale_id']}/returns"
    answers = []
    for _ in range(20):
        left = units - sum(each.status == 200 for each in answers)
        if not left:
            break
        tries = TILLS if not answers else left
        answers += await asyncio.gather(
            *(central.post(path, a_return(central, [(1, 1)])) for _ in range(tries))
        )
    assert {each.code for each in answers if each.status != 200} <= {"return_exceeds_sale", "try_again"}
    assert sum(each.status == 200 for each in answers) == units
    assert await holds(central, number) == 5000
    return units
