"""Runs seeds, one after the other, and says which one broke and how to see it again."""

import gc
import os
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from unittest.mock import patch

import apsw
import msgspec
from aiohttp import web_app

from central.services.group import groups
from central.storage import migrations
from central.storage.sqlite import migrate
from central.storage.sqlite.connection import count_no_memory
from tools.simulation import workload
from tools.simulation.disk import Disks, disks
from tools.simulation.furnish import Start, furnished
from tools.simulation.machine import register_connections
from tools.simulation.trace import Violation
from tools.simulation.world import World

SEEDS_PER_COLLECTION: Final = 25
SEEDS_PER_PROCESS: Final = 120
"""So many seeds' rubbish fits into a few hundred megabytes."""


@dataclass(frozen=True, slots=True)
class SeedResult:
    """What became of a seed. `violation`: in words, with the step at which it was found."""

    seed: int
    digest: str
    steps: int
    counts: dict[str, int]
    seconds: float
    violation: str | None = None
    where: str = ""
    """The traceback of what is no check of ours."""


class Runner:
    """Runs seeds in this process."""

    def __init__(self, place: Disks, start: Start) -> None:
        self._place = place
        self.start = start
        self._runs = 0

    def alone(self, name: str, seeds: Sequence[int]) -> Iterator[SeedResult]:
        """Seeds in a process of their own, which ends before memory does."""
        self._place.move_to(name)
        for seed in seeds:
            self._runs = 0
            yield self.run(seed)

    def run(self, seed: int, tell: Callable[[str], None] | None = None) -> SeedResult:
        """One seed."""
        began_s = time.perf_counter()
        self._runs += 1
        if self._runs % SEEDS_PER_COLLECTION == 0:
            _forget_worlds()
        world = World(seed, self.start, self._place, tell)
        violation, where = None, ""
        try:
            world.run(workload.live)
        except Violation as error:
            violation = f"{error}"
            where = "" if error.__cause__ is None else "".join(traceback.format_exception(error.__cause__))
        except TimeoutError:
            violation = "liveness: it does not come right after the faults ended"
        except Exception as error:  # the boundary of a seed: whatever broke, broke under this seed
            violation = f"no internal error: {type(error).__name__}: {error}"
            where = "".join(traceback.format_exception(error))
        return SeedResult(
            seed=seed,
            digest=world.trace.digest(),
            steps=world.trace.steps,
            counts=world.promises.counts,
            seconds=time.perf_counter() - began_s,
            violation=violation,
            where=where,
        )


def run_apart(runs: Runner, seeds: Sequence[int]) -> Iterator[SeedResult]:
    """Run seeds in processes that take what they leave along when they end.

    A world is full of circles: to collect those of one seed costs a fifth of what the seed costs.
    """
    for at in range(0, len(seeds), SEEDS_PER_PROCESS):
        yield from _in_a_process(runs, seeds[at : at + SEEDS_PER_PROCESS])


def _in_a_process(runs: Runner, seeds: Sequence[int]) -> Iterator[SeedResult]:
    source, target = os.pipe()
    child = os.fork()
    if not child:
        status = 1
        try:  # nothing of the parent's may be ended here: neither its disks nor its hooks
            os.close(source)
            with os.fdopen(target, "wb") as told:
                for result in runs.alone(f"apart-{seeds[0]}", seeds):
                    told.write(msgspec.json.encode(result) + b"\n")
                    told.flush()
            status = 0
        except BrokenPipeError:
            status = 0  # nobody wants to know more
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(target)
    try:
        with os.fdopen(source, "rb") as heard:
            for line in heard:
                yield msgspec.json.decode(line, type=SeedResult)
    finally:
        _, status = os.waitpid(child, 0)
    if status:
        raise RuntimeError(f"a process of seeds ended with {status}")


def _forget_worlds() -> None:
    """Collect what seeds left. What a dead machine had open its kernel closes: here the collector does."""
    web_app._cached_build_middleware.cache_clear()  # it keeps each application, and so each world
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@contextmanager
def runner() -> Iterator[Runner]:
    """A place for the disks, and a runner on it."""
    count_no_memory()  # as central does
    hooks = list(apsw.connection_hooks)
    register_connections()
    gc.disable()  # rubbish is collected between seeds: quicker, and at the same moments in every run
    try:
        start = furnished()
        gc.collect()
        gc.freeze()  # programs and the first disks are no rubbish, and need not be looked through each time
        # The one programme of all seeds is one text: what compiling makes of it is made once, and frozen.
        compiled = patch.object(groups, "read_programme", lru_cache(groups.read_programme))
        # So are the files of the migrations, which each boot would read and hash.
        loaded = patch.object(migrate, "load", lru_cache(migrations.load))
        with disks() as place, compiled, loaded:
            yield Runner(place, start)
    finally:
        _forget_worlds()
        gc.unfreeze()
        gc.enable()
        apsw.connection_hooks[:] = hooks
