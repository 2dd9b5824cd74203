"""docs/errors.md is written from the subclasses of LoyaltyError: an error nobody documented cannot exist."""

import importlib
import inspect
import os
from collections.abc import Iterator
from pathlib import Path

from loyalty.errors import LoyaltyError
from tools.checks.tree import Finding, Tree

PAGE = "docs/errors.md"
PROGRAMS = ("loyalty", "wire", "reader_daemon", "terminal", "kiosk", "central", "officine", "tools")
HEAD = """# Errors

Every expected error has a stable code. Faces show its text in their own way: problem+json (`code`, `params`,
`detail`), a page, the kiosk's screen, the command line. Words in braces are parameters. The sorts of trouble
are in `loyalty/errors.py`; central answers each with an HTTP status. Written from the code by `make docs`.

| Code | Trouble | Meaning | Text |
|---|---|---|---|
"""


def import_programs(tree: Tree) -> list[Finding]:
    """Import every module of the programs, but not `__main__` (which would start them); what cannot be."""
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    broken = []
    for name in tree.named(".py"):
        path = Path(name)
        if path.parts[0] not in PROGRAMS or path.stem == "__main__":
            continue
        parts = path.parent.parts if path.stem == "__init__" else (*path.parent.parts, path.stem)
        try:
            importlib.import_module(".".join(parts))
        except Exception as error:
            broken.append(Finding(name, 1, f"cannot be imported: {type(error).__name__}: {error}"))
    return broken


def all_errors(base: type[LoyaltyError] = LoyaltyError) -> list[type[LoyaltyError]]:
    """Every subclass that can be met (not the families in between), in the order of their codes."""
    found: dict[str, type[LoyaltyError]] = {}
    waiting = base.__subclasses__()
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.partition(".")[0] in PROGRAMS and not is_family(kind):
            found[f"{kind.__module__}.{kind.__qualname__}"] = kind
    return sorted(found.values(), key=lambda kind: (kind.code, kind.__module__))


def is_family(kind: type[LoyaltyError]) -> bool:
    """A class that only gathers others: it has subclasses and no code of its own."""
    return bool(kind.__subclasses__()) and "code" not in vars(kind)


def render(errors: list[type[LoyaltyError]]) -> str:
    """The page for these errors."""
    rows = []
    for kind in errors:
        meaning = " ".join((inspect.getdoc(kind) or "").partition("\n\n")[0].split())
        cells = (f"`{kind.code}`", kind.trouble.value, meaning, " ".join(kind.text.split()))
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n")
    return HEAD + "".join(rows)


def problems(errors: list[type[LoyaltyError]]) -> Iterator[tuple[type[LoyaltyError], str]]:
    """Errors that a person who meets them could not name or understand."""
    seen: dict[str, type[LoyaltyError]] = {}
    for kind in errors:
        if "code" not in vars(kind):
            yield kind, f"{kind.__name__} has no code of its own"
        elif kind.code in seen:
            yield kind, f"{kind.__name__} has the code of {seen[kind.code].__name__}: {kind.code!r}"
        seen.setdefault(kind.code, kind)
        if kind.text == LoyaltyError.text:
            yield kind, f"{kind.__name__} has no text that says what to do next"
        if not vars(kind).get("__doc__"):
            yield kind, f"{kind.__name__} has no docstring: when does it happen?"


def check(tree: Tree) -> Iterator[Finding]:
    """Errors are well made, and the page lists exactly them."""
    broken = import_programs(tree)
    yield from broken
    if broken:
        return
    errors = all_errors()
    for kind, text in problems(errors):
        name = kind.__module__.replace(".", "/") + ".py"
        yield Finding(name, inspect.getsourcelines(kind)[1], text)
    if PAGE not in tree.files or tree.source(PAGE) != render(errors):
        yield Finding(PAGE, 1, "is not what the code raises: run `make docs`")


def pages(tree: Tree) -> dict[str, str]:
    """The generated page, by its path."""
    for finding in import_programs(tree):
        print(finding)
    return {PAGE: render(all_errors())}
