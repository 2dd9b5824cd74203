"""Every test here runs against the `Store` protocol on every engine we have."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from central.storage.base import Store
from central.storage.opening import open_store
from tests.contract.storage.factories import furnish
from tests.postgres import Server


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without rows; one more engine is one more parameter here."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/central.db"
        return
    server: Server = request.getfixturevalue("postgres_server")
    with server.database() as address:
        yield address


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """An open store with one group, one shop and one member."""
    opened = await open_store(database_url)
    try:
        await furnish(opened)
        yield opened
    finally:
        await opened.close()
