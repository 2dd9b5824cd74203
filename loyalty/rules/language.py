"""The rules language: the nodes a condition is made of (docs/rules.md). Facts stand in `facts.py`."""

from dataclasses import dataclass
from enum import StrEnum

from loyalty.rules.facts import FACTS, PRODUCT_FACTS, FactSpec, Kind

__all__ = [
    "FACTS",
    "PRODUCT_FACTS",
    "AllLines",
    "And",
    "AnyLine",
    "Compare",
    "CompareOp",
    "Count",
    "FactRef",
    "FactSpec",
    "Has",
    "In",
    "InSegment",
    "Kind",
    "Literal",
    "Node",
    "Not",
    "Or",
    "Sum",
    "Truth",
    "Value",
    "children",
    "facts_read",
    "steps_of",
]

Value = int | str | frozenset[str]
"""A known value; booleans are ints to Python, but never mix with numbers in a valid rule."""
Truth = bool | None
"""Kleene's three values; None is unknown."""


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
class Has:
    """Whether a set of texts holds one; unknown while the set is."""

    item: "Node"
    text: str


@dataclass(frozen=True, slots=True)
class InSegment:
    """Whether the member meets the segment that a rule of the programme defines."""

    name: str
    definition: "Node"


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


Node = Literal | FactRef | Not | And | Or | Compare | In | Has | InSegment | AnyLine | AllLines | Count | Sum


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
        case In(item=item) | Has(item=item):
            return (item,)
        case InSegment(definition=definition):
            return (definition,)
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
