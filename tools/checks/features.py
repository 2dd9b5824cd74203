"""docs/features.md: every row of the catalogue once, with its state and the test that shows it."""

import re
from collections.abc import Iterator
from pathlib import Path

from tools.checks.tree import Finding, Tree

PAGE = "docs/features.md"
IDS_FILE = Path(__file__).with_name("catalogue_ids.txt")
STATES = ("works", "partly", "not yet")
ROW = re.compile(r"^\| *(?P<id>[A-Z]-\d\S*) *\|(?P<what>[^|]*)\|(?P<state>[^|]*)\|(?P<tests>[^|]*)\|$")
TEST = re.compile(r"`(?P<path>tests/[^`:]+)(?:::(?P<name>[^`]+))?`")


def check(tree: Tree) -> Iterator[Finding]:
    """IDs are complete and unique, states are known, and a claim names a test that exists."""
    wanted = IDS_FILE.read_text(encoding="ascii").split()
    seen: set[str] = set()
    for number, line in enumerate(tree.source(PAGE).splitlines() if PAGE in tree.files else (), start=1):
        row = ROW.match(line)
        if row is None:
            continue
        name = row["id"]
        if name in seen:
            yield Finding(PAGE, number, f"{name} stands twice")
        elif name not in wanted:
            yield Finding(PAGE, number, f"{name} is not an ID of the catalogue")
        seen.add(name)
        yield from _of_row(tree, number, row)
    if missing := [name for name in wanted if name not in seen]:
        yield Finding(PAGE, 1, f"rows are missing: {', '.join(missing)}")


def _of_row(tree: Tree, number: int, row: re.Match[str]) -> Iterator[Finding]:
    name, state = row["id"], row["state"].strip()
    if state not in STATES:
        yield Finding(PAGE, number, f"{name}: {state!r} is none of {', '.join(STATES)}")
    if not row["what"].strip():
        yield Finding(PAGE, number, f"{name} does not say what one gets")
    tests = list(TEST.finditer(row["tests"]))
    if state in ("works", "partly") and not tests:
        yield Finding(PAGE, number, f"{name} is said to be {state!r} but no test shows it")
    for test in tests:
        path, function = test["path"], test["name"]
        if path not in tree.files:
            yield Finding(PAGE, number, f"{name}: there is no {path}")
        elif function and not re.search(rf"\bdef {re.escape(function)}\(", tree.source(path)):
            yield Finding(PAGE, number, f"{name}: {path} has no test {function}")
