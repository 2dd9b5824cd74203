"""Marks of the settings a program was started with: they tell which have changed since, not what they hold.

A program reads its settings once. Who changes the file and forgets the restart sees the old ones at work.
"""

import dataclasses
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

MARK_CHARS: Final = 8
SECRETS: Final = frozenset({"token"})
"""Settings that leave no trace, not even a mark."""


def marks_of(settings: Any) -> dict[str, str]:
    """A short mark for each setting but secrets; equal values have equal marks.

    Args:
        settings: a program's frozen dataclass of settings.
    """
    values = {field.name: getattr(settings, field.name) for field in dataclasses.fields(settings)}
    return {name: _mark(value) for name, value in values.items() if name not in SECRETS}


def changed_since(started_with: Mapping[str, str], settings: Any) -> list[str]:
    """Names of the settings that are others now; those that only one of two releases knows are left out."""
    now = marks_of(settings)
    return sorted(name for name in started_with.keys() & now.keys() if started_with[name] != now[name])


def _mark(value: Any) -> str:
    if isinstance(value, tuple) and len(value) == 1:
        value = value[0]  # one word, or a list of it
    plain = sorted(value) if isinstance(value, frozenset) else value  # a set has no order of its own
    return sha256(repr(plain).encode()).hexdigest()[:MARK_CHARS]
