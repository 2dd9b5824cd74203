import pytest

from tools.kiosk_monkey.process import HOME_WITHIN_S, play

VISITS = 12
pytestmark = pytest.mark.timeout(HOME_WITHIN_S + 120)  # an open panel may lawfully stay that long


async def test_random_visits_to_a_real_kiosk_end_at_the_attract_screen() -> None:
    """Sockets, screen and memory are real (a thousand visits: tests/drill/test_kiosk_monkey.py)."""
    run = await play(seed=20261126, visits=VISITS)
    assert run.visits == VISITS
    assert run.touches > VISITS
    assert run.frames > VISITS
    assert len(run.screens) > 5
