"""One round: tills sell over a bad line that is cut, terminal and central are killed; then the recount."""

import asyncio
import random
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import apsw

from central.services.core.access import operator_of
from central.services.ledger.check import check_ledger
from central.storage.opening import open_store
from tests.central_fixture import GROUP, PROGRAMME
from tests.drill.line.recount import Recount, recount
from tests.drill.line.stack import LineStack, Site, a_site
from tests.drill.line.tills import Notes, NotingTill
from tests.drill.place import HOLDERS, Place, a_place
from tests.drill.tickets import outbox_counts
from tools.demo.stack import Stack
from tools.faults.bad_line import CALM, BadLine, Weather
from tools.till import SimulatedTill

TILLS = 3
TRUSTING = PROGRAMME | {"identification": {"redeem": "barcode"}}
WEATHER = Weather(loss_per_mille=20, double_per_mille=10, delay_s=0.001, jitter_s=0.02)
STILL_FOR_S = 900
"""A queue from which nothing was taken for so long will not empty."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How much happens in a round. The pauses between faults are drawn up to `pause_max_s`."""

    tickets: int
    cuts: int
    terminal_kills: int
    central_kills: int
    pause_max_s: float
    cut_max_s: float


async def a_round(state: Path, seed: int, plan: Plan) -> dict[str, object]:
    """Play it; the figures. Raises: NoNamespaces; AssertionError: what does not add up."""
    rng = random.Random(seed)
    with a_site(random.Random(rng.getrandbits(64)), WEATHER) as site:
        site.line.open()
        try:
            return await _play(state, rng, plan, site)
        finally:
            site.line.close()


async def _play(state: Path, rng: random.Random, plan: Plan, site: Site) -> dict[str, object]:
    started_s = time.monotonic()
    make_stack = lambda made: LineStack(made, site)  # noqa: E731
    async with (
        a_place(state, programme=TRUSTING, make_stack=make_stack) as place,
        AsyncExitStack() as open_tills,
    ):
        stack = place.stack
        await stack.start(("central", "terminal"))
        tills = []
        for number in range(TILLS):
            till = SimulatedTill(
                stack.nexo_url,
                sale_id=f"TILL-{number}",
                poi_id=stack.plan.poi_id,
                open_socket=site.open_till_socket,
            )
            await open_tills.enter_async_context(till)
            tills.append(NotingTill(till, HOLDERS, random.Random(rng.getrandbits(64))))
        shares = [plan.tickets // TILLS + (number < plan.tickets % TILLS) for number in range(TILLS)]
        faults = random.Random(rng.getrandbits(64))
        async with asyncio.TaskGroup() as group:
            group.create_task(_disturb(place, site.line, faults, plan))
            for noting, share in zip(tills, shares, strict=True):
                group.create_task(noting.work(share))
        sold_s = time.monotonic()
        site.line.mend()
        site.line.weather = CALM
        await _drain(stack)
        await stack.stop()
        counts = await outbox_counts(stack)
        address = stack.plan.database_address
        store = await open_store(address)
        try:
            report = await check_ledger(store, operator_of(GROUP))
        finally:
            await store.close()
        assert report.is_sound, [finding.text for finding in report.findings]
        database = stack.plan.database
    all_notes = [noting.notes for noting in tills]
    due = recount(all_notes)
    await asyncio.to_thread(_compare, database, due, all_notes)
    noted = sum(len(notes.noted) for notes in all_notes)
    assert (counts.depth, counts.refused, counts.delivered) == (0, 0, noted), counts
    seen = sum((notes.seen for notes in all_notes), start=type(all_notes[0].seen)())
    return {
        "tickets": len(due.totals_minor),
        "returns": len(due.taken_back),
        "points": sum(due.net_points.values()),
        "total_minor": sum(due.totals_minor.values()),
        "line": dict(site.line.seen),
        "tills": dict(sorted(seen.items())),
        "selling_s": round(sold_s - started_s, 1),
    }


async def _disturb(place: Place, line: BadLine, rng: random.Random, plan: Plan) -> None:
    """Cuts and kills in a drawn order, with drawn pauses."""
    acts = ["cut"] * plan.cuts + ["terminal"] * plan.terminal_kills + ["central"] * plan.central_kills
    rng.shuffle(acts)
    for act in acts:
        await asyncio.sleep(rng.uniform(0, plan.pause_max_s))
        if act == "cut":
            line.cut()
            await asyncio.sleep(rng.uniform(0.1, plan.cut_max_s))
            if rng.random() < 0.3:  # a machine dies while the line is away
                await _kill(place, rng.choice(("terminal", "central")))
            line.mend()
        else:
            await _kill(place, act)


async def _drain(stack: Stack) -> None:
    """Wait until nothing waits at the terminal, as long as it goes on: thousands take their time."""
    depth = (await outbox_counts(stack)).depth
    until_s = time.monotonic() + STILL_FOR_S
    while depth:
        await asyncio.sleep(0.2)
        left = (await outbox_counts(stack)).depth
        if left < depth:
            depth, until_s = left, time.monotonic() + STILL_FOR_S
        assert time.monotonic() < until_s, f"{left} tickets wait, and nothing was taken for {STILL_FOR_S} s"


async def _kill(place: Place, name: str) -> None:
    await place.stack.kill(name)
    await place.stack.start((name,))


def _compare(database: Path, due: Recount, all_notes: list[Notes]) -> None:
    """What central holds against the recount. Raises: AssertionError."""
    connection = apsw.Connection(str(database), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        sales = connection.execute("SELECT business_key, total_minor, points FROM sale").fetchall()
        returns = connection.execute("SELECT business_key, points FROM sale_return").fetchall()
        order = [
            key
            for (key,) in connection.execute(
                "SELECT coalesce(sale.business_key, sale_return.business_key) FROM event"
                " LEFT JOIN sale ON event.kind = 'sale.committed' AND sale.sale_id = event.body ->> 'sale_id'"
                " LEFT JOIN sale_return ON event.kind = 'sale.returned'"
                " AND sale_return.return_id = event.body ->> 'return_id'"
                " WHERE event.kind IN ('sale.committed', 'sale.returned') ORDER BY event.seq"
            )
        ]
        balances: dict[str, int] = dict(connection.execute("SELECT account, balance FROM account"))
        low = connection.execute(
            "SELECT account, balance, floor, held FROM (SELECT account.account, balance, floor,"
            " (SELECT coalesce(sum(amount - posted), 0) FROM hold WHERE hold.account = account.account"
            " AND hold.asset = account.asset AND state = 'pending') AS held FROM account)"
            " WHERE balance - held < floor"
        ).fetchall()
    finally:
        connection.close()
    assert len(sales) == len({key for key, *_ in sales}), "no ticket is booked twice"
    assert {key: total for key, total, _ in sales} == due.totals_minor, (
        "money: each ticket once, at its total"
    )
    assert {key: points for key, _, points in sales} == due.points
    assert dict(returns) == due.taken_back
    assert len(returns) == len(due.taken_back)
    for notes in all_notes:
        mine = set(notes.noted)
        assert [key for key in order if key in mine] == notes.noted, "each till's order is kept"
    for member_id, net in due.net_points.items():
        held = balances.get(f"member/{member_id}/points", 0) + balances.get(
            f"member/{member_id}/points_owed", 0
        )
        assert held == net, f"{member_id}: central holds {held}, the tills' notes come to {net}"
    assert low == [], "no account is under its floor"
