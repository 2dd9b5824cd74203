"""What is done with whole databases: bring up to date, back up, restore, copy from engine to engine."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from central.storage.addresses import is_postgres, sqlite_path
from central.storage.interface.common import DatabaseRefused
from central.storage.sqlite.connection import FILE_MODE, sync_directory
from central.storage.transfer.copying import OnRows, TableProof, copy_rows, refuse_full
from central.storage.transfer.sides import Side, SqliteSide


@contextmanager
def opened(url: str, *, may_write: bool) -> Iterator[Side]:
    """A database by its address.

    Raises: DatabaseRefused.
    """
    side = _side(url, may_write=may_write)
    try:
        yield side
    finally:
        side.close()


def _side(url: str, *, may_write: bool) -> Side:
    if is_postgres(url):
        from central.storage.transfer.postgres_side import PostgresSide  # only who uses it needs its driver

        return PostgresSide(url)
    return SqliteSide(sqlite_path(url), may_write=may_write)


def copy(source: str, target: str, now_ms: int, on_rows: OnRows) -> list[TableProof]:
    """Copy one database into another, empty one, whose schema is made where there is none.

    Raises: DatabaseRefused: the source is not up to date or the target not empty. CopyDiffers.
    """
    with opened(source, may_write=False) as rows:
        refuse_older(rows)
        with opened(target, may_write=True) as empty:
            empty.migrate(now_ms)
            return copy_rows(rows, empty, on_rows)


def backup(source: str, path: Path, now_ms: int, on_rows: OnRows) -> list[TableProof]:
    """Copy a database into a new SQLite file that its owner alone reads.

    Raises: DatabaseRefused: the file exists or cannot be made. CopyDiffers.
    """
    _make(path)
    try:
        with opened(source, may_write=False) as rows:
            refuse_older(rows)
            file = SqliteSide(path, may_write=True)
            try:
                file.migrate(now_ms)
                proofs = copy_rows(rows, file, on_rows)
                file.finish_copy()
            finally:
                file.close()
    except BaseException:
        for made in path.parent.glob(f"{path.name}*"):
            made.unlink()
        raise
    sync_directory(path.parent)
    return proofs


def restore(
    path: Path, target: str, now_ms: int, on_rows: OnRows, *, is_dry_run: bool = False
) -> tuple[list[str], list[TableProof]]:
    """Copy a backup into an empty database; an older one is brought up to date on the way, in a copy of it.

    Returns: the migrations that ran on the way, and the proofs. A dry run writes nothing to the target.
    Raises: DatabaseRefused: damaged, newer than this release, or the target is not empty. CopyDiffers.
    """
    with tempfile.TemporaryDirectory(prefix="officine-restore-") as folder:
        file = SqliteSide(path, may_write=False)
        try:
            file.missing()
            refuse_faults(file)
            file.copy_file(Path(folder) / "backup.db")
        finally:
            file.close()
        current = SqliteSide(Path(folder) / "backup.db", may_write=True)
        try:
            ran = current.migrate(now_ms)
            if is_dry_run:
                scratch = Path(folder) / "scratch.db"
                _refuse_full_target(target)
                with opened(f"sqlite:///{scratch}", may_write=True) as empty:
                    empty.migrate(now_ms)
                    return ran, copy_rows(current, empty, on_rows)
            with opened(target, may_write=True) as empty:
                empty.migrate(now_ms)
                return ran, copy_rows(current, empty, on_rows)
        finally:
            current.close()


def refuse_older(side: Side) -> None:
    """Refuse a database that this release's migrations have not all run on.

    Raises: DatabaseRefused.
    """
    missing = side.missing()
    if missing:
        raise DatabaseRefused(
            why=f"{side.name} is older than this release ({missing[0]} has not run). Run: officine db migrate"
        )


def refuse_faults(side: Side) -> None:
    """Refuse a database whose files or references are broken.

    Raises: DatabaseRefused.
    """
    faults = side.faults()
    if faults:
        raise DatabaseRefused(why=f"{side.name} is damaged: {faults[0]}. Take another backup.")


def _refuse_full_target(url: str) -> None:
    if not is_postgres(url) and not sqlite_path(url).exists():
        return
    with opened(url, may_write=False) as target:
        if not target.missing():
            refuse_full(target)


def _make(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE_MODE))
    except OSError as error:
        raise DatabaseRefused(
            why=f"no copy can be made at {path} ({error.strerror}). Choose a new file name."
        ) from error
