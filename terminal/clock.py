"""The wall clock as a parameter: tests set it wrong on purpose. And the time that nobody can set."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from pathlib import Path
from typing import Final, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from loyalty.limits.leases import TRUSTED_TIME_KEEP_S
from loyalty.programme.trusted_time import TimeMark, trusted_now

Clock = Callable[[], int]
"""UTC milliseconds since 1970."""


def wall_clock() -> int:
    """Now."""
    return time.time_ns() // 1_000_000


@lru_cache(maxsize=8)
def zone_of(name: str) -> tzinfo:
    """A shop's time zone, UTC where there is none of that name. The first look reads a file, but for UTC."""
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a part of names, such as "Europe"
        return UTC


def iso(at_ms: int) -> str:
    """ISO 8601 in UTC with milliseconds, as nexo writes moments."""
    moment = datetime.fromtimestamp(at_ms / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


BOOT_ID_FILE: Final = Path("/proc/sys/kernel/random/boot_id")
"""A number of its own for each start of the machine: random(4)."""
_KEPT: Final = "trusted-time"
_KEEP_EVERY_MS: Final = TRUSTED_TIME_KEEP_S * 1000


def boot_ticks() -> int:
    """Milliseconds since the machine was started, asleep or not; nobody sets them: clock_gettime(2)."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


class Keeps(Protocol):
    """Where small things are kept across restarts."""

    async def keep(self, name: str, value: bytes) -> None: ...
    async def find_kept(self, name: str) -> bytes | None: ...


class TrustedTime:
    """Which time it is by central's word, whatever the wall clock says; see `loyalty.programme.trusted_time`.

    It survives a restart of the program, not of the machine.
    """

    def __init__(
        self, store: Keeps, *, boot_id_file: Path = BOOT_ID_FILE, ticks: Callable[[], int] = boot_ticks
    ) -> None:
        self._store = store
        self._boot_id_file = boot_id_file
        self._ticks = ticks
        self._boot_id = ""
        self._mark: TimeMark | None = None
        self._kept: TimeMark | None = None

    async def load(self) -> None:
        """Which boot this is, and what was known of the time."""
        self._boot_id = await asyncio.to_thread(_read_line, self._boot_id_file)
        kept = await self._store.find_kept(_KEPT)
        if kept is not None:
            self._mark = self._kept = TimeMark(*msgspec.json.decode(kept, type=tuple[str, int, int]))

    def heard(self, latest_ms: int) -> None:
        """Central told the time; `latest_ms` is the latest it can have been when its answer came."""
        self._mark = TimeMark(self._boot_id, self._ticks(), latest_ms)

    def now_ms(self) -> int | None:
        """The latest it can be at central now; None: nobody knows."""
        return trusted_now(self._mark, boot_id=self._boot_id, ticks_ms=self._ticks())

    def earliest_ms(self) -> int:
        """It is not earlier than this, whatever the wall clock says, also after a reboot; 0: nobody knows."""
        return self.now_ms() or (self._mark.central_ms if self._mark is not None else 0)

    def is_past(self, moment_ms: int, age_max_ms: int) -> bool:
        """Whether a moment is longer ago than that by central's word, for our own clock may be a year ahead.

        Where nobody knows the time nothing is past.
        """
        now_ms = self.now_ms()
        return now_ms is not None and now_ms - moment_ms > age_max_ms

    async def keep(self) -> None:
        """Write down what was heard: once for each boot, then now and then; memory cards wear."""
        mark, kept = self._mark, self._kept
        if mark is None or mark == kept:
            return
        is_recent = kept is not None and kept.boot_id == mark.boot_id
        if is_recent and kept is not None and mark.ticks_ms - kept.ticks_ms < _KEEP_EVERY_MS:
            return
        await self._store.keep(_KEPT, msgspec.json.encode((mark.boot_id, mark.ticks_ms, mark.central_ms)))
        self._kept = mark


def _read_line(path: Path) -> str:
    """Empty where there is none: then no time is trusted."""
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError:
        return ""
