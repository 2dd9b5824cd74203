"""The shop's days: moments in UTC, seen in its time zone."""

from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@lru_cache(maxsize=16)
def zone(name: str) -> tzinfo:
    """A time zone by its name; UTC for a name this machine does not know."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def local_day(at_ms: int, time_zone: str) -> date:
    """The shop's day of a moment in UTC milliseconds."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone(time_zone)).date()


def local_time(at_ms: int, time_zone: str) -> str:
    """The shop's time of day of a moment, `HH:MM`."""
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone(time_zone)):%H:%M}"
