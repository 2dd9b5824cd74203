"""The verbs' SQL in PostgreSQL's words: all that differs from SQLite stands here, and nowhere else.

- `:name` becomes psycopg's `%(name)b`: values travel in binary form.
- `INDEXED BY index` goes: PostgreSQL's planner has statistics, and takes no orders.
- `CROSS JOIN ... ON`, SQLite's way to fix an order of joins, is a plain `JOIN`.
- `IN (SELECT value FROM json_each(...))` is `= ANY (ARRAY(...))`; elsewhere `json_each` is
  `jsonb_array_elements`.
- `instr(` is `strpos(`; `EXPLAIN QUERY PLAN` is `EXPLAIN`.
- An `INSERT ... VALUES` for many rows takes them as one array per column: one statement for all.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from loyalty.limits.storage import STATEMENTS_KEPT_MAX

_NAME = re.compile(r"(?<![:\w]):([a-z_][a-z0-9_]*)")
_INDEXED_BY = re.compile(r"\s+INDEXED BY \w+")
_JSON_VALUES = re.compile(r"(NOT )?IN \(SELECT value FROM json_each\((:\w+)\)\)")
_JSON_ROWS = re.compile(r"json_each\((:\w+)\) AS (\w+)")
_INSERT = re.compile(
    r"\s*INSERT INTO (?P<table>\w+)\s*\((?P<columns>[^()]*)\)\s*VALUES\s*\((?P<values>[^()]*)\)(?P<rest>.*)",
    re.DOTALL,
)
ColumnTypes = Mapping[tuple[str, str], str]
"""The type of each column, by table and column."""


@lru_cache(maxsize=STATEMENTS_KEPT_MAX)
def translate(sql: str) -> str:
    """A verb's statement for psycopg."""
    return _NAME.sub(r"%(\1)b", _shared(sql))


@dataclass(frozen=True, slots=True)
class ManyRows:
    """One statement for many rows; each of `names` is bound to the list of its values."""

    sql: str
    names: tuple[str, ...]


def for_many(sql: str, types: ColumnTypes) -> ManyRows | None:
    """The statement that inserts many rows at once; None: not of that kind, to be run row by row."""
    match = _INSERT.fullmatch(sql)
    if match is None or _NAME.search(match["rest"]):
        return None
    columns = [column.strip() for column in match["columns"].split(",")]
    values = [value.strip() for value in match["values"].split(",")]
    assert len(columns) == len(values), sql
    arrays: dict[str, str] = {}
    for column, value in zip(columns, values, strict=True):
        if value.startswith(":"):
            arrays.setdefault(value[1:], types[match["table"], column])
    places = ", ".join(f"%({name})b::{kind}[]" for name, kind in arrays.items())
    chosen = ", ".join(f"given.{value[1:]}" if value.startswith(":") else value for value in values)
    text = (
        f"INSERT INTO {match['table']} ({', '.join(columns)}) SELECT {chosen}"  # noqa: S608 -- our own SQL
        f" FROM unnest({places}) AS given ({', '.join(arrays)}) {_shared(match['rest']).strip()}"
    )
    return ManyRows(text, tuple(arrays))


def _shared(sql: str) -> str:
    text = _INDEXED_BY.sub("", sql).replace("CROSS JOIN", "JOIN").replace("instr(", "strpos(")
    text = text.replace("EXPLAIN QUERY PLAN", "EXPLAIN")
    text = _JSON_VALUES.sub(_any_of, text)
    return _JSON_ROWS.sub(r"jsonb_array_elements(CAST(\1 AS jsonb)) AS \2 (value)", text)


def _any_of(match: re.Match[str]) -> str:
    """Each element of an array is looked up in an index; a sub-select might be joined by reading all."""
    compared = "<> ALL" if match[1] else "= ANY"
    return f"{compared} (ARRAY(SELECT jsonb_array_elements_text(CAST({match[2]} AS jsonb))))"
