"""A central per test: real socket, real database, a small group; what moves value on both engines."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.central_fixture import CentralUnderTest, a_central
from tests.postgres import Server

ON_BOTH_ENGINES = (
    "test_card_lives",
    "test_claims",
    "test_counter_enrolment",
    "test_counter_tickets",
    "test_clearing",
    "test_history_vectors",
    "test_gift_cards",
    "test_erasure",
    "test_incidents",
    "test_known",
    "test_liability",
    "test_leases",
    "test_merging",
    "test_merging_people",
    "test_party_statements",
    "test_prizes",
    "test_insured_cards",
    "test_phone_cards",
    "test_pins",
    "test_purse",
    "test_parties",
    "test_replays",
    "test_returns",
    "test_sales",
    "test_segments",
    "test_tiers",
    "test_shared_tries",
    "test_sponsor_limit",
    "test_sponsor_ranking",
    "test_settlements",
    "test_upkeep",
    "test_value",
    "test_whole_lives",
)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests of these files once per engine."""
    if metafunc.module.__name__.rpartition(".")[2] in ON_BOTH_ENGINES:
        metafunc.parametrize("engine", ["sqlite", "postgres"], indirect=True)


@pytest.fixture(autouse=True)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """What `database_of(tmp_path)` is on."""
    name = getattr(request, "param", "sqlite")
    if name == "sqlite":
        yield name
        return
    server: Server = request.getfixturevalue("postgres_server")
    with server.database() as address:
        (tmp_path / "database").write_text(address)
        yield name


@pytest.fixture
async def central(tmp_path: Path, engine: str) -> AsyncIterator[CentralUnderTest]:
    assert engine
    async with a_central(tmp_path) as running:
        yield running
