"""Mutation testing: change one small thing at a time and see whether a test notices. Not part of `make test`.

    python -m tools.mutate --sample 300 loyalty/pricing loyalty/rules

Each mutant runs in a forked process: the changed module is compiled from its tree, the quick tests of the
domain run on it, and the exit status tells. Mutants of type annotations, assertions and texts are not made.
"""

import argparse
import ast
import copy
import importlib
import importlib.abc
import importlib.util
import os
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import hypothesis
import pytest

TESTS: Final = (
    "tests/unit/loyalty/test_pricing_vectors.py",
    "tests/unit/loyalty/test_rule_vectors.py",
    "tests/unit/loyalty/test_loyalty_quote.py",
    "tests/unit/loyalty/test_pricing_details.py",
    "tests/unit/loyalty/test_pricing_promises.py",
    "tests/unit/loyalty/test_loyalty_rules.py",
    "tests/unit/loyalty/test_rules_refused.py",
    "tests/unit/loyalty/test_rule_index.py",
    "tests/unit/loyalty/test_loyalty_schema.py",
    "tests/unit/loyalty/test_rules_cookbook.py",
    "tests/property/loyalty/test_segment_sql_properties.py",
)
CPU_S_MAX: Final = 60
"""Processor time, so that a busy machine kills no mutant."""
WORKERS: Final = 2
_PRELOADED: Final = (hypothesis, importlib.import_module("jsonschema"), importlib.import_module("apsw"))
"""Imported once, before the forks."""

_COMPARE: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_ARITHMETIC: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
}
_NAMES: Final = {"min": "max", "max": "min", "any": "all", "all": "any"}
Change = Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: where, and what it says."""

    path: Path
    line: int
    what: str
    module: Callable[[], ast.Module]
    """The changed tree, made when it is wanted."""


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Every mutant of a file."""
    tree = ast.parse(path.read_text("utf-8"))
    for at, node in enumerate(_places(tree)):
        for what, change in _changes(node):
            yield Mutant(path, getattr(node, "lineno", 0), what, partial(_changed, tree, at, change))


def _changed(tree: ast.Module, at: int, change: Change) -> ast.Module:
    changed = copy.deepcopy(tree)
    change(list(_places(changed))[at])
    return ast.fix_missing_locations(changed)


def _places(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes worth changing, in a stable order."""
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns", "decorator_list", "bases"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not isinstance(child, ast.Assert | ast.Raise):
                yield child
                yield from _places(child)


def _changes(node: ast.AST) -> Iterator[tuple[str, Change]]:  # noqa: C901  (a table, written as one)
    match node:
        case ast.Compare(ops=[op]) if type(op) in _COMPARE:
            other = _COMPARE[type(op)]
            yield f"{type(op).__name__} -> {other.__name__}", lambda n: n.ops.__setitem__(0, other())
        case ast.BinOp(op=binary) if type(binary) in _ARITHMETIC:
            swapped = _ARITHMETIC[type(binary)]
            yield f"{type(binary).__name__} -> {swapped.__name__}", lambda n: setattr(n, "op", swapped())
        case ast.BoolOp(op=ast.And()):
            yield "and -> or", lambda n: setattr(n, "op", ast.Or())
        case ast.BoolOp(op=ast.Or()):
            yield "or -> and", lambda n: setattr(n, "op", ast.And())
        case ast.UnaryOp(op=ast.Not()):
            yield "not dropped", _truth
        case ast.UnaryOp(op=ast.USub()):
            yield "minus dropped", lambda n: setattr(n, "op", ast.UAdd())
        case ast.Constant(value=bool(flag)):
            yield f"{flag} -> {not flag}", lambda n: setattr(n, "value", not flag)
        case ast.Constant(value=int(number)):
            yield f"{number} -> {number + 1}", lambda n: setattr(n, "value", number + 1)
        case ast.Call(func=ast.Name(id=name)) if name in _NAMES:
            yield f"{name} -> {_NAMES[name]}", lambda n: setattr(n.func, "id", _NAMES[name])
        case ast.AugAssign(op=ast.Add()):
            yield "+= -> -=", lambda n: setattr(n, "op", ast.Sub())
        case ast.AugAssign(op=ast.Sub()):
            yield "-= -> +=", lambda n: setattr(n, "op", ast.Add())
        case ast.If() | ast.IfExp():
            yield "if -> if not", lambda n: setattr(n, "test", ast.UnaryOp(ast.Not(), n.test))
        case ast.Continue():
            yield "continue dropped", lambda n: setattr(n, "__class__", ast.Pass)
        case ast.Expr(value=ast.Call()):
            yield "call dropped", lambda n: setattr(n, "value", ast.Constant(None))


def _truth(node: Any) -> None:
    """`not x` becomes `bool(x)`."""
    node.op = ast.Not()
    node.operand = ast.UnaryOp(ast.Not(), node.operand)


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads one module from a changed tree."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant
        parts = mutant.path.with_suffix("").parts
        self._name = ".".join(parts)

    def find_spec(
        self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != self._name:
            return None
        return importlib.util.spec_from_file_location(name, self._mutant.path.resolve(), loader=self)

    def exec_module(self, module: ModuleType) -> None:
        code = compile(self._mutant.module(), str(self._mutant.path), "exec")
        exec(code, module.__dict__)  # noqa: S102  (our own source, one node changed)


def _start(mutant: Mutant) -> int:
    """Run the tests on a mutant in a forked process; its id."""
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
    try:  # the vectors alone notice most, without a test runner
        vectors = importlib.import_module("tests.unit.loyalty.vector_run")
        status = 0 if vectors.agrees() else 1
        if status == 0:
            for name in [name for name in sys.modules if name.startswith("tests.unit.loyalty")]:
                del sys.modules[name]
            status = int(pytest.main([*options, *TESTS]))
    except BaseException:  # a mutant may break anything; whatever it breaks, it is noticed
        status = 1
    os._exit(min(status, 1))


def survivors_of(mutants: Sequence[Mutant]) -> list[Mutant]:
    """Mutants that no test noticed."""
    waiting, survived = list(mutants), list[Mutant]()
    running: dict[int, Mutant] = {}
    done = 0
    while waiting or running:
        while waiting and len(running) < WORKERS:
            mutant = waiting.pop()
            running[_start(mutant)] = mutant
        process, status = os.wait()
        mutant = running.pop(process)
        done += 1
        if status == 0:
            survived.append(mutant)
            print(f"{mutant.path}:{mutant.line}: {mutant.what}", flush=True)
        if sys.stderr.isatty() or done % 20 == 0:
            print(f"{done} of {len(mutants)}, {len(survived)} survived", file=sys.stderr)
    return survived


def main(argv: list[str] | None = None) -> int:
    """Make mutants, run them, tell which survived."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutate", description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--sample", type=int, default=300, help="how many mutants, drawn at random")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    files = [path for folder in options.folders for path in sorted(folder.glob("[!_]*.py"))]
    every = [mutant for path in files for mutant in mutants_of(path)]
    drawn = random.Random(options.seed).sample(every, min(options.sample, len(every)))
    begun = time.monotonic()
    unchanged = Mutant(files[0], 0, "unchanged", partial(ast.parse, files[0].read_text("utf-8")))
    if not survivors_of([unchanged]):
        sys.exit("The tests fail without any change: mend them first.")
    survived = survivors_of(drawn)
    by_folder = Counter(str(mutant.path.parent) for mutant in drawn)
    alive = Counter(str(mutant.path.parent) for mutant in survived)
    for folder, count in sorted(by_folder.items()):
        killed = count - alive[folder]
        print(f"{folder}: {killed} of {count} killed, {100 * killed / count:.1f} %")
    print(f"{len(drawn)} of {len(every)} mutants, {time.monotonic() - begun:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
