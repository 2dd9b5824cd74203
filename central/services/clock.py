"""The clock that services are given, and days as shops count them."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], int]
"""UTC now in milliseconds. Tests give a fixed one."""


def system_clock() -> int:
    """The machine's clock, UTC milliseconds."""
    return time.time_ns() // 1_000_000


def local_day(at_ms: int, time_zone: str) -> date:
    """The calendar day of a moment in a shop's time zone."""
    return datetime.fromtimestamp(at_ms / 1000, ZoneInfo(time_zone)).date()


def day_start_ms(at_ms: int, time_zone: str) -> int:
    """UTC milliseconds of the local midnight that begins the day of `at_ms`."""
    zone = ZoneInfo(time_zone)
    midnight = datetime.combine(local_day(at_ms, time_zone), datetime.min.time(), tzinfo=zone)
    return int(midnight.astimezone(UTC).timestamp() * 1000)


def monotonic_clock() -> int:
    """Milliseconds that never jump: for durations and windows."""
    return time.monotonic_ns() // 1_000_000
