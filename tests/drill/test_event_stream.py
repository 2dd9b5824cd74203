"""The event stream at length, on both engines: 16 writers, 100,000 events, a reader at the tail."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from central.storage.opening import open_store
from tests.contract.storage.event_stream import tail_while_writing
from tests.contract.storage.factories import furnish
from tests.postgres import Server

pytestmark = [pytest.mark.drill, pytest.mark.timeout(1200)]

EVENTS = 100_000


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/central.db"
        return
    server: Server = request.getfixturevalue("postgres_server")
    with server.database() as address:
        yield address


async def test_a_reader_at_the_tail_misses_none_of_100_000_events(database_url: str) -> None:
    store = await open_store(database_url)
    try:
        await furnish(store)
        asked, followed = await tail_while_writing(store, database_url, EVENTS)
    finally:
        await store.close()
    assert asked == followed == list(range(1, EVENTS + 1))
