"""The clock that services are given, and days as shops count them."""

import asyncio
import time
from collections.abc import Callable
from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from loyalty.errors import LoyaltyError

Clock = Callable[[], int]
"""UTC now in milliseconds. Tests give a fixed one."""


def system_clock() -> int:
    """The machine's clock, UTC milliseconds."""
    return time.time_ns() // 1_000_000


def local_moment(at_ms: int, zone: tzinfo) -> datetime:
    """A moment as clocks and calendars of a zone show it."""
    return datetime.fromtimestamp(at_ms / 1000, zone)


def local_day(at_ms: int, zone: tzinfo) -> date:
    """The calendar day of a moment in a zone."""
    return local_moment(at_ms, zone).date()


def time_of_day(moment: datetime) -> str:
    """The time of day (`HH:MM`) that clocks show at a moment.

    In the night clocks go back an hour of the wall comes twice, and hours of rules hold both times; the hour
    that is skipped in spring never comes.
    """
    return f"{moment.hour:02}:{moment.minute:02}"


def day_start_ms(at_ms: int, zone: tzinfo) -> int:
    """UTC milliseconds of the local midnight that begins the day of `at_ms`."""
    midnight = datetime.combine(local_day(at_ms, zone), datetime.min.time(), tzinfo=zone)
    return int(midnight.timestamp()) * 1000


class UnknownTimeZone(LoyaltyError):
    """The time zone is not in the tz database."""

    code = "unknown_time_zone"
    text = "The time zone {time_zone} is not known. Use a name such as Europe/Zurich."


class Zones:
    """Time zones by name, each read from disk once and never on the event loop."""

    def __init__(self) -> None:
        self._known: dict[str, tzinfo] = {}

    async def get(self, time_zone: str) -> tzinfo:
        """The zone of that name. Raises: UnknownTimeZone."""
        zone = self._known.get(time_zone)
        if zone is None:
            zone = await asyncio.to_thread(_read_zone, time_zone)
            self._known[time_zone] = zone
        return zone


def _read_zone(time_zone: str) -> ZoneInfo:
    try:
        return ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownTimeZone(time_zone=time_zone) from error


def monotonic_clock() -> int:
    """Milliseconds that never jump: for durations and windows."""
    return time.monotonic_ns() // 1_000_000
