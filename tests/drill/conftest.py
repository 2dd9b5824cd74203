"""What every drill gets: a seed that is told on failure, and figures that are printed at the end."""

import os
import random
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.postgres import Server

SEED_VARIABLE = "DRILL_SEED"
FULL_VARIABLE = "DRILL_FULL"
_figures = pytest.StashKey[list[str]]()


@dataclass
class Drill:
    """The seed of one run, and what it counted."""

    seed: int
    rng: random.Random
    is_full: bool = False
    """Whether the long run was asked for."""
    figures: dict[str, object] = field(default_factory=dict)

    def tell(self, **figures: object) -> None:
        """Figures for the summary; the units are in the names."""
        self.figures |= figures


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The engine of the central in `tmp_path`."""
    if request.param == "sqlite":
        yield request.param
        return
    server: Server = request.getfixturevalue("postgres_server")
    with server.database() as address:
        (tmp_path / "database").write_text(address)
        yield request.param


@pytest.fixture
def drill(request: pytest.FixtureRequest) -> Iterator[Drill]:
    """A seeded drill. The seed is in the output of a failure; DRILL_SEED repeats it; DRILL_FULL=1: longer."""
    seed = int(os.environ.get(SEED_VARIABLE, secrets.randbits(32)))
    again = f"{SEED_VARIABLE}={seed} make drill ARGS='-k {request.node.originalname}'"
    request.node.add_report_section("call", "seed", f"The seed was {seed}; the same draws again: {again}")
    is_full = bool(os.environ.get(FULL_VARIABLE))
    running = Drill(seed=seed, rng=random.Random(seed), is_full=is_full)
    started_s = time.monotonic()
    yield running
    told = "  ".join(f"{name}={value}" for name, value in running.figures.items())
    seconds = time.monotonic() - started_s
    line = f"{request.node.name}: {told}  seed={seed}  seconds={seconds:.1f}"
    request.config.stash.setdefault(_figures, []).append(line)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    lines = config.stash.get(_figures, [])
    if lines:
        terminalreporter.section("drill figures")
        for line in lines:
            terminalreporter.line(line)
