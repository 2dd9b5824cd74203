"""docs/limits.md is written from the modules of limits: every limit is shown, and none is out of date."""

import ast
import re
from collections.abc import Iterator

from tools.checks.tree import Finding, Tree

SOURCE = "loyalty/limits.py"
MORE = (
    "loyalty/limits_counter.py",
    "loyalty/limits_games.py",
    "loyalty/limits_my_value.py",
    "loyalty/limits_printing.py",
    "loyalty/limits_shops.py",
    "loyalty/limits_tills.py",
)
"""Topics of their own."""
PAGE = "docs/limits.md"
SECTION = re.compile(r"^# (?P<title>.+)$")
HEAD = """# Limits

Everything has a limit with a name. This page is written from `loyalty/limits*.py` by `make docs`.
"""


def render(source: str) -> str:
    """The page for the source of the limits' module.

    Limits are `NAME: Final = number` at module level; `# Title` lines begin sections; a string after a limit
    says what it means.
    """
    module = ast.parse(source)
    names: dict[str, object] = {}
    sections = _sections(source)
    out = [HEAD]
    shown = ""
    for index, node in enumerate(module.body):
        if not isinstance(node, ast.AnnAssign) or node.value is None:
            continue
        name = ast.unparse(node.target)
        value = names[name] = _value(node.value, names)
        title = next((title for line, title in reversed(sections) if line < node.lineno), "General")
        if title != shown:
            out.append(f"\n## {title}\n\n| Limit | Value | Meaning |\n|---|---:|---|\n")
            shown = title
        out.append(f"| `{name}` | {show(name, value)} | {_meaning(module.body[index + 1 : index + 2])} |\n")
    return "".join(out)


def _sections(source: str) -> list[tuple[int, str]]:
    lines = enumerate(source.splitlines(), start=1)
    return [(number, match["title"]) for number, line in lines if (match := SECTION.match(line))]


def _value(node: ast.expr, names: dict[str, object]) -> object:
    """Arithmetic over numbers and earlier limits."""
    code = compile(ast.Expression(node), SOURCE, "eval")
    return eval(code, {"__builtins__": {}}, dict(names))  # noqa: S307  (our own module, no builtins)


def _meaning(following: list[ast.stmt]) -> str:
    for node in following:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return " ".join(str(node.value.value).split())
    return ""


def show(name: str, value: object) -> str:
    """The value with its unit, read from the name: bytes, seconds, milliseconds, minor units, days."""
    if not isinstance(value, int):
        return f"{value} s" if re.search(r"_S(_|$)", name) else str(value)
    grouped = f"{value:,}".replace(",", " ")
    if "_BYTES" in name:
        return _in_units(value, grouped, (("MiB", 1024 * 1024), ("KiB", 1024)), "B")
    if "PER_S" not in name and re.search(r"_S(_|$)", name):
        return _in_units(value, grouped, (("h", 3600), ("min", 60)), "s")
    if re.search(r"_MS(_|$)", name):
        return _in_units(value, grouped, (("s", 1000),), "ms")
    return f"{grouped} days" if "DAYS" in name else grouped


def _in_units(value: int, grouped: str, units: tuple[tuple[str, int], ...], unit: str) -> str:
    larger = next((f" ({value // size} {name})" for name, size in units if value and value % size == 0), "")
    return f"{grouped} {unit}{larger}"


def check(tree: Tree) -> Iterator[Finding]:
    """The page is what the modules say."""
    if tree.source(PAGE) != render(_source(tree)) if PAGE in tree.files else True:
        yield Finding(PAGE, 1, f"is not what {SOURCE} says: run `make docs`")


def pages(tree: Tree) -> dict[str, str]:
    """The generated page, by its path."""
    return {PAGE: render(_source(tree))}


def _source(tree: Tree) -> str:
    """All modules as one."""
    return "\n".join(tree.source(each) for each in (SOURCE, *MORE) if each in tree.files)
