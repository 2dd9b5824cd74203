"""Ten thousand random visits: no law broken, every screen met, memory flat (DRILL_FULL=1: fifty thousand)."""

import asyncio

import pytest

from kiosk.flow import Screen
from kiosk.flow.journeys import JOURNEYS
from tests.drill.conftest import Drill
from tools.kiosk_monkey import process
from tools.kiosk_monkey.run import GROWTH_MAX, play

pytestmark = [pytest.mark.drill, pytest.mark.timeout(7_200)]

DAY_MS = 24 * 3_600_000
MIB = 1024 * 1024


async def test_ten_thousand_visits_break_no_law_and_keep_memory_flat(drill: Drill) -> None:
    sessions = 50_000 if drill.is_full else 10_000
    run = await asyncio.to_thread(play, seed=drill.seed, sessions=sessions, is_warm=True)
    drill.tell(
        visits=run.sessions,
        simulated_h=run.simulated_ms // 3_600_000,
        events=run.seen.events,
        frames=run.seen.frames,
        touches=sum(run.seen.touched.values()),
        gone_for=run.gone_for,
        memory_mib=f"{run.resident[len(run.resident) // 5] // MIB}..{run.resident[-1] // MIB}",
        growth=f"{run.growth:.3f}",
    )
    assert run.sessions == sessions
    assert run.simulated_ms > DAY_MS
    assert run.missed == ([] if any(each.visitor_tiles for each in JOURNEYS) else [Screen.VISITOR_MENU])
    assert run.untouched == []
    assert run.growth <= GROWTH_MAX


async def test_a_real_kiosk_survives_a_thousand_random_visits(drill: Drill) -> None:
    visits = 5_000 if drill.is_full else 1_000
    run = await process.play(seed=drill.seed, visits=visits, is_warm=True)
    drill.tell(
        visits=run.visits,
        touches=run.touches,
        frames=run.frames,
        memory_mib=f"{run.resident[len(run.resident) // 5] // MIB}..{run.resident[-1] // MIB}",
        growth=f"{run.growth:.3f}",
    )
    assert run.visits == visits
    assert run.growth <= GROWTH_MAX
