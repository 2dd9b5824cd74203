"""Every test here runs against the `Store` protocol on every engine we have."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from central.storage.base import Store
from central.storage.opening import open_store
from tests.contract.storage.factories import furnish


@pytest.fixture(params=["sqlite"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database; one more engine is one more parameter here."""
    assert request.param == "sqlite"
    return f"sqlite:///{tmp_path}/central.db"


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """An open store with one group, one shop and one member."""
    opened = await open_store(database_url)
    try:
        await furnish(opened)
        yield opened
    finally:
        await opened.close()
