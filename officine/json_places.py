"""Where a value stands in a JSON text: the line that a person must look at."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from loyalty.errors import LoyaltyError

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+')
_RULES = "programme.rules."


def line_of(text: str, path: str) -> int | None:
    """The line, from 1, of the value that a refusal or a finding names; of the nearest that is there.

    Args:
        text: a programme document that is JSON.
        path: `programme.rules.3.effects.0.rate_bp`, or `programme.rules.<id>` of a finding.
    """
    if path.split(".", maxsplit=1)[0] != "programme":
        return None
    lines: dict[str, int] = {}
    for place, line in _lines(text):
        lines.setdefault(place, line)
    wanted = _by_place(text, path)
    while wanted and wanted not in lines:
        wanted = wanted.rpartition(".")[0]
    return lines.get(wanted)


@contextmanager
def named_place(file: Path, text: str) -> Iterator[None]:
    """Refusals that name a path name the file's line as well."""
    try:
        yield
    except LoyaltyError as error:
        line = line_of(text, str(error.params.get("path", "")))
        if line is not None:
            error.add_note(f"{file}, line {line}.")
        raise


def _by_place(text: str, path: str) -> str:
    """A path with the rule's place in it where it has the rule's id; ids may have dots."""
    if path.startswith(_RULES):
        named = path.removeprefix(_RULES)
        rules = json.loads(text)["rules"]
        for at, rule in enumerate(rules if isinstance(rules, list) else []):
            if isinstance(rule, dict) and rule.get("id") == named:
                return f"{_RULES}{at}"
    return path


def _lines(text: str) -> Iterator[tuple[str, int]]:
    """Every value's path and line; a member's is that of its name, where its value may go over many."""
    line, last = 1, 0
    open_at: list[tuple[str, int | None]] = []  # path; the next index in a list, None in an object
    name: str | None = None
    for token in _TOKEN.finditer(text):
        line += text.count("\n", last, token.start())
        last = token.start()
        word = token.group()
        is_name = bool(open_at) and open_at[-1][1] is None and name is None
        if word in "}]":
            open_at.pop()
            name = None
        elif word == ",":
            name = None
        elif word == ":":
            continue
        elif is_name and word.startswith('"'):
            name = json.loads(word)
            yield f"{open_at[-1][0]}.{name}", line
        else:
            path = _path_of(open_at, name)
            yield path, line
            if word in "{[":
                open_at.append((path, 0 if word == "[" else None))
                name = None


def _path_of(open_at: list[tuple[str, int | None]], name: str | None) -> str:
    """The path of the value that begins here; of a list the next place is counted on."""
    if not open_at:
        return "programme"
    parent, index = open_at[-1]
    if index is None:
        return f"{parent}.{name}"
    open_at[-1] = (parent, index + 1)
    return f"{parent}.{index}"
