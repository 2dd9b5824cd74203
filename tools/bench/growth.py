"""What a purchase costs in a group ten times as big in one direction: small and large by turns in one run."""

import contextlib
from dataclasses import replace
from typing import Final

from tools.bench import servers
from tools.bench.endpoint import Plan, closed, warm_up
from tools.bench.report import Report, against
from tools.bench.traffic import Sales
from tools.bench.world import Size, Tell, grow

TIMES: Final = 10
SMALL: Final = Size(members=1_000, tickets=3_000, promotions=1_000, shops=10)
DIRECTIONS: Final = ("members", "tickets", "promotions", "shops")
CONNECTIONS: Final = 8
GROWTH_GOAL: Final = 1.25


async def measure(plan: Plan, report: Report, tell: Tell) -> None:
    """Median latency and processor time of a purchase, in the small group and in each of the large ones."""
    worlds = {"small": plan.world}
    for direction in DIRECTIONS:
        large = replace(SMALL, **{direction: getattr(SMALL, direction) * TIMES})
        copy = plan.world.copy_to(plan.folder / direction)
        worlds[direction] = await grow(copy, large, tell)
    medians: dict[str, list[float]] = {name: [] for name in worlds}
    costs: dict[str, list[float]] = {name: [] for name in worlds}
    sales = {name: Sales(world) for name, world in worlds.items()}
    log = plan.folder / "servers.log"
    async with contextlib.AsyncExitStack() as stack:
        running = {
            name: await stack.enter_async_context(
                servers.central(plan.cores, world.database, world.secrets, log)
            )
            for name, world in worlds.items()
        }
        for name, server in running.items():  # each reads and compiles its programme before it is measured
            await warm_up(server, sales[name])
        for round_number in range(plan.rounds):
            for done, (name, server) in enumerate(running.items()):
                tell("Growth", round_number * len(running) + done, plan.rounds * len(running))
                stretch = await closed(server, sales[name], plan, CONNECTIONS)
                medians[name].append(stretch.figures.latency_ms.median)
                costs[name].append(stretch.processor_us)
    for direction in DIRECTIONS:
        name = f"purchase, {TIMES} times the {direction}"
        goal = f"< {GROWTH_GOAL}"
        small = medians["small"]
        report.measured.append(against(f"{name}, median", "ms", medians[direction], "small", small, goal))
        report.measured.append(
            against(f"{name}, processor time", "µs", costs[direction], "small", costs["small"])
        )
