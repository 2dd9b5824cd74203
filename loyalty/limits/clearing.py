"""Limits of clearing and statements."""

from typing import Final

# Clearing
SETTLEMENT_TICKETS_MIN: Final = 5
"""A settlement that is handed out tells days of shops with so many tickets in it, of others the month."""
TRACE_TICKETS_MAX: Final = 20_000
"""So many tickets of a few days are tried to find that of one line."""
STATEMENT_LINES_MAX: Final = 5_000
"""A printed statement lists so many lines at most; more come as CSV."""
BREAKAGE_LOTS_MIN: Final = 100
"""With fewer lots whose time is over, the share that expires is not known."""
