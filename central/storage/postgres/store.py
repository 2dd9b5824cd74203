"""`PostgresStore`: the storage interface on one PostgreSQL database."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from central.storage.async_verbs.store import VerbStore, utc_ms
from central.storage.postgres.connection import Connection, connect, refuse_unsafe
from central.storage.postgres.dialect import ColumnTypes
from central.storage.postgres.engine import Listener, Readers, Writer
from central.storage.postgres.link import Link
from central.storage.postgres.migrate import migrate
from central.storage.postgres.unit import Statements
from central.storage.transfer.databases import backup
from loyalty.limits.storage import (
    GROUP_COMMIT_MAX,
    STORE_LONG_READERS,
    STORE_QUEUE_MAX,
    STORE_READ_CONNECTIONS,
    STORE_READ_QUEUE_MAX,
    STORE_WRITE_CONNECTIONS,
)

_FIND_TYPES = """
SELECT c.relname, a.attname, format_type(a.atttypid, NULL)
FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0
    AND NOT a.attisdropped
"""


class PostgresStore(VerbStore):
    """See `central.storage.base.Store`. Belongs to the event loop it was opened on."""

    def __init__(
        self, url: str, types: ColumnTypes, *, now_ms: Callable[[], int], queue_max: int, batch_max: int
    ) -> None:
        super().__init__(now_ms)
        self._url = url
        self._writer = Writer(
            [Link(url) for _ in range(STORE_WRITE_CONNECTIONS)],
            Statements(types),
            self._followers.wake,
            queue_max=queue_max,
            batch_max=batch_max,
        )
        self._readers = Readers(
            "store-reader",
            [Link(url) for _ in range(STORE_READ_CONNECTIONS)],
            queue_max=STORE_READ_QUEUE_MAX,
        )
        self._scanners = Readers(
            "store-scanner", [Link(url) for _ in range(STORE_LONG_READERS)], queue_max=STORE_READ_QUEUE_MAX
        )
        loop = asyncio.get_running_loop()

        def wake(group_id: str) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._followers.wake, [group_id])

        self._listener = Listener(url, wake)

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        now_ms: Callable[[], int] = utc_ms,
        queue_max: int = STORE_QUEUE_MAX,
        batch_max: int = GROUP_COMMIT_MAX,
    ) -> "PostgresStore":
        """Open the database and bring its schema up to date; several processes may do so at once.

        `now_ms` dates what brings no time of its own: migrations, and changes of a group.
        Raises: DatabaseRefused.
        """
        types = await asyncio.to_thread(_prepare, url, now_ms())
        return cls(url, types, now_ms=now_ms, queue_max=queue_max, batch_max=batch_max)

    async def close(self) -> None:
        """Finish what is queued and leave the server; followers end."""
        await super().close()
        await asyncio.to_thread(self._listener.close)

    async def copy_into(self, path: Path) -> None:
        """Write a consistent copy to a new SQLite file, readable by its owner alone.

        Raises: DatabaseRefused: the file exists or cannot be written.
        """
        await asyncio.to_thread(backup, self._url, path, self._now_ms(), lambda *_: None)


def _prepare(url: str, now_ms: int) -> ColumnTypes:
    with connect(url) as connection:
        refuse_unsafe(connection)
        migrate(connection, now_ms)
        return column_types(connection)


def column_types(connection: Connection) -> ColumnTypes:
    """The type of each column of our tables."""
    rows = connection.execute(_FIND_TYPES)
    return {(str(table), str(column)): str(kind) for table, column, kind in rows}
