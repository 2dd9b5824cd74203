"""The second touch of a double touch: it meant the page before, whatever lies there on the new one."""

from collections.abc import Sequence
from typing import Final

from kiosk.flow.state import DIGITS, KEYS
from kiosk.widgets.canvas import Target
from loyalty.limits.kiosk import KIOSK_PAGE_SETTLES_MS

_TYPED: Final = frozenset({*DIGITS, *KEYS})


class Settling:
    """Knows since when a page can be seen; a page is known by when the flow entered it."""

    def __init__(self) -> None:
        self._entered_ms = 0
        self._seen_ms = -KIOSK_PAGE_SETTLES_MS
        self._targets: tuple[Target, ...] = ()
        self._before: tuple[Target, ...] = ()

    def drawn(self, entered_ms: int, targets: Sequence[Target], *, now_ms: int) -> None:
        """A frame of the page that was entered then is on the screen."""
        if entered_ms != self._entered_ms:
            self._entered_ms, self._seen_ms, self._before = entered_ms, now_ms, self._targets
        self._targets = tuple(targets)

    def is_meant(self, target: Target | None, entered_ms: int, *, now_ms: int) -> bool:
        """Whether a finger that comes down now can have meant the page that was entered then.

        One that is not drawn yet nobody can mean. Keys that lay there before, as from one number to the next,
        are typed as quickly as anybody can.
        """
        if entered_ms == self._entered_ms and now_ms - self._seen_ms >= KIOSK_PAGE_SETTLES_MS:
            return True
        if target is None or target.action not in _TYPED:
            return False
        lay_there = self._before if entered_ms == self._entered_ms else self._targets
        return any(each.action is target.action and each.rect == target.rect for each in lay_there)
