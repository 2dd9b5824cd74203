"""What the standard library takes from the machine, taken from the seed: random bytes and clocks."""

import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from tools.simulation.loop import SimLoop


@contextmanager
def seeded(rng: random.Random, loop: SimLoop, wall_ms: int) -> Iterator[None]:
    """Random bytes come from `rng`, clocks from `loop`, as long as the block lasts.

    `secrets` and `uuid` draw through these two names; programs get their wall clocks as arguments, and these
    stand for what a library may look at by itself.
    """

    def wall_ns() -> int:
        return wall_ms * 1_000_000 + monotonic_ns()

    def monotonic_ns() -> int:
        return int(loop.now_s * 1e9)

    with (
        patch.object(os, "urandom", rng.randbytes),
        patch.object(random, "_urandom", rng.randbytes),
        patch.object(time, "monotonic", loop.time),
        patch.object(time, "monotonic_ns", monotonic_ns),
        patch.object(time, "time", lambda: wall_ns() / 1e9),
        patch.object(time, "time_ns", wall_ns),
    ):
        yield
