"""Checkpoints off the commit path: a thread of its own copies the write-ahead log into the database file.

SQLite would do it inside the commit that fills the log, and everybody who shares that commit would wait. Here
the writer only rings a bell, each time that the log has grown by `STORE_CHECKPOINT_PAGES`, not oftener: a
copy syncs log and file, and commits wait for the same disk. Almost all is copied while commits go on
(PASSIVE); only when the log has grown to `STORE_LOG_PAGES_MAX` in spite of that is it begun anew (RESTART),
for which writers wait a moment.
"""

import threading

import apsw
import structlog

from loyalty.limits.storage import STORE_CHECKPOINT_PAGES, STORE_CHECKPOINT_WAIT_MS, STORE_LOG_PAGES_MAX

log = structlog.get_logger(__name__)


class Checkpointer:
    """Follows one writer; has a connection of its own."""

    def __init__(
        self,
        writer: apsw.Connection,
        connection: apsw.Connection,
        *,
        from_pages: int = STORE_CHECKPOINT_PAGES,
        log_pages_max: int = STORE_LOG_PAGES_MAX,
    ) -> None:
        self._from_pages = from_pages
        self._log_pages_max = log_pages_max
        connection.set_busy_timeout(STORE_CHECKPOINT_WAIT_MS)
        self._connection = connection
        self._bell = threading.Event()
        self._pages = 0
        self._seen = 0
        """Pages that were in the log when it was last copied."""
        self._is_closing = False
        # In the place of SQLite's own automatic checkpoint, which is a hook of this kind.
        writer.set_wal_hook(self._on_commit)
        self._thread = threading.Thread(target=self._serve, name="store-checkpoint", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread; what is left is copied when the last connection closes. Blocks."""
        self._is_closing = True
        self._bell.set()
        self._thread.join()

    def _on_commit(self, _: apsw.Connection, _name: str, pages: int) -> int:
        """On the writer's thread, after each commit: `pages` are in the log."""
        self._pages = pages
        if pages < self._seen:  # the log began anew
            self._seen = 0
        if self._is_due():
            self._bell.set()
        return apsw.SQLITE_OK

    def _is_due(self) -> bool:
        return self._pages - self._seen >= self._from_pages

    def _serve(self) -> None:
        while self._bell.wait() and not self._is_closing:
            self._bell.clear()
            if not self._is_due():  # it rang while the copy ran that has these pages already
                continue
            try:
                self._copy()
            except apsw.Error:  # the log stays and grows; the next commit rings again
                log.warning("store.checkpoint_failed", exc_info=True)
        self._connection.close()

    def _copy(self) -> None:
        pages = self._pages
        try:
            self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
        except apsw.BusyError:  # another process copies just now
            log.debug("store.log_copied_by_another", pages=pages)
            return
        if self._pages >= pages:  # else the log began anew meanwhile
            self._seen = pages  # a reader may have kept some from being copied: the next step has them too
        if self._pages >= self._log_pages_max:
            try:
                self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_RESTART)
            except apsw.BusyError:  # a long read still needs the log: later
                log.debug("store.log_in_use", pages=self._pages)
