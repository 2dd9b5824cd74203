"""Segments as SQL: the same condition, over all members at once (docs/rules.md, Segments).

SQL's own three values are Kleene's, with NULL for unknown: `WHERE` keeps what is true, as a grant does. Pure
text with parameters; values never stand in the text.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from loyalty.errors import LoyaltyError
from loyalty.rules import language as lang
from loyalty.rules.facts import FACTS, MEMBER_PREFIX, Kind
from loyalty.rules.language import CompareOp, Node
from loyalty.rules.validate import SET_SEPARATOR

TABLE = "member_fact"
COLUMNS: Mapping[str, Kind] = MappingProxyType(
    {
        name.removeprefix(MEMBER_PREFIX): spec.kind
        for name, spec in FACTS.items()
        if name.startswith("member.")
    }
)
"""The columns of the table besides `member_id`, and what they hold."""

_SIGNS: Mapping[CompareOp, str] = MappingProxyType(
    {
        CompareOp.EQ: "=",
        CompareOp.NE: "<>",
        CompareOp.LT: "<",
        CompareOp.LE: "<=",
        CompareOp.GT: ">",
        CompareOp.GE: ">=",
    }
)


class Dialect(StrEnum):
    """The databases; they differ in placeholders and in the name of one function."""

    SQLITE = "sqlite"
    POSTGRES = "postgres"


class NotAboutMembers(LoyaltyError):
    """A condition reads what the member table does not have."""

    code = "not_about_members"
    text = "A segment reads member.* facts only, not {what}. Use a campaign for baskets."


@dataclass(frozen=True, slots=True)
class SqlText:
    """A piece of SQL and the values of its placeholders, in order."""

    text: str
    params: tuple[int | str, ...]


def select_members(node: Node, dialect: Dialect) -> SqlText:
    """The query for the ids of all members who meet a condition.

    Raises: NotAboutMembers.
    """
    condition = compile_sql(node, dialect)
    query = f"SELECT member_id FROM {TABLE} WHERE {condition.text} ORDER BY member_id"  # noqa: S608
    return SqlText(query, condition.params)


def compile_sql(node: Node, dialect: Dialect) -> SqlText:
    """A checked condition as an SQL expression that is true, false or NULL.

    Raises: NotAboutMembers.
    """
    params: list[int | str] = []

    def place(value: int | str) -> str:
        params.append(value)
        return "?" if dialect is Dialect.SQLITE else f"${len(params)}"

    return SqlText(_write(node, dialect, place), tuple(params))


_Place = Callable[[int | str], str]


def _write(node: Node, dialect: Dialect, place: _Place) -> str:
    match node:
        case lang.Literal(value=value, kind=kind):
            return _literal(value, kind, place)
        case lang.FactRef(name=name):
            return _column(name)
        case lang.Not(arg=arg):
            return f"(NOT {_write(arg, dialect, place)})"
        case lang.And(args=args):
            return "(" + " AND ".join(_write(arg, dialect, place) for arg in args) + ")"
        case lang.Or(args=args):
            return "(" + " OR ".join(_write(arg, dialect, place) for arg in args) + ")"
        case lang.Compare(op=op, left=left, right=right):
            return f"({_write(left, dialect, place)} {_SIGNS[op]} {_write(right, dialect, place)})"
        case lang.In(item=item, options=options):
            first = _write(item, dialect, place)
            places = [_literal(value, _kind_of(item), place) for value in sorted(options, key=str)]
            return f"({first} IN ({', '.join(places)}))"
        case lang.Has(item=item, text=text):
            function = "instr" if dialect is Dialect.SQLITE else "strpos"
            held = place(f"{SET_SEPARATOR}{text}{SET_SEPARATOR}")
            return f"({function}({_write(item, dialect, place)}, {held}) > 0)"
        case lang.InSegment(definition=definition):
            return _write(definition, dialect, place)
        case lang.AnyLine() | lang.AllLines() | lang.Count() | lang.Sum():
            raise NotAboutMembers(what="the lines of a basket")


def _literal(value: lang.Value, kind: Kind, place: _Place) -> str:
    """Booleans are written out: a bare parameter is no condition everywhere."""
    assert not isinstance(value, frozenset), "no document writes a set as a constant"
    if kind is Kind.BOOL:
        return "(1 = 1)" if value else "(1 = 0)"
    return place(value)


def _column(name: str) -> str:
    column = name.removeprefix(MEMBER_PREFIX)
    if not name.startswith(MEMBER_PREFIX):
        raise NotAboutMembers(what=name)
    return f"({column} <> 0)" if FACTS[name].kind is Kind.BOOL else column


def _kind_of(node: Node) -> Kind:
    """The kind of the item of an `in`: what its options are written as."""
    match node:
        case lang.FactRef(name=name):
            return FACTS[name].kind
        case lang.Literal(kind=kind):
            return kind
        case _:
            return Kind.BOOL


def set_text(texts: frozenset[str]) -> str:
    """A set of texts as the table stores it: `|a|b|`, `||` when empty."""
    inner = SET_SEPARATOR.join(sorted(texts))
    return f"{SET_SEPARATOR}{inner}{SET_SEPARATOR}"
