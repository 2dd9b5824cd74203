"""Months of the clearing, as `YYYY-MM`, in one time zone for the whole group."""

import re
from datetime import UTC, datetime, tzinfo
from typing import Final

from central.services.core.clock import Zones
from central.services.core.group import Group
from loyalty.errors import LoyaltyError

_MONTH: Final = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])", re.ASCII)
_CAPITALS: Final = {
    "CH": "Europe/Zurich",
    "FR": "Europe/Paris",
    "DE": "Europe/Berlin",
    "IT": "Europe/Rome",
    "CN": "Asia/Shanghai",
}


class MonthInvalid(LoyaltyError):
    """Not a month."""

    code = "month_invalid"
    text = "{month} is no month. Write it as 2026-10."


def check_month(month: str) -> str:
    """The month. Raises: MonthInvalid."""
    if not _MONTH.fullmatch(month):
        raise MonthInvalid(month=month[:20])
    return month


async def zone_of(zones: Zones, group: Group) -> tzinfo:
    """Whose midnights end a group's months. Raises: UnknownTimeZone."""
    name = group.settings.clearing_time_zone or _CAPITALS.get(group.row.country)
    return await zones.get(name) if name else UTC


def month_of(at_ms: int, zone: tzinfo) -> str:
    """The month of a moment."""
    return datetime.fromtimestamp(at_ms / 1000, zone).strftime("%Y-%m")


def next_month(month: str) -> str:
    """The month after."""
    year, number = (int(part) for part in month.split("-"))
    return f"{year + number // 12}-{number % 12 + 1:02}"


def start_of_day_ms(day: str, zone: tzinfo) -> int:
    """UTC milliseconds of the midnight that begins a day (YYYY-MM-DD)."""
    return int(datetime.fromisoformat(day).replace(tzinfo=zone).timestamp()) * 1000


def start_ms(month: str, zone: tzinfo) -> int:
    """UTC milliseconds of the midnight that begins a month."""
    year, number = (int(part) for part in month.split("-"))
    return int(datetime(year, number, 1, tzinfo=zone).timestamp()) * 1000
