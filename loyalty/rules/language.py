"""The rules language: the facts a rule may read and the nodes its condition is made of (docs/rules.md)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from loyalty.programme.articles import ArticleClass

Value = int | str
"""A known value; booleans are ints to Python, but never mix with numbers in a valid rule."""
Truth = bool | None
"""Kleene's three values; None is unknown."""


class Kind(StrEnum):
    """What sort of value an expression has; kinds never mix."""

    BOOL = "boolean"
    INT = "whole number"
    TEXT = "text"
    DAY = "day (YYYY-MM-DD)"


@dataclass(frozen=True, slots=True)
class FactSpec:
    """A fact rules may read. `values`: the only texts it can have, None: any."""

    kind: Kind
    meaning: str
    values: frozenset[str] | None = None


FACTS: Mapping[str, FactSpec] = MappingProxyType(
    {
        "basket.total_minor": FactSpec(Kind.INT, "Sum of the lines that count toward a threshold by law."),
        "basket.local_day": FactSpec(Kind.DAY, "The shop's local day."),
        "member.is_known": FactSpec(Kind.BOOL, "Whether a member is identified."),
        "member.grade": FactSpec(Kind.TEXT, "The member's grade."),
        "line.article_class": FactSpec(
            Kind.TEXT, "Legal class of the article.", frozenset(c.value for c in ArticleClass)
        ),
        "line.brand": FactSpec(Kind.TEXT, "Brand of the article."),
        "line.range": FactSpec(Kind.TEXT, "Range of the article."),
        "line.amount_minor": FactSpec(Kind.INT, "What the customer pays for the line."),
        "line.quantity": FactSpec(Kind.INT, "Units of the line."),
    }
)
PRODUCT_FACTS = frozenset({"line.article_class", "line.brand", "line.range"})
"""A rule that reads one of these is tied to products; some laws then look at it differently."""


class CompareOp(StrEnum):
    """Comparisons."""

    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant."""

    value: Value
    kind: Kind


@dataclass(frozen=True, slots=True)
class FactRef:
    """A fact by name; unknown when the facts at hand do not have it."""

    name: str


@dataclass(frozen=True, slots=True)
class Not:
    """Not."""

    arg: "Node"


@dataclass(frozen=True, slots=True)
class And:
    """False when one is false, else unknown when one is unknown."""

    args: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    """True when one is true, else unknown when one is unknown."""

    args: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Compare:
    """Two values of one kind; unknown when one is unknown."""

    op: CompareOp
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class In:
    """Whether a value is one of the options."""

    item: "Node"
    options: frozenset[Value]


@dataclass(frozen=True, slots=True)
class AnyLine:
    """`Or` over the lines."""

    where: "Node"


@dataclass(frozen=True, slots=True)
class AllLines:
    """`And` over the lines; true of no lines."""

    where: "Node"


@dataclass(frozen=True, slots=True)
class Count:
    """How many lines; unknown while it is unknown whether one of them counts."""

    where: "Node"


@dataclass(frozen=True, slots=True)
class Sum:
    """The sum of a whole number over the lines that count."""

    of: "Node"
    where: "Node"


Node = Literal | FactRef | Not | And | Or | Compare | In | AnyLine | AllLines | Count | Sum


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below."""
    match node:
        case Literal() | FactRef():
            return ()
        case Not(arg=arg):
            return (arg,)
        case And(args=args) | Or(args=args):
            return args
        case Compare(left=left, right=right):
            return (left, right)
        case In(item=item):
            return (item,)
        case AnyLine(where=where) | AllLines(where=where) | Count(where=where):
            return (where,)
        case Sum(of=of, where=where):
            return (of, where)


def facts_read(node: Node) -> frozenset[str]:
    """The names of all facts a condition reads."""
    own = frozenset({node.name}) if isinstance(node, FactRef) else frozenset[str]()
    return own.union(*(facts_read(child) for child in children(node)))


def steps_of(node: Node, lines: int) -> int:
    """The most steps an evaluation over a basket of `lines` lines takes."""
    below = sum(steps_of(child, lines) for child in children(node))
    return 1 + below * (lines if isinstance(node, AnyLine | AllLines | Count | Sum) else 1)
