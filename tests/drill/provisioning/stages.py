"""What a drill of whole machines is at, told as it goes, and what each stage took, as a table at the end."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Stages:
    """Stages by machine and release."""

    say: Callable[[str], None]
    took_s: list[tuple[str, str, float]] = field(default_factory=list)

    @contextmanager
    def stage(self, where: str, what: str) -> Iterator[None]:
        """A stage that takes long enough to be told."""
        self.say(f"{where}: {what} ...")
        started_s = time.monotonic()
        try:
            yield
        finally:
            took_s = time.monotonic() - started_s
            self.took_s.append((where, what, took_s))
            self.say(f"{where}: {what}: {took_s:.0f} s")

    def table(self) -> list[str]:
        """A line for each stage in its order, with its seconds; the sum."""
        lines = [f"{took_s:7.1f} s  {where:<26} {what}" for where, what, took_s in self.took_s]
        return [*lines, f"{sum(took_s for *_, took_s in self.took_s):7.1f} s  in all"]
