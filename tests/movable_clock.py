"""A clock that tests move by hand."""

from dataclasses import dataclass


@dataclass
class MovableClock:
    """Tells `now_ms` until somebody changes it."""

    now_ms: int

    def __call__(self) -> int:
        return self.now_ms
