"""Pages that are named exist: relative links of Markdown, and `docs/….md` wherever it is mentioned."""

import posixpath
import re
from collections.abc import Iterator

from tools.checks.tree import Finding, Tree

LINK = re.compile(r"\]\((?P<target>[^)\s#:]+)(?:#[^)]*)?\)")
MENTION = re.compile(r"(?<![\w./-])docs/[\w/-]+\.md\b")


def check(tree: Tree) -> Iterator[Finding]:
    """Links and mentions that lead nowhere."""
    files = set(tree.files)
    folders = {posixpath.dirname(name) for name in files}
    for name in tree.named(".md", ".py", ".toml"):
        if name.startswith("tests/"):
            continue
        for number, line in enumerate(tree.source(name).splitlines(), start=1):
            targets = set(MENTION.findall(line))
            if name.endswith(".md"):
                here = posixpath.dirname(name)
                targets |= {
                    posixpath.normpath(posixpath.join(here, link["target"])) for link in LINK.finditer(line)
                }
            for target in sorted(targets):
                if target not in files and target not in folders:
                    yield Finding(name, number, f"there is no {target}")
