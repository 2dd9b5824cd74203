"""A bad network between terminal and central, and a terminal that is killed: once, in order, nothing left.

RELIABILITY invariants 1-5: conservation, no acknowledged loss, no duplicate, monotone outbox, hash chain.
"""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.drill.books import sound_books
from tests.drill.conftest import Drill
from tests.drill.place import HOLDERS, a_place
from tests.drill.tickets import Lane, a_till, drained, noted_in_order, outbox_counts
from tools.demo.stack import HOST
from tools.faults.network import Fate, RoughCable, Weather

pytestmark = [pytest.mark.drill, pytest.mark.timeout(400)]

TILLS = 4
TICKETS_PER_TILL = 50
KILLS = 5
CUTS = 3
DRAINED_WITHIN_S = 90
STORM = Weather(
    weights={
        Fate.PASS: 55,
        Fate.LATE: 10,
        Fate.CUT_REQUEST: 10,
        Fate.CUT_ANSWER: 12,
        Fate.SILENT: 1,
        Fate.TWICE: 12,
    },
    delay_max_s=0.02,
    late_max_s=0.8,
    repeat_after_max_s=2.0,
)


async def test_tickets_over_a_bad_network_are_booked_once_and_in_order(tmp_path: Path, drill: Drill) -> None:
    async with a_place(tmp_path / "state") as place, AsyncExitStack() as tills:
        stack = place.stack
        cable = RoughCable(HOST, stack.central_port, drill.rng, STORM)
        stack.cable = cable
        await stack.start(("central", "terminal"))
        lanes = [
            Lane(await tills.enter_async_context(a_till(place, f"TILL-{number}")), HOLDERS[number])
            for number in range(TILLS)
        ]

        async def sell(lane: Lane) -> None:
            for _ in range(TICKETS_PER_TILL):
                await lane.report()

        async def disturb() -> None:
            for number in range(KILLS + CUTS):
                await asyncio.sleep(drill.rng.uniform(0.5, 5))
                if number % 2 and number < 2 * CUTS:
                    await cable.cut()
                    await asyncio.sleep(drill.rng.uniform(0.2, 2))
                    await cable.mend()
                else:
                    await stack.kill("terminal")
                    await stack.start(("terminal",))

        async with asyncio.TaskGroup() as group:
            group.create_task(disturb())
            for lane in lanes:
                group.create_task(sell(lane))
        await cable.calm()

        await drained(stack, deadline_s=DRAINED_WITHIN_S)
        await stack.stop()
        counts = await outbox_counts(stack)
        noted = await noted_in_order(stack)
        books = await sound_books(stack.plan.database_address)

    tickets = TILLS * TICKETS_PER_TILL
    drill.tell(
        tickets=tickets,
        kills=KILLS,
        cuts=CUTS,
        queued=sum(lane.queued for lane in lanes),
        repeated_by_tills=sum(lane.repeated for lane in lanes),
        fates={fate.value: number for fate, number in sorted(cable.fates.items())},
    )
    assert (counts.depth, counts.refused, counts.delivered, counts.last_seq) == (0, 0, tickets, tickets)
    assert list(books.sales) == noted, "central booked in the order in which the terminal noted"
    for lane in lanes:
        arrived = [key for key in books.business_keys if key.startswith(lane.till.sale_id + "|")]
        assert arrived == lane.reported, "each till's tickets arrive once and in their order"
        assert books.balances[lane.holder.member_id] == lane.points
    assert len(books.business_keys) == tickets
    for fate in (Fate.CUT_REQUEST, Fate.CUT_ANSWER, Fate.TWICE):
        assert cable.fates[fate], f"the weather never drew {fate.value}: longer drill needed"
