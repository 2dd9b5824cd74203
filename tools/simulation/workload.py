"""What people do in one seed: acts, some at once, and faults in between."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final

from tools.simulation.acts_sales import Sales
from tools.simulation.acts_stored import Stored
from tools.simulation.acts_tills import Tills
from tools.simulation.acts_value import Value
from tools.simulation.acts_wrong import Wrong
from tools.simulation.faults import FAULTS
from tools.simulation.world import World

ACTS: Final = 8
"""Acts of one seed; faults come on top."""


FAVOURED: Final = 50
"""So much more often does the act happen that a seed is about: what is rare elsewhere meets itself there."""


class Workload(Sales, Value, Stored, Tills, Wrong):
    """All that people do."""

    async def live(self) -> None:
        """Act after act, some at once, with faults in between."""
        rng, world = self._rng, self._world
        acts = tuple(ACTS_OF)
        favourite = rng.choice(acts)
        weights = [weight + FAVOURED * (act is favourite) for act, weight in ACTS_OF.items()]
        faults, fault_weights = tuple(FAULTS), tuple(FAULTS.values())
        for _ in range(ACTS):
            (act,) = rng.choices(acts, weights)
            world.trace.note("act", act.__name__)
            world.person(act(self))
            if rng.random() < 0.45:
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
    Workload.move_house: 5,
    Workload.give_goodwill: 5,
    Workload.run_into_debt: 4,
    Workload.correct: 7,
    Workload.correct_much: 2,
    Workload.block: 2,
    Workload.look: 4,
    Workload.read_lines: 3,
    Workload.report: 22,
    Workload.refund: 9,
    Workload.err: 9,
    Workload.sell_card: 3,
    Workload.pay_by_card: 8,
}
"""How often each happens."""


async def live(world: World) -> None:
    """The life of one seed."""
    await Workload(world).live()
