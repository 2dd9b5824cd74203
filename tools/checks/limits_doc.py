"""docs/limits.md is written from the package of limits: every limit is shown, and none is out of date."""

import ast
import re
from collections.abc import Iterator, Mapping

from tools.checks.tree import Finding, Tree

SOURCES = "loyalty/limits/"
PAGE = "docs/limits.md"
SECTION = re.compile(r"^# (?P<title>.+)$")
HEAD = """# Limits

Everything has a limit with a name, in the module of its topic. This page is written from `loyalty/limits` by
`make docs`.
"""


def render(sources: Mapping[str, str]) -> str:
    """The page for the sources of the limits' modules, by their path.

    Limits are `NAME: Final = number` at module level, of numbers and of other limits; `# Title` lines begin
    sections; a string after a limit says what it means.
    """
    nodes = {name: node for path in sources for name, node in _limits(ast.parse(sources[path]))}
    out = [HEAD]
    for path in sorted(sources):
        out.extend(_rows(sources[path], nodes))
    return "".join(out)


def _rows(source: str, nodes: Mapping[str, ast.expr]) -> Iterator[str]:
    module, sections, shown = ast.parse(source), _sections(source), ""
    following = dict(zip(module.body, module.body[1:], strict=False))
    for name, node in _limits(module):
        title = next((title for line, title in reversed(sections) if line < node.lineno), "General")
        if title != shown:
            yield f"\n## {title}\n\n| Limit | Value | Meaning |\n|---|---:|---|\n"
            shown = title
        said = next(
            (after for each, after in following.items() if getattr(each, "value", None) is node), None
        )
        yield f"| `{name}` | {show(name, _value(node, nodes))} | {_meaning(said)} |\n"


def _limits(module: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for node in module.body:
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            yield ast.unparse(node.target), node.value


def _sections(source: str) -> list[tuple[int, str]]:
    lines = enumerate(source.splitlines(), start=1)
    return [(number, match["title"]) for number, line in lines if (match := SECTION.match(line))]


def _value(node: ast.expr, nodes: Mapping[str, ast.expr]) -> object:
    """Arithmetic over numbers and other limits."""
    others = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    names = {name: _value(nodes[name], nodes) for name in others}
    code = compile(ast.Expression(node), SOURCES, "eval")
    return eval(code, {"__builtins__": {}}, names)  # noqa: S307  (our own module, no builtins)


def _meaning(following: ast.stmt | None) -> str:
    if isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
        return " ".join(str(following.value.value).split())
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
    if PAGE not in tree.files or tree.source(PAGE) != render(_sources(tree)):
        yield Finding(PAGE, 1, f"is not what {SOURCES} says: run `make docs`")


def pages(tree: Tree) -> dict[str, str]:
    """The generated page, by its path."""
    return {PAGE: render(_sources(tree))}


def _sources(tree: Tree) -> dict[str, str]:
    return {name: tree.source(name) for name in tree.named(".py") if name.startswith(SOURCES)}
