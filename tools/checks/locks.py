"""Locks are in step with pyproject.toml: their first line says which dependencies they were made for."""

import hashlib
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tools.checks.tree import Finding, Tree

APART = {
    "reader": "requirements/reader.lock",
    "provisioning": "requirements/provisioning.lock",
    "fuzz": "requirements/fuzz.lock",
}
"""Extras in a lock of their own: compiled where installed, installed alone, or not to be had everywhere."""

LOCKS: dict[str, tuple[str, ...] | None] = {
    "requirements/all.lock": None,
    "requirements/reader.lock": ("nfc", "reader"),
    "requirements/provisioning.lock": ("provisioning",),
    "requirements/fuzz.lock": ("fuzz",),
    "requirements/central.lock": ("central",),
    "requirements/terminal.lock": ("terminal",),
}
"""Each lock and the extras it holds; None: all but those apart."""

PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)(?:\[.*\])?==(?P<version>[^\s;\\]+)", re.MULTILINE)
PINS_MOVED = "hashes missing or version not exact: run `make lock`"


def signature(pyproject: str, lock: str) -> str:
    """The first line of the lock file `lock`: a digest of the dependencies it was resolved from."""
    project = tomllib.loads(pyproject)["project"]
    extras: dict[str, list[str]] = project.get("optional-dependencies", {})
    chosen = LOCKS[lock]
    wanted = {
        "python": project["requires-python"],
        "": sorted(project.get("dependencies", [])),
        **{name: sorted(extras[name]) for name in extras if _is_chosen(name, chosen)},
    }
    digest = hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()
    return f"# Made by `make lock` from pyproject.toml, dependencies {digest[:16]}; not written by hand."


def _is_chosen(extra: str, chosen: tuple[str, ...] | None) -> bool:
    return extra not in APART if chosen is None else extra in chosen


def check(tree: Tree) -> Iterator[Finding]:
    """Locks that are missing, older than pyproject.toml, without hashes, or at odds with each other."""
    pyproject = tree.source("pyproject.toml")
    everything = set(PIN.findall(tree.source("requirements/all.lock")))
    known = {name for name, _ in everything}
    for lock in LOCKS:
        if lock not in tree.files:
            yield Finding(lock, 1, "is missing: run `make lock`")
            continue
        text = tree.source(lock)
        if text.partition("\n")[0] != signature(pyproject, lock):
            yield Finding(lock, 1, "is not in step with pyproject.toml: run `make lock`")
        yield from _requirements(lock, text)
        for name, version in PIN.findall(text):
            if (name, version) not in everything and (name in known or lock not in APART.values()):
                yield Finding(lock, 1, f"{name} {version} is not what requirements/all.lock has")


def _requirements(lock: str, text: str) -> Iterator[Finding]:
    joined = re.sub(r"\\\n\s*", "", text)
    for number, line in enumerate(joined.splitlines(), start=1):
        if line and not line.startswith("#") and not (PIN.match(line) and "--hash=sha256:" in line):
            yield Finding(lock, number, f"{line[:40]!r}: {PINS_MOVED}")


def sign(lock: Path, pyproject: Path) -> None:
    """Write the first line of `lock` anew."""
    text = lock.read_text(encoding="utf-8")
    if text.startswith("#"):
        text = text.partition("\n")[2]
    first = signature(pyproject.read_text(encoding="utf-8"), f"requirements/{lock.name}")
    lock.write_text(f"{first}\n{text}", encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] != "sign":
        sys.exit("usage: python -m tools.checks.locks sign requirements/NAME.lock")
    sign(Path(sys.argv[2]), Path("pyproject.toml"))
