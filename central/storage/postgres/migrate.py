"""Migrations on a PostgreSQL database: each runs once, in order, in a transaction of its own.

Several processes may open one database at once: an advisory lock lets one of them do it, the others wait.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from central.storage.interface.common import DatabaseRefused
from central.storage.migrations import Migration, Phase, load, refuse_strangers
from central.storage.postgres.connection import Connection

DIRECTORY: Final = Path(__file__).with_name("migrations")

_LOCK: Final = 0x0FF1C1E
"""The number of the advisory lock under which schemas change."""
_REMEMBER = """
CREATE TABLE IF NOT EXISTS migration (
    name       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    sha256     TEXT COLLATE "C" NOT NULL,
    applied_ms BIGINT NOT NULL
)
"""
_ALL_TABLES = """
SELECT c.relname FROM pg_class AS c
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
"""


def migrate(
    connection: Connection,
    now_ms: int,
    *,
    migrations: Sequence[Migration] | None = None,
    phases: Iterable[Phase] = tuple(Phase),
) -> list[str]:
    """Apply what is missing, and stop before the first migration whose phase is not asked for.

    Returns: the names applied now.
    Raises: DatabaseRefused: another program's tables, written by a newer release, or a migration was edited.
    """
    known = load(DIRECTORY) if migrations is None else migrations
    wanted = set(phases)
    applied: list[str] = []
    with _alone(connection):
        refuse_foreign(connection)
        connection.execute(_REMEMBER)
        recorded = recorded_in(connection)
        refuse_strangers(recorded, known)
        for migration in known:
            if migration.name in recorded:
                continue
            if migration.phase not in wanted:
                break
            with connection.transaction():
                connection.execute(migration.sql.encode(), prepare=False)  # many statements in one text
                connection.execute(
                    "INSERT INTO migration (name, sha256, applied_ms) VALUES (%s, %s, %s)",
                    [migration.name, migration.sha256, now_ms],
                )
            applied.append(migration.name)
    return applied


def refuse_foreign(connection: Connection) -> None:
    """Refuse a schema that holds tables but none of ours, before anything in it is changed.

    Raises: DatabaseRefused.
    """
    tables = {name for (name,) in connection.execute(_ALL_TABLES)}
    if tables and "migration" not in tables:
        raise DatabaseRefused(
            why="the database holds another program's tables. Make one of its own: createdb -E UTF8 officine;"
            " nothing was changed."
        )


def recorded_in(connection: Connection) -> dict[str, str]:
    """Which migrations ran here, by name, with their hashes."""
    return {
        str(name): str(digest) for name, digest in connection.execute("SELECT name, sha256 FROM migration")
    }


@contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
    try:
        yield
    finally:
        connection.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
