"""Limits of central's web: requests, pages, streams."""

from typing import Final

# Web
HTTP_BODY_BYTES_MAX: Final = 1024 * 1024
HTTP_BODY_DEADLINE_S: Final = 15
HTTP_KEEP_ALIVE_S: Final = 75
"""An idle connection is kept this long: longer than the pauses of a shop's terminals."""
HTTP_CONNECTIONS_MAX: Final = 16_384
"""Of one process of central; one more gets 503. Fewer where the system gives it fewer files."""
HTTP_FILES_RESERVED: Final = 512
"""Files of central beside connections: the store, its log, a little room."""
COLLECT_AFTER_OBJECTS: Final = 50_000
"""Central looks for garbage in cycles after so many new objects."""
PAGE_ROWS_MAX: Final = 200
CLOCK_SKEW_MAX_S: Final = 24 * 3600
LIMITER_KEYS_MAX: Final = 10_000
"""Tokens whose tries are remembered; the one idle longest is forgotten first."""
STREAM_HEARTBEAT_S: Final = 15
STREAMS_PER_TOKEN_MAX: Final = 4
