"""Segments as SQL: the same condition, over all members at once (docs/rules.md, Segments).

SQL's own three values are Kleene's, with NULL for unknown: `WHERE` keeps what is true, as a grant does. Pure
text with named parameters; values never stand in the text. It is SQLite's SQL, as all of storage's is; what
PostgreSQL says otherwise is translated there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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


class NotAboutMembers(LoyaltyError):
    """A condition reads what the member table does not have."""

    code = "not_about_members"
    text = "A segment reads member.* facts only, not {what}. Use a campaign for baskets."


@dataclass(frozen=True, slots=True)
class SqlText:
    """A piece of SQL, and the values of its placeholders by name (`:p0`, `:p1`, ...).

    `narrowing`: columns that whoever meets it has in a narrow place: equal to a text, or in a range.
    """

    text: str
    params: Mapping[str, int | str]
    narrowing: frozenset[str] = frozenset()


def compile_sql(node: Node, sealed: frozenset[str] = frozenset()) -> SqlText:
    """A checked condition as an SQL expression that is true, false or NULL.

    Args:
        sealed: facts that the table does not hold in the open: they stand as unknown, so that whoever opens
            the seals has to look only at members for whom the answer is not false (a fact that is learnt
            never flips an answer).
    Raises: NotAboutMembers.
    """
    params: dict[str, int | str] = {}

    def place(value: int | str) -> str:
        name = f"p{len(params)}"
        params[name] = value
        return f":{name}"

    narrowing = frozenset(name.removeprefix(MEMBER_PREFIX) for name in _narrowing(node) - sealed)
    return SqlText(_write(node, sealed, place), MappingProxyType(params), narrowing)


def _narrowing(node: Node) -> frozenset[str]:
    match node:
        case lang.And(args=args):
            return frozenset[str]().union(*map(_narrowing, args))
        case lang.InSegment(definition=definition):
            return _narrowing(definition)
        case lang.In(item=lang.FactRef(name=name)):
            return frozenset({name})
        case lang.Compare(op=op, left=lang.FactRef(name=name), right=lang.Literal()) if (
            op is not CompareOp.NE
        ):
            return frozenset({name})
        case _:
            return frozenset()


_Place = Callable[[int | str], str]


def _write(node: Node, sealed: frozenset[str], place: _Place) -> str:
    match node:
        case lang.Literal(value=value, kind=kind):
            return _literal(value, kind, place)
        case lang.FactRef(name=name):
            return _column(name, sealed)
        case lang.Not(arg=arg):
            return f"(NOT {_write(arg, sealed, place)})"
        case lang.And(args=args):
            return "(" + " AND ".join(_write(arg, sealed, place) for arg in args) + ")"
        case lang.Or(args=args):
            return "(" + " OR ".join(_write(arg, sealed, place) for arg in args) + ")"
        case lang.Compare(op=op, left=left, right=right):
            return f"({_write(left, sealed, place)} {_SIGNS[op]} {_write(right, sealed, place)})"
        case lang.In(item=item, options=options):
            first = _write(item, sealed, place)
            places = [_literal(value, _kind_of(item), place) for value in sorted(options, key=str)]
            return f"({first} IN ({', '.join(places)}))"
        case lang.Has(item=item, text=text):
            held = place(f"{SET_SEPARATOR}{text}{SET_SEPARATOR}")
            return f"(instr({_write(item, sealed, place)}, {held}) > 0)"
        case lang.InSegment(definition=definition):
            return _write(definition, sealed, place)
        case lang.AnyLine() | lang.AllLines() | lang.Count() | lang.Sum():
            raise NotAboutMembers(what="the lines of a basket")


def _literal(value: lang.Value, kind: Kind, place: _Place) -> str:
    """Booleans are written out: a bare parameter is no condition everywhere."""
    assert not isinstance(value, frozenset), "no document writes a set as a constant"
    if kind is Kind.BOOL:
        return "(1 = 1)" if value else "(1 = 0)"
    return place(value)


def _column(name: str, sealed: frozenset[str]) -> str:
    column = name.removeprefix(MEMBER_PREFIX)
    if not name.startswith(MEMBER_PREFIX):
        raise NotAboutMembers(what=name)
    kind = FACTS[name].kind
    if name in sealed:
        column = f"CAST(NULL AS {'TEXT' if kind in (Kind.TEXT, Kind.TEXTS) else 'BIGINT'})"
    return f"({column} <> 0)" if kind is Kind.BOOL else column


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
