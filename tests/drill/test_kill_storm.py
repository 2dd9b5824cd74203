"""Central is killed again and again under load: every acknowledged ticket is there, once.

RELIABILITY invariants 1 (conservation), 2 (no acknowledged loss), 3 (no duplicate), 5 (hash chain).
"""

import asyncio
import random
from pathlib import Path

import pytest

from tests.drill.conftest import Drill
from tests.drill.place import a_place, findings_of_a_tampered_copy, sound_books
from tests.drill.till_client import Record, TillClient, http_session

pytestmark = [pytest.mark.drill, pytest.mark.timeout(300)]

CLIENTS = 16
KILLS = 20
ALIVE_MAX_S = 2.5
"""Central lives up to so long between two kills, drawn at random."""


async def test_every_acknowledged_ticket_survives_a_kill_storm(tmp_path: Path, drill: Drill) -> None:
    record = Record()
    async with a_place(tmp_path / "state") as place:
        stack = place.stack
        await stack.start(("central",))
        stop = asyncio.Event()
        async with http_session(place.token) as session, asyncio.TaskGroup() as group:
            for number in range(CLIENTS):
                rng = random.Random(f"{drill.seed}/{number}")
                client = TillClient(f"c{number}", stack.central_url, session, record, rng)
                group.create_task(client.run(stop))
            for _ in range(KILLS):
                await asyncio.sleep(drill.rng.uniform(0.2, ALIVE_MAX_S))
                await stack.kill("central")
                await stack.start(("central",))
            stop.set()
        balances = {member_id: balance for member_id, balance in record.balances.items() if balance}
        await stack.stop()
        books = await sound_books(stack.plan.database)

    drill.tell(
        kills=KILLS,
        sales=len(record.sales),
        returns=len(record.returns),
        unknown=record.seen["unknown"],
        repeated=record.seen["repeated"],
        replayed=record.seen["replayed"],
    )
    assert books.sales == record.sales, "sales at central and sales acknowledged differ"
    assert books.returns == record.returns
    assert books.lines == len(record.sales), "each sale has its one line, no more"
    assert {member_id: balance for member_id, balance in books.balances.items() if balance} == balances
    assert len(record.sales) > KILLS
    found = await findings_of_a_tampered_copy(stack.plan.database, tmp_path / "tampered.db")
    assert "chain_broken" in found, "an altered row must be found"
