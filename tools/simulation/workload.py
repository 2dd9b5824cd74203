"""What people do in one seed: acts, some at once, and faults in between."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final

from tools.simulation.acts_games import Games
from tools.simulation.acts_leases import Leases
from tools.simulation.acts_leaving import Leaving
from tools.simulation.acts_merged import Merges
from tools.simulation.acts_paying import Paying
from tools.simulation.acts_services import Services
from tools.simulation.acts_tills import Tills
from tools.simulation.acts_wrong import Wrong
from tools.simulation.faults import FAULTS
from tools.simulation.world import World

ACTS: Final = 8
"""Acts of one seed; faults come on top."""


class Workload(Merges, Services, Paying, Tills, Games, Leases, Leaving, Wrong):
    """All that people do."""

    async def live(self) -> None:
        """Act after act, some at once, with faults in between."""
        rng, world = self._rng, self._world
        known, known_faults = world.swarm.acts(ACTS_OF), world.swarm.faults(FAULTS)
        acts, weights = tuple(known), tuple(known.values())
        faults, fault_weights = tuple(known_faults), tuple(known_faults.values())
        for _ in range(ACTS):
            (act,) = rng.choices(acts, weights)
            world.trace.note("act", act.__name__)
            world.person(act(self))
            if rng.random() < world.swarm.fault_rate:
                (fault,) = rng.choices(faults, fault_weights)
                world.person(fault(world))
            await asyncio.sleep(rng.choice((0.0, 0.05, 0.4, 1.5)) * rng.random())


Act = Callable[[Workload], Coroutine[Any, Any, None]]
ACTS_OF: Final[dict[Act, int]] = {
    Workload.sell: 16,
    Workload.sell_quoted: 4,
    Workload.sell_reserved: 14,
    Workload.sell_redeeming: 6,
    Workload.use_voucher: 7,
    Workload.earn_voucher: 3,
    Workload.take_back: 14,
    Workload.give: 6,
    Workload.spend_otherwise: 5,
    Workload.move_house: 5,
    Workload.give_goodwill: 5,
    Workload.run_into_debt: 5,
    Workload.pay_late: 5,
    Workload.want_the_same: 4,
    Workload.promise_beside: 4,
    Workload.bring_back_in_debt: 4,
    Workload.bring_back_aged: 4,
    Workload.correct: 7,
    Workload.correct_much: 3,
    Workload.merge: 5,
    Workload.block: 2,
    Workload.look: 4,
    Workload.read_lines: 3,
    Workload.report: 22,
    Workload.refund: 9,
    Workload.queue_up: 5,
    Workload.err: 9,
    Workload.sell_card: 3,
    Workload.fill_purse: 4,
    Workload.pay_stored: 10,
    Workload.pay_at_till: 8,
    Workload.sell_ahead: 2,
    Workload.draw_service: 4,
    Workload.play: 9,
    Workload.lease: 6,
    Workload.leave: 5,
}
"""How often each happens."""


async def live(world: World) -> None:
    """The life of one seed."""
    await Workload(world).live()
