"""Limits of imports and replay."""

from typing import Final

# Imports and replay
IMPORT_FILE_BYTES_MAX: Final = 256 * 1024 * 1024
"""Of one file, unpacked; whole files are read, so that a broken one is refused before anything is written."""
IMPORT_BATCH_ROWS: Final = 500
"""Rows that go to the store in one transaction."""
IMPORT_CELL_CHARS_MAX: Final = 4_000
IMPORT_CLASS_RULES_MAX: Final = 1_000
REPLAY_WORKERS_MAX: Final = 64
REPLAY_TRIES_MAX: Final = 8
"""Times one request of a replay is sent while central says it is busy."""
REPLAY_ERRORS_SHOWN_MAX: Final = 1_000
