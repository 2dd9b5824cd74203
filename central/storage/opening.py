"""Opening a store by its address."""

from central.storage.addresses import is_postgres, sqlite_path
from central.storage.base import Store
from central.storage.sqlite.store import SqliteStore


async def open_store(url: str) -> Store:
    """Open the store at `sqlite:///relative/path`, `sqlite:////absolute/path` or `postgresql://...`.

    Raises: DatabaseRefused.
    """
    if is_postgres(url):
        from central.storage.postgres.store import PostgresStore  # only who uses it needs its driver

        return await PostgresStore.open(url)
    return await SqliteStore.open(sqlite_path(url))
