"""Run the house rules: all of them, or those named; `--write` writes the generated pages first."""

import argparse
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from tools.checks import docstrings, errors_doc, features, flow_doc, limits_doc, links, locks, sizes, words
from tools.checks.tree import Finding, Tree

CHECKS: dict[str, Callable[[Tree], Iterable[Finding]]] = {
    "sizes": sizes.check,
    "docstrings": docstrings.check,
    "words": words.check,
    "locks": locks.check,
    "limits": limits_doc.check,
    "errors": errors_doc.check,
    "features": features.check,
    "links": links.check,
}
PAGES: tuple[Callable[[Tree], dict[str, str]], ...] = (limits_doc.pages, errors_doc.pages, flow_doc.pages)


def write_pages(tree: Tree) -> list[str]:
    """Write the generated pages that changed; their paths."""
    changed = []
    for pages in PAGES:
        for name, text in pages(tree).items():
            path = tree.root / name
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                path.write_text(text, encoding="utf-8")
                changed.append(name)
    return changed


def main(argv: list[str] | None = None) -> int:
    """Exit status 0 when nothing is found."""
    parser = argparse.ArgumentParser(prog="python -m tools.checks", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"which checks (default: all of {', '.join(CHECKS)})")
    parser.add_argument("--write", action="store_true", help="write the generated pages (docs/limits.md ...)")
    parser.add_argument("--root", type=Path, default=Path.cwd(), help="the project (default: here)")
    options = parser.parse_args(argv)
    if unknown := [name for name in options.names if name not in CHECKS]:
        parser.error(f"no check is called {', '.join(unknown)}")
    try:
        if options.write:
            for name in write_pages(Tree(options.root)):
                print(f"wrote {name}")
        return report(Tree(options.root), options.names or list(CHECKS))
    except subprocess.CalledProcessError as error:
        sys.exit(f"The checks read the list of files from git, which says: {error.stderr.strip()}")


def report(tree: Tree, names: list[str]) -> int:
    """Run the checks and print what they find."""
    findings = [finding for name in names for finding in CHECKS[name](tree)]
    for finding in sorted(findings, key=lambda finding: (finding.path, finding.line)):
        print(finding)
    if "sizes" in names and (long := sizes.long_files(tree)):
        print(f"Over {sizes.FILE_LINES_AIM} lines: " + ", ".join(f"{name} ({lines})" for lines, name in long))
    print(f"{len(findings)} to mend" if findings else "nothing to mend")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
