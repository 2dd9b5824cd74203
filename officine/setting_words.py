"""What a setting must be, in words: from its type."""

import types
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any, Final, Literal, Union, get_args, get_origin

import msgspec

_ONE: Final[dict[Any, str]] = {
    bool: "true or false",
    int: "a whole number, such as 8080",
    str: 'a text in quotes, such as "text"',
    Path: 'a path in quotes, such as "/var/lib/officine"',
}
_MANY: Final[dict[Any, str]] = {
    int: "whole numbers, such as [999]",
    str: 'texts in quotes, such as ["text"]',
    Path: 'paths in quotes, such as ["/dev/null"]',
}


def description_of(hint: Any) -> str:
    """What a value of this type is, as a settings file writes it.

    Raises: KeyError: a type that no setting has had so far; it needs its words here.
    """
    kinds = [kind for kind in _kinds(hint) if kind is not type(None)]
    return ", or ".join(dict.fromkeys(_description(kind) for kind in kinds))


def _kinds(hint: Any) -> Iterator[Any]:
    if get_origin(hint) in (Union, types.UnionType):
        for part in get_args(hint):
            yield from _kinds(part)
    else:
        yield hint


def _description(kind: Any) -> str:
    words = _permitted(kind)
    if words:
        return f"one of: {', '.join(words)}"
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Mapping and isinstance(parts[1], type) and issubclass(parts[1], msgspec.Struct):
        return (
            'a table of printers, such as { "TILL-1" = { port = 9100, printer = "tcp://192.0.2.40:9100" } }'
        )
    if origin is Mapping:
        return 'a table of texts, such as { "TILL-1" = "https://192.0.2.11:9443/nexo" }'
    if origin is tuple and Ellipsis not in parts:
        return f"a list of {len(parts)} {_MANY[parts[0]].partition(',')[0]}"
    if origin in (tuple, frozenset):
        words = _permitted(parts[0])
        return f"a list of them: {', '.join(words)}" if words else f"a list of {_MANY[parts[0]]}"
    return _ONE[kind]


def _permitted(kind: Any) -> list[str]:
    """The words of a type that permits certain ones only."""
    if get_origin(kind) is Literal:
        return [str(value) for value in get_args(kind)]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return [str(member.value) for member in kind]
    return []
