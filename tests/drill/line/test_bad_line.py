"""Two thousand tickets over a bad line, again and again: points and money equal an independent recount.

RELIABILITY invariants 1 to 7, from the tills' own notes. Three small rounds are part of every test run; the
long ones are a drill: twenty seeds with DRILL_FULL=1, two without.
"""

from pathlib import Path

import pytest

from tests.drill.conftest import Drill
from tests.drill.line.drill import Plan, a_round
from tools.faults.namespaces import NoNamespaces

SMALL = Plan(tickets=45, cuts=1, terminal_kills=1, central_kills=1, pause_max_s=0.8, cut_max_s=0.8)
LONG = Plan(tickets=2_000, cuts=12, terminal_kills=5, central_kills=5, pause_max_s=4, cut_max_s=3)
ROUNDS = 2
FULL_ROUNDS = 20


async def play(state: Path, seed: int, plan: Plan) -> dict[str, object]:
    try:
        return await a_round(state, seed, plan)
    except NoNamespaces as error:
        pytest.skip(f"a bad line needs root, network namespaces and TUN devices: {error}")


@pytest.mark.timeout(240)
@pytest.mark.parametrize("number", [1, 2, 3])
async def test_tickets_over_a_line_that_is_cut_come_to_the_recount(
    tmp_path: Path, drill: Drill, number: int
) -> None:
    figures = await play(tmp_path / "state", drill.seed + number, SMALL)

    drill.tell(round=number, **figures)
    assert figures["tickets"] == SMALL.tickets


@pytest.mark.drill
@pytest.mark.timeout(4 * 3600)
async def test_two_thousand_tickets_of_three_tills_come_to_the_recount(tmp_path: Path, drill: Drill) -> None:
    for number in range(FULL_ROUNDS if drill.is_full else ROUNDS):
        seed = drill.rng.getrandbits(32)
        drill.tell(**{f"round_{number + 1}": f"seed {seed}, which failed"})
        figures = await play(tmp_path / f"state-{number}", seed, LONG)
        drill.tell(**{f"round_{number + 1}": f"seed {seed}, {figures}"})
        assert figures["tickets"] == LONG.tickets
