"""Mutants: one small change at a time. Those of type annotations, assertions and texts are not made."""

import ast
import copy
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

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
    key: str
    """The same for the same change to the same file."""
    module: Callable[[], ast.Module]
    """The changed tree, made when it is wanted."""

    def __str__(self) -> str:
        """As an editor finds it."""
        return f"{self.path}:{self.line}: {self.what}"


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Every mutant of a file."""
    text = path.read_text("utf-8")
    tree, digest = ast.parse(text), hashlib.sha256(text.encode()).hexdigest()[:12]
    for at, node in enumerate(_places(tree)):
        for number, (what, change) in enumerate(_changes(node)):
            module = partial(_changed, tree, at, change)
            yield Mutant(path, getattr(node, "lineno", 0), what, f"{path} {digest} {at} {number}", module)


def unchanged(path: Path) -> Mutant:
    """A mutant that changes nothing: the tests must pass on it."""
    text = path.read_text("utf-8")
    return Mutant(path, 0, "unchanged", f"{path} unchanged", partial(ast.parse, text))


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
