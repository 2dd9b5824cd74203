"""Numbered migrations: each runs once, in order, in a transaction of its own.

A file is `NNNN_pre_what.sql` (may run while the last release still works on the database) or
`NNNN_post_what.sql` (only after it is gone). What ran is remembered with its hash.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

import apsw

from central.storage.base import DatabaseRefused

DIRECTORY = Path(__file__).with_name("migrations")

_NAME = re.compile(r"(?P<number>\d{4})_(?P<phase>pre|post)_[a-z0-9_]+")
_REMEMBER = """
CREATE TABLE IF NOT EXISTS migration (
    name       TEXT    NOT NULL PRIMARY KEY,
    sha256     TEXT    NOT NULL,
    applied_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID
"""


class Phase(StrEnum):
    """When a migration may run in a rollout."""

    PRE = "pre"
    POST = "post"


@dataclass(frozen=True, slots=True)
class Migration:
    """One file. `sha256` in hex."""

    name: str
    phase: Phase
    sql: str
    sha256: str


def load(directory: Path = DIRECTORY) -> tuple[Migration, ...]:
    """Read the migrations of a directory in their order; numbers are unique and have no gap."""
    found = []
    for number, path in enumerate(sorted(directory.glob("*.sql")), start=1):
        match = _NAME.fullmatch(path.stem)
        assert match, f"{path.name}: a migration is named NNNN_pre_what.sql or NNNN_post_what.sql"
        assert int(match["number"]) == number, f"{path.name}: expected number {number:04}"
        sql = path.read_bytes()
        found.append(Migration(path.stem, Phase(match["phase"]), sql.decode(), sha256(sql).hexdigest()))
    return tuple(found)


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
    known = load() if migrations is None else migrations
    wanted = set(phases)
    with _Exclusive(connection):
        connection.execute(_REMEMBER)
    applied: list[str] = []
    for migration in known:
        with _Exclusive(connection):
            recorded = _recorded(connection)
            _refuse_strangers(recorded, known)
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


def _recorded(connection: apsw.Connection) -> dict[str, str]:
    rows = connection.execute("SELECT name, sha256 FROM migration ORDER BY name")
    return {str(name): str(digest) for name, digest in rows}


def _refuse_strangers(recorded: dict[str, str], known: Sequence[Migration]) -> None:
    ours = {migration.name: migration.sha256 for migration in known}
    for name, digest in recorded.items():
        if name not in ours:
            raise DatabaseRefused(
                why=f"a newer release wrote it (migration {name}). Install that release, or restore a backup"
                " of before the update."
            )
        if digest != ours[name]:
            raise DatabaseRefused(
                why=f"the migration {name} was edited after it ran. Restore the file; change by adding a"
                " new migration."
            )


class _Exclusive:
    """A write transaction: everything in the block or nothing."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._connection.in_transaction:
            self._connection.execute("COMMIT" if kind is None else "ROLLBACK")
