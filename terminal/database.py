"""The agent's one SQLite file, owned by one thread: the loop never waits for a disk."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, Self, TypeVar

import apsw

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.storage import STORE_BUSY_WAIT_MS
from loyalty.limits.terminal import TERMINAL_STORE_QUEUE_MAX

T = TypeVar("T")

SCHEMA_1: Final = """
CREATE TABLE outbox_head(
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    last_seq INTEGER NOT NULL,
    delivered INTEGER NOT NULL,
    depth INTEGER NOT NULL CHECK (depth >= 0)
) STRICT;
INSERT INTO outbox_head VALUES (1, 0, 0, 0);
CREATE TABLE outbox(
    seq INTEGER PRIMARY KEY,
    entry_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('sale', 'return')),
    sale_id TEXT NOT NULL,
    tap_id TEXT NOT NULL,
    body BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'parked', 'refused')),
    reason_code TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    saved_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_waiting ON outbox(seq) WHERE state <> 'refused';
CREATE TABLE till_fact(
    business_key TEXT PRIMARY KEY,
    content_hash BLOB NOT NULL,
    kind TEXT NOT NULL,
    entry_id TEXT NOT NULL UNIQUE,
    sale_id TEXT NOT NULL,
    poi_transaction_id TEXT NOT NULL UNIQUE,
    poi_time TEXT NOT NULL,
    lines TEXT NOT NULL,
    saved_ms INTEGER NOT NULL,
    answer BLOB
) STRICT;
CREATE INDEX till_fact_sale ON till_fact(sale_id);
CREATE TABLE till_answer(
    number INTEGER PRIMARY KEY,
    sale_id TEXT NOT NULL,
    service_id TEXT NOT NULL,
    category TEXT NOT NULL,
    content_hash BLOB NOT NULL,
    request BLOB,
    answer BLOB,
    at_ms INTEGER NOT NULL,
    UNIQUE (sale_id, service_id, category)
) STRICT;
CREATE TABLE kept(name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
"""
SCHEMA_2: Final = """
CREATE TABLE till_ticket(
    ticket_key TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('open', 'booked')),
    is_paying INTEGER NOT NULL,
    body BLOB NOT NULL,
    reserved_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX till_ticket_due ON till_ticket(reserved_ms) WHERE state = 'open' AND is_paying;
CREATE TABLE till_part(poi_transaction_id TEXT PRIMARY KEY, ticket_key TEXT NOT NULL) STRICT;
CREATE INDEX till_part_ticket ON till_part(ticket_key);
CREATE TABLE till_total(
    poi_transaction_id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    sale_id TEXT NOT NULL,
    operator TEXT NOT NULL,
    shift TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    points INTEGER NOT NULL,
    period INTEGER NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX till_total_period ON till_total(period);
CREATE TABLE till_period(number INTEGER PRIMARY KEY, closed_ms INTEGER) STRICT;
INSERT INTO till_period VALUES (1, NULL);
"""
SCHEMA_3: Final = """
CREATE TABLE hot_mark(mark TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
ALTER TABLE till_fact ADD COLUMN told BLOB;
ALTER TABLE outbox ADD COLUMN is_sealed INTEGER NOT NULL DEFAULT 0 CHECK (is_sealed IN (0, 1));
"""
SCHEMA_4: Final = """
CREATE TABLE lease(
    lease_id TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('asked', 'live', 'returning')),
    document TEXT NOT NULL,
    signature TEXT NOT NULL,
    amount INTEGER NOT NULL,
    drawn INTEGER NOT NULL CHECK (drawn BETWEEN 0 AND amount),
    expires_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL
) STRICT;
"""
SCHEMA_5: Final = """
CREATE TABLE print_job(
    job_id TEXT PRIMARY KEY,
    asked BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'printing', 'ended')),
    outcome TEXT NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX print_job_old ON print_job(at_ms);
"""
SCHEMA_6: Final = """
ALTER TABLE lease ADD COLUMN balance INTEGER;
ALTER TABLE lease ADD COLUMN balance_ms INTEGER NOT NULL DEFAULT 0;
"""
SCHEMA_7: Final = """
CREATE TABLE nobodys_ticket(
    business_key TEXT PRIMARY KEY,
    poi_transaction_id TEXT NOT NULL UNIQUE,
    entry BLOB NOT NULL,
    sale_id TEXT NOT NULL,
    number TEXT NOT NULL,
    occurred_ms INTEGER NOT NULL,
    total_minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    is_told INTEGER NOT NULL CHECK (is_told IN (0, 1)),
    kept_ms INTEGER NOT NULL,
    is_claimed INTEGER NOT NULL CHECK (is_claimed IN (0, 1))
) STRICT;
CREATE INDEX nobodys_ticket_kept ON nobodys_ticket(kept_ms);
CREATE INDEX nobodys_ticket_till ON nobodys_ticket(sale_id, kept_ms);
"""
SCHEMA_8: Final = """
CREATE TABLE moved_ticket(
    sale_id TEXT PRIMARY KEY,
    act_id TEXT NOT NULL,
    new_sale_id TEXT NOT NULL,
    moved_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX moved_ticket_old ON moved_ticket(moved_ms);
INSERT INTO moved_ticket(sale_id, act_id, new_sale_id, moved_ms)
    SELECT substr(name, 7), json_extract(CAST(value AS TEXT), '$[0]'),
        json_extract(CAST(value AS TEXT), '$[1]'), CAST(strftime('%s', 'now') AS INTEGER) * 1000
    FROM kept WHERE name GLOB 'moved/*';
DELETE FROM kept WHERE name GLOB 'moved/*';
"""
SCHEMAS: Final = (SCHEMA_1, SCHEMA_2, SCHEMA_3, SCHEMA_4, SCHEMA_5, SCHEMA_6, SCHEMA_7, SCHEMA_8)
"""One step per release that changed the file: a file of before is brought up to date when it is opened."""


class TerminalStoreUnusable(LoyaltyError):
    """The database file cannot be used; `reason` says why and what to do."""

    code = "terminal_store_unusable"
    trouble = Trouble.UNAVAILABLE
    text = "The terminal's store {path}: {reason}"


class TerminalStoreBusy(LoyaltyError):
    """The disk does not keep up."""

    code = "terminal_store_busy"
    trouble = Trouble.UNAVAILABLE
    text = "The terminal's store is busy. Send the same request again in a moment."


class Database:
    """Runs functions on the connection, one after the other, each in a transaction of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="terminal-store")
        self._connection: apsw.Connection | None = None
        self._waiting = 0

    async def open(self) -> Self:
        """Open or make the file.

        Raises: TerminalStoreUnusable.
        """
        try:
            self._connection = await self._run(lambda: _connect(self.path))
        except (apsw.Error, OSError) as error:
            raise TerminalStoreUnusable(path=str(self.path), reason=str(error)) from error
        return self

    async def write(self, work: Callable[[apsw.Connection], T]) -> T:
        """Run `work` in one transaction; when this returns, it is on the disk.

        Raises: TerminalStoreBusy; what `work` raises, after which nothing of it is kept.
        """
        connection = self._connection
        assert connection is not None, "open() comes first"

        def in_transaction() -> T:
            connection.execute("BEGIN IMMEDIATE")
            try:
                result = work(connection)
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            try:
                connection.execute("COMMIT")
            except apsw.Error:
                if not connection.get_autocommit():
                    connection.execute("ROLLBACK")
                raise
            return result

        return await self._run(in_transaction)

    async def read(self, work: Callable[[apsw.Connection], T]) -> T:
        """Run `work`, which only reads."""
        connection = self._connection
        assert connection is not None, "open() comes first"
        return await self._run(lambda: work(connection))

    async def close(self) -> None:
        """Close the file; what was asked before is finished first. Twice is harmless."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await self._run(connection.close)
        self._thread.shutdown(wait=False)

    async def __aenter__(self) -> Self:
        return await self.open()

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= TERMINAL_STORE_QUEUE_MAX:
            raise TerminalStoreBusy
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        finally:
            self._waiting -= 1


def _connect(path: Path) -> apsw.Connection:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        path.touch(mode=0o600)
    connection = apsw.Connection(str(path))
    try:
        connection.set_busy_timeout(STORE_BUSY_WAIT_MS)
        # Plans do not follow what is bound: else what has a bound limit is planned anew whenever it runs.
        connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
        # EXTRA until the file is in WAL: the conversion removes a journal, which must not come back.
        connection.execute("PRAGMA synchronous = EXTRA")
        connection.execute("PRAGMA journal_mode = WAL")
        _sync_directory(path.parent)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")
        version = connection.pragma("user_version")
        if version > len(SCHEMAS):
            reason = f"has schema {version}, this release knows {len(SCHEMAS)}; install a newer release"
            raise TerminalStoreUnusable(path=str(path), reason=reason)
        if version < len(SCHEMAS):
            with connection:
                for step in SCHEMAS[version:]:
                    connection.execute(step)
                connection.execute(f"PRAGMA user_version = {len(SCHEMAS)}")
        _check_sequence(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _check_sequence(connection: apsw.Connection, path: Path) -> None:
    """Every number given out is delivered or still there: a gap is an alarm, never skipped."""
    with connection:  # one snapshot: the agent may be writing while `officine terminal outbox` looks
        (last, delivered, depth), *_ = connection.execute(
            "SELECT last_seq, delivered, depth FROM outbox_head"
        )
        (kept, waiting), *_ = connection.execute(
            "SELECT count(*), count(*) FILTER (WHERE state <> 'refused') FROM outbox"
        )
    if last != delivered + kept or depth != waiting:
        reason = (
            f"the outbox has a gap ({last} entries made, {delivered} delivered, {kept} kept);"
            " do not delete the file, restore it from the backup or call support"
        )
        raise TerminalStoreUnusable(path=str(path), reason=reason)


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
