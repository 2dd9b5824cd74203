"""Other programs look into the database file while central runs, and take nothing away."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from central.storage.base import Store
from central.storage.opening import open_store
from tests.contract.storage.factories import a_sale, findings

_LOOK = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
print(connection.execute("SELECT count(*) FROM sale").fetchone()[0])
connection.close()
"""
"""The last connection that closes a file in WAL removes the WAL; who is the last is known by locks alone."""


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/central.db"


async def _look(path: Path) -> int:
    """How many sales another program sees, which then closes the file."""
    made = [sys.executable, "-c", _LOOK, str(path)]
    done = await asyncio.to_thread(subprocess.run, made, check=True, capture_output=True, timeout=60)
    return int(done.stdout)


def _deleted_files_in_use() -> list[str]:
    targets = [str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    return [target for target in targets if "central.db" in target and target.endswith(" (deleted)")]


async def test_sales_after_another_program_looked_are_in_the_file_under_its_name(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "central.db"
    await store.record_sale(a_sale("sale-1"))
    assert await _look(path) == 1
    assert _deleted_files_in_use() == []
    await store.record_sale(a_sale("sale-2"))
    assert await _look(path) == 2
    assert await findings(store) == []


async def test_nothing_that_this_process_does_itself_lets_its_locks_go(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    """POSIX drops all locks of a process on a file when it closes any descriptor of that file."""
    path = tmp_path / "central.db"
    await store.copy_into(tmp_path / "copy.db")
    second = await open_store(database_url)
    await second.record_sale(a_sale("sale-1"))
    await second.close()
    assert await _look(path) == 1
    assert _deleted_files_in_use() == []
    await store.record_sale(a_sale("sale-2"))
    assert await _look(path) == 2
