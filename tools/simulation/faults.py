"""What fails, drawn from the seed: power, processes, lines, clocks; and time in which nothing happens."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final

from tools.simulation.disk import End
from tools.simulation.facts_leases import WITHOUT_END_MS
from tools.simulation.world import YEAR_MS, World

CHANGES_MAX: Final = 60
"""A cut falls within so many writes of the disk."""


async def cut_central(world: World) -> None:
    """Central's power fails, or its process dies, within one of its next writes."""
    rng = world.rng
    world.central.fail_after(rng.randint(1, CHANGES_MAX), rng.choice(tuple(End)))


async def drop_central(world: World) -> None:
    """Central goes down between two writes."""
    world.central.go_down(world.rng.choice(tuple(End)))


async def cut_terminal(world: World) -> None:
    """A terminal goes down within one of its next writes."""
    rng = world.rng
    rng.choice(world.terminals).fail_after(rng.randint(1, CHANGES_MAX // 2), rng.choice(tuple(End)))


async def drop_terminal(world: World) -> None:
    """A terminal goes down between two writes."""
    rng = world.rng
    rng.choice(world.terminals).go_down(rng.choice(tuple(End)))


async def part(world: World) -> None:
    """A line is cut for a while, in one direction or both."""
    rng = world.rng
    one = rng.choice(("t-1", "t-2", "desk-1", "desk-2", "office"))
    sides = rng.choice((1, 2, 3))
    if sides & 1:
        world.network.cut(one, "central")
    if sides & 2:
        world.network.cut("central", one)
    await asyncio.sleep(rng.random() * rng.choice((1, 10)))
    world.network.heal(one)


async def jump_clock(world: World) -> None:
    """A terminal's clock is a year off, or twenty hours; later it is right again."""
    rng = world.rng
    terminal = rng.choice(world.terminals)
    terminal.skew_ms = rng.choice((YEAR_MS, -YEAR_MS, 20 * 3_600_000, -20 * 3_600_000))
    world.trace.note("clock", terminal.name, terminal.skew_ms)
    await asyncio.sleep(rng.random() * 10)
    terminal.skew_ms = 0


async def sleep_long(world: World) -> None:
    """Hours or weeks pass; then central does what is due."""
    rng = world.rng
    hours = rng.choice((1, 20, 24 * 31, 24 * 70))
    world.around.slept_ms += hours * 3_600_000
    world.trace.note("slept", hours)
    await do_upkeep(world)


async def sleep_to_an_end(world: World) -> None:
    """Time passes until points or a hold are about to end, or have just ended."""
    rng, now_ms, state = world.rng, world.around.now_ms(), world.books.state
    ends = {lot.expires_ms for lot in state.lots.values() if lot.expires_ms and lot.remaining}
    ends |= {hold.expires_ms for hold in state.holds.values() if hold.state == "pending"} - {WITHOUT_END_MS}
    ends |= {lease.row["expires_ms"] for lease in state.leases.values() if lease.is_live}
    ahead = sorted(end for end in ends if end > now_ms)
    if ahead:
        off_ms = rng.choice((-60_000, -1_500, -1, 0, 1, 60_000, 3_600_000))
        slept_ms = max(0, rng.choice(ahead[:3]) + off_ms - now_ms)
        world.around.slept_ms += slept_ms
        world.trace.note("slept", slept_ms)
    if rng.random() < 0.5:
        await do_upkeep(world)


async def do_upkeep(world: World) -> None:
    """Central's own round, now."""
    upkeep = world.central.upkeep
    if upkeep is not None:
        world.central.start(upkeep.run_once())


Fault = Callable[[World], Coroutine[Any, Any, None]]
FAULTS: Final[dict[Fault, int]] = {
    cut_central: 10,
    drop_central: 4,
    cut_terminal: 8,
    drop_terminal: 3,
    part: 6,
    jump_clock: 4,
    sleep_long: 4,
    sleep_to_an_end: 6,
    do_upkeep: 3,
}
"""How often each happens."""
