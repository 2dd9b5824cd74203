"""Limits of the store."""

from typing import Final

# Storage
STORE_QUEUE_MAX: Final = 256
"""Verbs of one group that wait for the store."""
STORE_QUEUE_GROUPS: Final = 4
"""How many groups may have a full queue at once; then everybody is told to come back."""
GROUP_COMMIT_MAX: Final = 64
STORE_READ_QUEUE_MAX: Final = 256
STORE_READ_BATCH_MAX: Final = 64
"""Short reads that share one transaction of a reader, because they wait together."""
STORE_SHORT_READERS: Final = 1
STORE_LONG_READERS: Final = 3
"""Threads for what one ticket or screen needs (SQLite), and for pages, exports, proofs."""
STATEMENTS_KEPT_MAX: Final = 2_048
"""Statements that are kept translated: all of ours, and the conditions over members that were asked last."""
STORE_CHECKPOINT_PAGES: Final = 4_000
"""Pages of 4 KiB in SQLite's log from which they are copied into the database file, beside commits."""
STORE_LOG_PAGES_MAX: Final = 16_000
"""From here on commits wait a moment until the log can begin anew."""
STORE_CHECKPOINT_WAIT_MS: Final = 100
"""How long a log that begins anew lets commits wait for reads that still need it."""
STORE_CACHE_KIB: Final = 64 * 1024
"""Pages that each connection to SQLite may keep in memory."""
STORE_READ_CONNECTIONS: Final = 4
"""PostgreSQL: short reads at once in one process; long ones have `STORE_LONG_READERS`."""
STORE_WRITE_CONNECTIONS: Final = 4
"""PostgreSQL: batches of so many groups may commit at once in one process. SQLite has one writer."""
STORE_PLANS_LIFETIME_S: Final = 300
"""PostgreSQL: a connection plans its statements again after 1 s, 2 s, 4 s, and so on up to this."""
STORE_TRIES_MAX: Final = 4
"""PostgreSQL: how often a batch is run before its callers are told that the store is busy."""
STORE_BUSY_WAIT_MS: Final = 5_000
"""How long a write waits for its turn among processes, and as long for the database's write lock."""
STORE_TURN_LOOK_MS: Final = 2
"""A process that waits for its turn to write to a SQLite file looks this often."""
STORE_FOLLOW_POLL_S: Final = 1
"""A follower of events looks this often for writes made by other processes."""
