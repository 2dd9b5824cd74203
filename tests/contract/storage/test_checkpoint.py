"""SQLite's log is copied beside the commits: it does not grow without end, and commits wait for no reader."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import apsw
import pytest

from central.storage.sqlite.checkpoint import Checkpointer
from central.storage.sqlite.connection import open_reader, open_writer
from central.storage.sqlite.migrate import migrate
from tests.helpers import eventually

FROM_PAGES = 20
LOG_PAGES_MAX = 60
PAGE = 4096


class Counting:
    """The checkpointer's connection, which counts the copies it makes."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self.copies = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def wal_checkpoint(self, *, mode: int) -> tuple[int, int]:
        self.copies += mode == apsw.SQLITE_CHECKPOINT_PASSIVE
        return self._connection.wal_checkpoint(mode=mode)


class Log:
    """A writer whose commits fill a log, and its checkpointer."""

    def __init__(self, folder: Path, *, log_pages_max: int = LOG_PAGES_MAX) -> None:
        self.path = folder / "log.db"
        self.writer = open_writer(self.path)
        migrate(self.writer, 0)
        self.writer.execute("CREATE TABLE filler (body BLOB)")
        self.copying = Counting(open_writer(self.path))
        self.checkpointer = Checkpointer(
            self.writer,
            cast("apsw.Connection", self.copying),
            from_pages=FROM_PAGES,
            log_pages_max=log_pages_max,
        )

    def commit(self, pages: int) -> None:
        for _ in range(pages):
            self.writer.execute("INSERT INTO filler VALUES (randomblob(?))", (PAGE,))

    def close(self) -> None:
        self.checkpointer.close()
        self.writer.close()

    def file_pages(self) -> int:
        return self.path.stat().st_size // PAGE

    def log_pages(self) -> int:
        return self.path.with_name("log.db-wal").stat().st_size // PAGE


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    log = Log(tmp_path)
    yield log
    log.close()


async def test_the_log_is_copied_while_the_database_stays_open(log: Log) -> None:
    log.commit(FROM_PAGES + 5)

    await eventually(lambda: log.file_pages() > FROM_PAGES)


async def test_the_log_begins_anew_when_commits_never_pause(log: Log) -> None:
    def commit_until_it_did() -> bool:
        log.commit(10)
        return log.file_pages() > 5 * log.log_pages()

    await eventually(commit_until_it_did)


async def test_a_long_read_does_not_stop_commits(log: Log) -> None:
    log.commit(1)
    reader = open_reader(log.path)
    reader.execute("BEGIN")
    before = reader.execute("SELECT count(*) FROM filler").fetchone()

    log.commit(3 * LOG_PAGES_MAX)

    assert reader.execute("SELECT count(*) FROM filler").fetchone() == before == (1,)
    reader.close()
    assert log.writer.execute("SELECT count(*) FROM filler").fetchone() == (1 + 3 * LOG_PAGES_MAX,)


async def test_a_log_that_cannot_begin_anew_is_copied_once_for_each_step_and_not_at_each_commit(
    tmp_path: Path,
) -> None:
    log = await asyncio.to_thread(Log, tmp_path, log_pages_max=1_000_000)
    log.commit(1)
    reader = open_reader(log.path)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM filler").fetchone()

    for _ in range(10 * FROM_PAGES):
        await asyncio.to_thread(log.commit, 1)  # the checkpointer's thread gets its turn between two commits

    await eventually(lambda: log.copying.copies > 0)
    assert log.copying.copies <= await asyncio.to_thread(log.log_pages) // FROM_PAGES + 1
    reader.close()
    await asyncio.to_thread(log.close)


def test_a_closed_store_leaves_no_log(tmp_path: Path) -> None:
    log = Log(tmp_path)
    log.commit(FROM_PAGES * 2)

    log.close()

    assert not log.path.with_name("log.db-wal").exists()
    assert apsw.Connection(str(log.path)).execute("SELECT count(*) FROM filler").fetchone() == (
        FROM_PAGES * 2,
    )
