"""The files of the project as git knows them, read once."""

import ast
import functools
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

GIT = ("git", "-c", "safe.directory=*", "-c", "core.quotepath=off")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend: where, and what to do about it."""

    path: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


@dataclass(frozen=True)
class Tree:
    """Files under `root` that are tracked or would be (new and not ignored), by their path from there."""

    root: Path
    _sources: dict[str, str] = field(default_factory=dict)

    @functools.cached_property
    def files(self) -> tuple[str, ...]:
        """All files, sorted; deleted ones are left out."""
        listed = subprocess.run(  # noqa: S603  (a fixed command)
            [*GIT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=self.root,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        return tuple(sorted({name for name in listed.split("\0") if name and (self.root / name).is_file()}))

    def named(self, *suffixes: str) -> list[str]:
        """Files whose name ends with one of `suffixes`."""
        return [name for name in self.files if name.endswith(suffixes)]

    def source(self, name: str) -> str:
        """The text of a file; empty when it is not UTF-8 text."""
        if name not in self._sources:
            try:
                self._sources[name] = (self.root / name).read_text(encoding="utf-8")
            except UnicodeDecodeError:
                self._sources[name] = ""
        return self._sources[name]

    def module(self, name: str) -> ast.Module:
        """The syntax tree of a Python file."""
        return ast.parse(self.source(name), filename=name)
