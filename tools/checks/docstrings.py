"""Public modules, classes and functions say what they mean (STYLE: docstrings)."""

import ast
from collections.abc import Iterator

from tools.checks.tree import Finding, Tree

Function = ast.FunctionDef | ast.AsyncFunctionDef

PLAIN_BASES = {"Struct", "Protocol", "ABC", "StrEnum", "IntEnum", "Enum", "NamedTuple", "TypedDict"}
"""Bases whose subclass invents its methods; below any other base a method may fill a documented one."""


def check(tree: Tree) -> Iterator[Finding]:
    """Public names without a docstring, outside the tests."""
    names = [name for name in tree.named(".py") if not name.startswith("tests/")]
    declared = {pair for name in names for pair in _declarations(name, tree.module(name))}
    for name in names:
        module = tree.module(name)
        if ast.get_docstring(module) is None:
            yield Finding(name, 1, "the module has no docstring: what is it for?")
        for node in module.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                yield from _of_class(name, node, declared)
            elif isinstance(node, Function) and not _is_said_elsewhere(name, node, declared):
                yield from _of_function(name, node, node.name)


def _package(name: str) -> str:
    return name.partition("/")[0]


def _declarations(name: str, module: ast.Module) -> Iterator[tuple[str, str]]:
    """What the Protocols of a file declare: (top package, verb)."""
    for node in module.body:
        if isinstance(node, ast.ClassDef):
            for item in node.body:
                if isinstance(item, Function) and _is_declaration(item):
                    yield _package(name), item.name


def _of_class(name: str, node: ast.ClassDef, declared: set[tuple[str, str]]) -> Iterator[Finding]:
    if ast.get_docstring(node) is None:
        yield Finding(name, node.lineno, f"class {node.name} has no docstring")
    bases = {base.attr if isinstance(base, ast.Attribute) else ast.unparse(base) for base in node.bases}
    if bases - PLAIN_BASES:
        return
    for item in node.body:
        if isinstance(item, Function) and not _is_said_elsewhere(name, item, declared):
            yield from _of_function(name, item, f"{node.name}.{item.name}")


def _of_function(name: str, node: Function, shown: str) -> Iterator[Finding]:
    if not node.name.startswith("_") and ast.get_docstring(node) is None:
        yield Finding(name, node.lineno, f"{shown} has no docstring")


def _is_said_elsewhere(name: str, node: Function, declared: set[tuple[str, str]]) -> bool:
    """Overrides, overloads, setters; Protocols' declarations (their class says it) and what fills them."""
    if _is_declaration(node) or (_package(name), node.name) in declared:
        return True
    names = {ast.unparse(decorator).rpartition(".")[2] for decorator in node.decorator_list}
    return bool(names & {"override", "overload", "setter"})


def _is_declaration(node: Function) -> bool:
    return len(node.body) <= 2 and ast.unparse(node.body[-1]) == "..."
