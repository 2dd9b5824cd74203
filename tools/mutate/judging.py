"""Runs tests on mutants, each in a forked process that compiles the changed module from its tree."""

import importlib
import importlib.abc
import importlib.util
import os
import resource
import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Final

import hypothesis
import pytest

from tools.mutate.changes import Mutant

_SLOW: Final = (
    "tests/unit/loyalty/test_rule_index.py"
    "::test_of_ten_thousand_promotions_only_those_that_can_touch_the_basket_are_looked_at"
)
QUICK: Final = ("tests/unit/loyalty", f"--deselect={_SLOW}")
"""Three seconds a mutant; the vectors run before them, without a test runner, and notice most."""
THOROUGH: Final = (
    _SLOW,
    "tests/property/loyalty/test_segment_sql_properties.py",
    "tests/property/loyalty/test_loyalty_pricing_properties.py",
    "tests/property/loyalty/test_promotion_properties.py",
    "tests/property/loyalty/test_loyalty_rules_properties.py",
)
"""Half a minute a mutant: for those that the quick ones let live."""
CPU_S_MAX: Final = 120
"""Processor time, so that a busy machine kills no mutant."""
WORKERS: Final = 2
_PRELOADED: Final = (hypothesis, importlib.import_module("jsonschema"), importlib.import_module("apsw"))
"""Imported once, before the forks."""
Judged = Callable[[Mutant, bool], None]
"""Hears of each mutant whether the tests noticed it."""


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads one module from a changed tree."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant
        self._name = ".".join(mutant.path.with_suffix("").parts)

    def find_spec(
        self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != self._name:
            return None
        return importlib.util.spec_from_file_location(name, self._mutant.path.resolve(), loader=self)

    def exec_module(self, module: ModuleType) -> None:
        code = compile(self._mutant.module(), str(self._mutant.path), "exec")
        exec(code, module.__dict__)  # noqa: S102  (our own source, one node changed)


def prepare() -> None:
    """The same examples for every mutant, and no time spent on making a failure small."""
    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile("mutants", derandomize=True, database=None, phases=phases)
    hypothesis.settings.load_profile("mutants")


def judge(mutants: Sequence[Mutant], tests: Sequence[str], judged: Judged) -> None:
    """Run tests on mutants, a few at a time, and tell of each."""
    waiting = list(reversed(mutants))
    running: dict[int, Mutant] = {}
    while waiting or running:
        while waiting and len(running) < WORKERS:
            mutant = waiting.pop()
            running[_start(mutant, tests)] = mutant
        process, status = os.wait()
        judged(running.pop(process), status != 0)


def _start(mutant: Mutant, tests: Sequence[str]) -> int:
    """Run tests on a mutant in a forked process; its id."""
    process = os.fork()
    if process:
        return process
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S_MAX, CPU_S_MAX))
    quiet = os.open(os.devnull, os.O_WRONLY)
    if "MUTATE_SHOW" not in os.environ:
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
    sys.meta_path.insert(0, _Finder(mutant))
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    options = ["-x", "-q", "--assert=plain", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir=."]
    try:
        vectors = importlib.import_module("tests.unit.loyalty.vector_run")
        status = 0 if vectors.agrees() else 1
        if status == 0:
            for name in [name for name in sys.modules if name.startswith("tests.")]:
                del sys.modules[name]
            status = int(pytest.main([*options, *tests]))
    except BaseException:  # a mutant may break anything; whatever it breaks, it is noticed
        status = 1
    os._exit(min(status, 1))
