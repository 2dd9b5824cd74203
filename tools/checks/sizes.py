"""Files aim at 300 lines and stay under 600; functions aim at 40 and stay under 70 (STYLE)."""

import ast
from collections.abc import Iterator

from tools.checks.tree import Finding, Tree

FILE_LINES_MAX = 600
FILE_LINES_AIM = 300
FUNCTION_LINES_MAX = 70
HAND_WRITTEN = (".py", ".sh", ".sql", ".js", ".css", ".html")


def check(tree: Tree) -> Iterator[Finding]:
    """Files and functions that are too long."""
    for name in tree.named(*HAND_WRITTEN):
        lines = tree.source(name).count("\n")
        if lines > FILE_LINES_MAX:
            yield Finding(name, 1, f"{lines} lines, at most {FILE_LINES_MAX}: is it still one thing?")
    for name in tree.named(".py"):
        for node in ast.walk(tree.module(name)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_LINES_MAX:
                    text = f"{node.name} has {lines} lines, at most {FUNCTION_LINES_MAX}: ifs up, loops down"
                    yield Finding(name, node.lineno, text)


def long_files(tree: Tree) -> list[tuple[int, str]]:
    """Files above the aim, longest first: worth a look, not wrong."""
    sized = ((tree.source(name).count("\n"), name) for name in tree.named(*HAND_WRITTEN))
    return sorted((pair for pair in sized if pair[0] > FILE_LINES_AIM), reverse=True)
