"""Turns between processes that write to one SQLite file: whoever waits is next.

SQLite's write lock has no queue: a waiting process looks every so often, and one that writes without a pause
has taken the lock again by then. Seen beside an import: sales waited for seconds, and one was refused. So a
writer takes the turn (a lock on a file beside the database) before it asks for the write lock, and gives it
back once it has that. Who wrote must take the turn again, and finds it taken by the one who waits.

The turn is politeness, the write lock is safety: without a turn in time a writer goes on all the same, and
other programs need not know of it. The kernel gives it back when a process dies.
"""

import fcntl
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Final

from loyalty.limits.storage import STORE_BUSY_WAIT_MS, STORE_TURN_LOOK_MS

_MODE: Final = 0o600


class Turn:
    """Held by `with` while a writer waits for the write lock."""

    def __init__(self, database: Path) -> None:
        path = database.with_name(f"{database.name}-turn")
        self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _MODE), "rb", buffering=0)

    def __enter__(self) -> None:
        end = time.monotonic() + STORE_BUSY_WAIT_MS / 1000
        while not self._has_taken() and time.monotonic() < end:
            time.sleep(STORE_TURN_LOOK_MS / 1000)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        fcntl.flock(self._file, fcntl.LOCK_UN)

    def _has_taken(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        """Let the file go, once or again; it stays for others."""
        self._file.close()
