"""A clock that tests move by hand."""

from dataclasses import dataclass


@dataclass
class MovableClock:
    """Tells `now_ms` until somebody changes it. `leaps_ms`: how much later each look finds it."""

    now_ms: int
    leaps_ms: int = 0

    def __call__(self) -> int:
        self.now_ms += self.leaps_ms
        return self.now_ms
