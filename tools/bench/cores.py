"""Which processor core does what: the server has one to itself where there are two, the load another."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_TICKS_PER_S: Final = os.sysconf("SC_CLK_TCK")
_USER_TICKS: Final = 11
_SYSTEM_TICKS: Final = 12
"""Fields of /proc/PID/stat after the name, counted from the state (proc(5): utime 14, stime 15)."""


@dataclass(frozen=True, slots=True)
class Cores:
    """`server` and `load`: sets of core numbers; the same where the machine has only one."""

    server: frozenset[int]
    load: frozenset[int]

    @property
    def are_apart(self) -> bool:
        """Whether the load leaves the server's core alone."""
        return not self.server & self.load


def choose_cores() -> Cores:
    """The first core this process may use for the server, the second for the load."""
    allowed = sorted(os.sched_getaffinity(0))
    return Cores(frozenset(allowed[:1]), frozenset(allowed[1:2] or allowed[:1]))


@contextmanager
def on_cores(cores: frozenset[int]) -> Iterator[None]:
    """Run (and start processes) on these cores for a while: a child inherits them."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def processor_s(pid: int) -> float:
    """Processor time that a process with all its threads has used: what other load cannot falsify."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[_USER_TICKS]) + int(fields[_SYSTEM_TICKS])) / _TICKS_PER_S
