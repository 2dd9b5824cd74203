"""Compound segments over a hundred thousand members agree with plain counting, on both engines."""

from pathlib import Path

import pytest

from tests.integration.central.crowd import a_crowd, recount
from tests.postgres import Server

pytestmark = [pytest.mark.drill, pytest.mark.timeout(3_600)]
MEMBERS = 100_000


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_compound_segments_of_a_hundred_thousand_members_agree_with_plain_counting(
    tmp_path: Path, request: pytest.FixtureRequest, engine: str
) -> None:
    if engine == "sqlite":
        async with a_crowd(f"sqlite:///{tmp_path}/central.db", tmp_path, MEMBERS, seed=7) as crowd:
            await recount(crowd)
        return
    server: Server = request.getfixturevalue("postgres_server")
    with server.empty_database() as address:
        async with a_crowd(address, tmp_path, MEMBERS, seed=7) as crowd:
            await recount(crowd)
