"""Migrations on a SQLite file: each runs once, in order, in a transaction of its own."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import apsw

from central.storage.base import DatabaseRefused
from central.storage.migrations import Migration, Phase, load, refuse_strangers

DIRECTORY: Final = Path(__file__).with_name("migrations")

_REMEMBER = """
CREATE TABLE IF NOT EXISTS migration (
    name       TEXT    NOT NULL PRIMARY KEY,
    sha256     TEXT    NOT NULL,
    applied_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID
"""


def migrate(
    connection: apsw.Connection,
    now_ms: int,
    *,
    migrations: Sequence[Migration] | None = None,
    phases: Iterable[Phase] = tuple(Phase),
) -> list[str]:
    """Apply what is missing, and stop before the first migration whose phase is not asked for.

    Returns: the names applied now.
    Raises: DatabaseRefused: written by a newer release, or a migration was edited after it ran.
    """
    known = load(DIRECTORY) if migrations is None else migrations
    wanted = set(phases)
    with _Exclusive(connection):
        connection.execute(_REMEMBER)
        recorded = recorded_in(connection)
        refuse_strangers(recorded, known)
    if all(migration.name in recorded for migration in known):
        return []
    applied: list[str] = []
    for migration in known:
        with _Exclusive(connection):
            recorded = recorded_in(connection)
            refuse_strangers(recorded, known)
            if migration.name in recorded:
                continue
            if migration.phase not in wanted:
                break
            connection.execute(migration.sql)
            connection.execute(
                "INSERT INTO migration (name, sha256, applied_ms) VALUES (?, ?, ?)",
                (migration.name, migration.sha256, now_ms),
            )
            applied.append(migration.name)
    return applied


def refuse_foreign(connection: apsw.Connection) -> None:
    """Refuse a file that holds tables but none of ours, before anything in it is changed.

    Raises: DatabaseRefused.
    """
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}
    if tables and "migration" not in tables:
        raise DatabaseRefused(
            why="the file holds another program's tables. Choose another path; nothing was changed."
        )


def recorded_in(connection: apsw.Connection) -> dict[str, str]:
    """Which migrations ran here, by name, with their hashes; none where nothing did."""
    if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'migration'").fetchone():
        return {}
    rows = connection.execute("SELECT name, sha256 FROM migration ORDER BY name")
    return {str(name): str(digest) for name, digest in rows}


class _Exclusive:
    """A write transaction: everything in the block or nothing."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._connection.in_transaction:
            self._connection.execute("COMMIT" if kind is None else "ROLLBACK")
