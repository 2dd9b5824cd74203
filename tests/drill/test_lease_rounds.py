"""Two tills, one online and one in a cut, burn the same member's last points (RELIABILITY 6).

100 rounds on SQLite with random cuts, kills, reboots, clock jumps and late settlements; DRILL_FULL=1 plays
them on PostgreSQL too, and every test run plays three.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.drill.conftest import Drill
from tests.drill.leases.blocked import now_and_then
from tests.drill.leases.rounds import play
from tests.postgres import Server

ROUNDS = 100
ROUNDS_IN_EVERY_TEST = 3
BLOCKED_EVERY = 14
"""After so many rounds another member's card is blocked in a cut: each of seven members once."""


@pytest.fixture(params=["sqlite", "postgres"])
def server_address(request: pytest.FixtureRequest, drill: Drill) -> Iterator[str | None]:
    """A database of a PostgreSQL server, made before the test's loop runs; None: a file."""
    if request.param == "sqlite":
        yield None
        return
    if not drill.is_full:
        pytest.skip("DRILL_FULL=1 plays it on PostgreSQL too")
    server: Server = request.getfixturevalue("postgres_server")
    with server.database() as address:
        yield address


@pytest.mark.drill
@pytest.mark.timeout(3_600)
async def test_leases_and_online_burns_never_exceed_the_balance(
    tmp_path: Path, drill: Drill, server_address: str | None
) -> None:
    figures = await play(
        tmp_path / "state", drill.seed, ROUNDS, now_and_then(BLOCKED_EVERY), server=server_address
    )
    drill.tell(**figures)
    assert figures["burns_in_a_cut"], "no till burned in a cut: longer drill needed"
    assert figures["online_burns"]
    assert figures["points_at_risk"], "no blocked card burned in a cut"


@pytest.mark.timeout(600)
async def test_a_few_rounds_of_two_tills_at_the_same_last_points(tmp_path: Path, drill: Drill) -> None:
    figures = await play(
        tmp_path / "state", drill.seed, ROUNDS_IN_EVERY_TEST, now_and_then(ROUNDS_IN_EVERY_TEST)
    )
    drill.tell(**figures)
    assert figures["rounds"] == ROUNDS_IN_EVERY_TEST
    assert figures["leases"]
    assert figures["blocked_cards"] == 1
