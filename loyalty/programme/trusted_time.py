"""Which time it is, as central told, whatever the wall clock says: needed to stop before a lease is over.

A terminal has no battery for its clock, and people set clocks. What it can trust: the last moment that
central told, and how many ticks of a counter that nobody sets have passed since, on the same boot of the
machine (Linux: CLOCK_BOOTTIME, clock_gettime(2), and /proc/sys/kernel/random/boot_id, random(4)).
"""

from dataclasses import dataclass
from typing import Final

from loyalty.limits.leases import CLOCK_DRIFT_PPM_MAX, TRUSTED_TIME_MAX_S

_MILLION: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class TimeMark:
    """Central's time, at the latest it can have been, when the counter of this boot stood at `ticks_ms`."""

    boot_id: str
    ticks_ms: int
    central_ms: int


def trusted_now(mark: TimeMark | None, *, boot_id: str, ticks_ms: int) -> int | None:
    """The latest it can be now at central, UTC milliseconds; None: nobody knows.

    Never early: a counter that runs slow by as much as `CLOCK_DRIFT_PPM_MAX` is allowed for. After a reboot,
    or too long after central last spoke, there is no trusted time until it speaks again.
    """
    if mark is None or not boot_id or mark.boot_id != boot_id:
        return None
    passed_ms = ticks_ms - mark.ticks_ms
    if not 0 <= passed_ms <= TRUSTED_TIME_MAX_S * 1000:
        return None
    return mark.central_ms + passed_ms + -(-passed_ms * CLOCK_DRIFT_PPM_MAX // _MILLION)
