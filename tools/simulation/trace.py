"""What happened, in order: the hash proves that a seed replays exactly, the lines are for a person."""

import hashlib
from collections.abc import Callable

from tools.simulation.loop import SimLoop


class Trace:
    """Notes steps. `tell`: hears each as a line."""

    def __init__(self, loop: SimLoop, tell: Callable[[str], None] | None = None) -> None:
        self._loop = loop
        self._hash = hashlib.blake2b(digest_size=16)
        self._tell = tell
        self.steps = 0

    def note(self, what: str, *facts: object) -> None:
        """One step; the facts must be the same in every run of the seed."""
        self.steps += 1
        line = f"{self._loop.now_s:.6f} {what} {' '.join(map(str, facts))}"
        self._hash.update(line.encode())
        if self._tell is not None:
            self._tell(f"{self.steps:5} {line}")

    def digest(self) -> str:
        """The hash of everything so far."""
        return self._hash.hexdigest()


class Violation(AssertionError):
    """An invariant does not hold. `invariant`: its number and name in RELIABILITY's list, or the check's."""

    def __init__(self, invariant: str, text: str) -> None:
        super().__init__(f"{invariant}: {text}")
        self.invariant = invariant
