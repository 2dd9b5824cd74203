"""Names in JSON objects: one that stands twice hides a value, and its writer means one of the two."""

import json


class _Twice(ValueError):
    """Ends the reading: a name stands twice."""


def name_twice(text: str) -> str | None:
    """The first name that stands twice in one object of a valid JSON text; None where there is none."""
    try:
        # Only the names matter; numbers stay texts, however long.
        json.loads(text, object_pairs_hook=_names_once, parse_int=str, parse_float=str)
    except _Twice as error:
        return str(error)
    return None


def _names_once(pairs: list[tuple[str, object]]) -> None:
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            raise _Twice(name)
        seen.add(name)
