"""Spans of time in milliseconds, the unit of every moment here (`*_ms`)."""

from typing import Final

DAY_MS: Final = 24 * 60 * 60 * 1000
"""24 hours. A day of the calendar may be longer or shorter: see `central/services/group/months.py`."""
