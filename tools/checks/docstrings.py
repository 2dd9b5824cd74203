"""Public modules, classes and functions say what they mean (STYLE: docstrings)."""

import ast
from collections.abc import Iterator

from tools.checks.tree import Finding, Tree

Function = ast.FunctionDef | ast.AsyncFunctionDef

PLAIN_BASES = {"Struct", "Protocol", "ABC", "StrEnum", "IntEnum", "Enum", "NamedTuple", "TypedDict"}
"""Bases whose subclass invents its methods; below any other base a method may fill a documented one."""


def check(tree: Tree) -> Iterator[Finding]:
    """Public names without a docstring, outside the tests."""
    for name in tree.named(".py"):
        if name.startswith("tests/"):
            continue
        module = tree.module(name)
        if ast.get_docstring(module) is None:
            yield Finding(name, 1, "the module has no docstring: what is it for?")
        for node in module.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                yield from _of_class(name, node)
            elif isinstance(node, Function) and not _is_said_elsewhere(node):
                yield from _of_function(name, node, node.name)


def _of_class(name: str, node: ast.ClassDef) -> Iterator[Finding]:
    if ast.get_docstring(node) is None:
        yield Finding(name, node.lineno, f"class {node.name} has no docstring")
    bases = {base.attr if isinstance(base, ast.Attribute) else ast.unparse(base) for base in node.bases}
    if bases - PLAIN_BASES:
        return
    for item in node.body:
        if isinstance(item, Function) and not _is_said_elsewhere(item):
            yield from _of_function(name, item, f"{node.name}.{item.name}")


def _of_function(name: str, node: Function, shown: str) -> Iterator[Finding]:
    if not node.name.startswith("_") and ast.get_docstring(node) is None:
        yield Finding(name, node.lineno, f"{shown} has no docstring")


def _is_said_elsewhere(node: Function) -> bool:
    """Overrides, overloads and setters; declarations of a Protocol, whose class and STYLE's verbs say it."""
    if len(node.body) == 1 and ast.unparse(node.body[0]) == "...":
        return True
    names = {ast.unparse(decorator).rpartition(".")[2] for decorator in node.decorator_list}
    return bool(names & {"override", "overload", "setter"})
