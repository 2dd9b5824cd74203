"""What may stand in a bundle: small numbers, truths, words of our own source. Everything else stays here.

A list of what is secret is never complete; this one of what is not needs no knowledge of what a member, a
shop or a library may write into a log. A name, a card number, a token, an address can only be there if
somebody wrote it as a word into our source.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final

PACKAGES: Final = ("officine", "loyalty", "wire", "reader_daemon", "terminal", "kiosk", "central")
NUMBER_MAX: Final = 99_999_999
"""Eight digits: card, phone and insurance numbers, and times in milliseconds, are longer."""
_WORD: Final = re.compile(r"""(["'])([a-z][a-z0-9_.-]{0,39})\1""")
_SYSTEM_WORD: Final = re.compile(r"[a-z-]{1,32}")
_VERSION: Final = re.compile(r"v?\d{1,4}(\.\d{1,5}){0,3}([.+~_-]?[a-z]{1,8}\d{0,4}){0,3}(-\d{1,3})?")
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")


@cache
def own_words() -> frozenset[str]:
    """Every short lower-case word that stands in quotes in our own source: events, codes, states, keys."""
    found: set[str] = set()
    for source in own_sources().values():
        found.update(match[2] for match in _WORD.finditer(source.read_text(encoding="utf-8")))
    return frozenset(found)


@cache
def own_sources() -> Mapping[str, Traversable]:
    """Our own source files by their path, such as `terminal/agent.py`."""
    return {path: file for package in PACKAGES for path, file in _sources(files(package), package)}


def _sources(place: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    for entry in place.iterdir():
        if entry.is_dir() and entry.name != "__pycache__":
            yield from _sources(entry, f"{path}/{entry.name}")
        elif entry.name.endswith(".py"):
            yield f"{path}/{entry.name}", entry


def allowed(value: Any) -> int | float | bool | str | None:
    """The value where it may be told, else None."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return value if abs(value) <= NUMBER_MAX else None
    if isinstance(value, str) and value in own_words():
        return str(value)
    return None


def system_word(value: str) -> str | None:
    """A word of an enumeration that systemd or the kernel answered with, such as `active` or `exit-code`."""
    return value if _SYSTEM_WORD.fullmatch(value) else None


def version_text(value: str) -> str | None:
    """A version number."""
    return value if len(value) <= 40 and _VERSION.fullmatch(value) else None


def time_text(value: Any) -> str | None:
    """A moment in UTC as our logs write it."""
    return value if isinstance(value, str) and _TIME.fullmatch(value) else None
