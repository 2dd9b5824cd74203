"""Numbered migrations, whatever the engine: files in their order, and which of them a database has.

A file is `NNNN_pre_what.sql` (may run while the last release still works on the database) or
`NNNN_post_what.sql` (only after it is gone). What ran is remembered with its hash. Each engine has a folder;
the same change has the same name in all of them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from central.storage.interface.common import DatabaseRefused

_NAME = re.compile(r"(?P<number>\d{4})_(?P<phase>pre|post)_[a-z0-9_]+")


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


def load(directory: Path) -> tuple[Migration, ...]:
    """Read the migrations of a directory in their order.

    Numbers are unique. One may be missing for a while: they are given out before the work on them is done,
    and what is missing runs when it comes.
    """
    found: list[Migration] = []
    numbers: set[str] = set()
    for path in sorted(directory.glob("*.sql")):
        match = _NAME.fullmatch(path.stem)
        assert match, f"{path.name}: a migration is named NNNN_pre_what.sql or NNNN_post_what.sql"
        assert match["number"] not in numbers, f"{path.name}: the number is taken"
        numbers.add(match["number"])
        sql = path.read_bytes()
        found.append(Migration(path.stem, Phase(match["phase"]), sql.decode(), sha256(sql).hexdigest()))
    return tuple(found)


def refuse_strangers(recorded: Mapping[str, str], known: Sequence[Migration]) -> None:
    """Refuse a database by what ran on it: name and hash of each migration.

    Raises: DatabaseRefused: written by a newer release, or a migration was edited after it ran.
    """
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
