"""The engines that histories run on."""

import pytest

from tests.postgres import Server
from tests.property.storage.engines import Engine, sqlite_database


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> Engine:
    if request.param == "sqlite":
        return Engine(sqlite_database, is_slow=False)
    server: Server = request.getfixturevalue("postgres_server")
    return Engine(server.database, is_slow=True)
