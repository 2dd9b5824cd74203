"""From a JSON tree to a checked condition. What passes here can be evaluated on any facts without trouble."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from loyalty.errors import LoyaltyError
from loyalty.limits.rules import RULE_DEPTH_MAX, RULE_LIST_ITEMS_MAX, RULE_STEPS_MAX, RULE_TEXT_CHARS_MAX
from loyalty.limits.tickets import BASKET_LINES_MAX
from loyalty.rules import language as lang
from loyalty.rules.language import FACTS, CompareOp, Kind, Node, Value
from loyalty.rules.reading import (
    day_proposal,
    invalid,
    is_day,
    is_time,
    propose,
    read_list,
    read_object,
    read_text,
)

INT_MAX = 2**63 - 1
_ORDERED = (Kind.INT, Kind.DAY, Kind.TIME)
SET_SEPARATOR = "|"
"""Sets of texts are stored as `|a|b|`: a member of a set holds none."""

Segments = Mapping[str, Node | None]
"""Segments a condition may name: the condition that defines each, None for one filled by hand."""
NO_SEGMENTS: Segments = MappingProxyType({})


class UnknownOperation(LoyaltyError):
    """A rule uses an operation that the language does not have."""

    code = "unknown_operation"
    text = "{path}: there is no operation {operation}. {proposal} Use one of {known}."


class UnknownFact(LoyaltyError):
    """A rule reads a fact that does not exist, or a line's fact outside a line."""

    code = "unknown_fact"
    text = "{path}: the fact {fact} cannot be read here. {proposal} Facts to read here: {known}."


class KindsDoNotMix(LoyaltyError):
    """A rule compares or joins values of different kinds."""

    code = "kinds_do_not_mix"
    text = "{path} must be a {expected}, not a {found}. Values are never converted; correct the rule."


class NoOrder(LoyaltyError):
    """A rule asks which of two values is more, where their kind has no more and less."""

    code = "no_order"
    text = "{path} compares a {kind}: that has no order. Use eq, ne or in."


class RuleTooDeep(LoyaltyError):
    """A rule is nested too deeply."""

    code = "rule_too_deep"
    text = "{path} is nested deeper than {limit} levels. Flatten the rule."


class RuleTooCostly(LoyaltyError):
    """A rule would take too many steps on a large basket."""

    code = "rule_too_costly"
    text = "{path} would take {steps} steps on the largest basket; {limit} are allowed. Make it shorter."


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the tree we are: path for errors, depth, whether a line is at hand, segments to name.

    `segments` None: every name of a segment is taken as one filled by hand.
    """

    path: str
    depth: int = 0
    is_in_line: bool = False
    segments: Segments | None = None

    def at(self, step: str) -> "_Place":
        return replace(self, path=f"{self.path}.{step}")

    def into(self, operation: str) -> "_Place":
        place = self.at(operation)
        if self.depth >= RULE_DEPTH_MAX:
            raise RuleTooDeep(path=place.path, limit=RULE_DEPTH_MAX)
        return replace(place, depth=self.depth + 1)


_Typed = tuple[Node, Kind]


def parse_condition(tree: object, path: str = "when", *, segments: Segments | None = None) -> Node:
    """Check a condition and turn it into nodes.

    Args:
        tree: what a JSON parser gives: objects, lists, integers, booleans, texts.
        path: the name of the place, for errors.
        segments: the segments there are; None: their names are not checked.
    Raises: ProgrammeInvalid, UnknownOperation, UnknownFact, KindsDoNotMix, RuleTooDeep, RuleTooCostly.
    """
    node = _condition(tree, _Place(path, segments=segments))
    _check_steps(path, lang.steps_of(node, BASKET_LINES_MAX))
    return node


def parse_line_condition(tree: object, path: str = "lines", *, segments: Segments | None = None) -> Node:
    """Check a condition on one line: `line.*` facts are at hand, operations over lines are not.

    Raises: as `parse_condition`.
    """
    node = _condition(tree, _Place(path, is_in_line=True, segments=segments))
    _check_steps(path, lang.steps_of(node, BASKET_LINES_MAX) * BASKET_LINES_MAX)
    return node


def _check_steps(path: str, steps: int) -> None:
    if steps > RULE_STEPS_MAX:
        raise RuleTooCostly(path=path, steps=steps, limit=RULE_STEPS_MAX)


def _condition(tree: object, place: _Place) -> Node:
    return _of_kind(tree, place, Kind.BOOL)


def _of_kind(tree: object, place: _Place, expected: Kind) -> Node:
    node, kind = _expression(tree, place)
    node, kind = _as_moment(node, kind, expected, place)
    if kind is not expected:
        raise KindsDoNotMix(path=place.path, expected=expected.value, found=kind.value)
    return node


def _expression(tree: object, place: _Place) -> _Typed:
    if not isinstance(tree, Mapping):
        return _literal(tree, place)
    if "fact" in tree:
        return _fact(tree, place)
    if len(tree) != 1:
        raise invalid(place.path, "an object with one operation", sorted(str(name) for name in tree))
    ((operation, body),) = tree.items()
    parse = _OPERATIONS.get(operation)
    if parse is None:
        known = ("fact", *_OPERATIONS)
        raise UnknownOperation(
            path=place.path,
            operation=str(operation)[:RULE_TEXT_CHARS_MAX],
            known=", ".join(known),
            proposal=propose(operation, known),
        )
    return parse(operation, body, place.into(operation))


def _literal(value: object, place: _Place) -> _Typed:
    if isinstance(value, bool):
        return lang.Literal(value, Kind.BOOL), Kind.BOOL
    if isinstance(value, int) and -INT_MAX <= value <= INT_MAX:
        return lang.Literal(value, Kind.INT), Kind.INT
    if isinstance(value, str) and len(value) <= RULE_TEXT_CHARS_MAX:
        return lang.Literal(value, Kind.TEXT), Kind.TEXT
    proposal = "Correct it and save again."
    if isinstance(value, float):
        proposal = "Numbers are whole: write minor units, points or basis points (1 % is 100)."
    raise invalid(place.path, "an operation, a whole number, a boolean or a short text", value, proposal)


def _fact(tree: Mapping[str, object], place: _Place) -> _Typed:
    name = read_object(tree, place.path, required=frozenset({"fact"}))["fact"]
    spec = FACTS.get(name) if isinstance(name, str) else None
    is_of_line = isinstance(name, str) and name.startswith("line.")
    if spec is None or not isinstance(name, str) or (is_of_line and not place.is_in_line):
        known = [fact for fact in FACTS if place.is_in_line or not fact.startswith("line.")]
        shown = str(name)[:RULE_TEXT_CHARS_MAX]
        proposal = propose(shown, known)
        if is_of_line and name in FACTS:
            proposal = "Read it inside any_line, all_lines, count or sum."
        raise UnknownFact(path=place.path, fact=shown, known=", ".join(known), proposal=proposal)
    return lang.FactRef(name), spec.kind


def _not(_operation: str, body: object, place: _Place) -> _Typed:
    return lang.Not(_condition(body, place)), Kind.BOOL


def _junction(operation: str, body: object, place: _Place) -> _Typed:
    items = read_list(body, place.path, at_least=1, at_most=RULE_LIST_ITEMS_MAX)
    args = tuple(_condition(item, place.at(str(index))) for index, item in enumerate(items))
    return (lang.And(args) if operation == "and" else lang.Or(args)), Kind.BOOL


def _compare(operation: str, body: object, place: _Place) -> _Typed:
    items = read_list(body, place.path, at_least=2, at_most=2)
    left, left_kind = _expression(items[0], place.at("0"))
    right, right_kind = _expression(items[1], place.at("1"))
    op = CompareOp(operation)
    if op not in (CompareOp.EQ, CompareOp.NE):
        _require_order((left, right), (left_kind, right_kind), place)
    left, left_kind = _as_moment(left, left_kind, right_kind, place.at("0"))
    right, right_kind = _as_moment(right, right_kind, left_kind, place.at("1"))
    if left_kind is not right_kind or left_kind is Kind.TEXTS:
        raise KindsDoNotMix(path=place.path, expected=left_kind.value, found=right_kind.value)
    if op not in (CompareOp.EQ, CompareOp.NE) and left_kind not in _ORDERED:
        raise NoOrder(path=place.path, kind=left_kind.value)
    _check_values(left, right, place)
    _check_values(right, left, place)
    return lang.Compare(op, left, right), Kind.BOOL


def _require_order(nodes: tuple[Node, Node], kinds: tuple[Kind, Kind], place: _Place) -> None:
    """A fact without an order is said so first, whatever it is compared with. Raises: NoOrder."""
    for at, (node, kind) in enumerate(zip(nodes, kinds, strict=True)):
        if isinstance(node, lang.FactRef) and kind not in _ORDERED:
            raise NoOrder(path=f"{place.path}.{at}", kind=kind.value)


def _in(_operation: str, body: object, place: _Place) -> _Typed:
    items = read_list(body, place.path, at_least=2, at_most=2)
    item, kind = _expression(items[0], place.at("0"))
    if kind is Kind.TEXTS:
        raise KindsDoNotMix(path=f"{place.path}.0", expected=Kind.TEXT.value, found=kind.value)
    options = read_list(items[1], f"{place.path}.1", at_least=1, at_most=RULE_LIST_ITEMS_MAX)
    values: set[Value] = set()
    for index, option in enumerate(options):
        here = place.at(f"1.{index}")
        literal, literal_kind = _as_moment(*_literal(option, here), kind, here)
        if literal_kind is not kind:
            raise KindsDoNotMix(path=here.path, expected=kind.value, found=literal_kind.value)
        _check_values(item, literal, here)
        assert isinstance(literal, lang.Literal)
        values.add(literal.value)
    return lang.In(item, frozenset(values)), Kind.BOOL


def _has(_operation: str, body: object, place: _Place) -> _Typed:
    items = read_list(body, place.path, at_least=2, at_most=2)
    item = _of_kind(items[0], place.at("0"), Kind.TEXTS)
    text = read_text(items[1], f"{place.path}.1")
    if SET_SEPARATOR in text:
        raise invalid(f"{place.path}.1", f"a text without {SET_SEPARATOR}", text)
    if item == lang.FactRef("member.segments") and place.segments is not None:
        if text not in place.segments:
            expected = "a segment of the programme: " + (", ".join(sorted(place.segments)) or "there is none")
            raise invalid(f"{place.path}.1", expected, text, propose(text, place.segments))
        definition = place.segments[text]
        if definition is not None:
            return lang.InSegment(text, definition), Kind.BOOL
    return lang.Has(item, text), Kind.BOOL


def _line_condition(operation: str, body: object, place: _Place) -> _Typed:
    where = _condition(body, _into_line(place))
    return (lang.AnyLine(where) if operation == "any_line" else lang.AllLines(where)), Kind.BOOL


def _count(_operation: str, body: object, place: _Place) -> _Typed:
    members = read_object(body, place.path, required=frozenset({"where"}))
    return lang.Count(_condition(members["where"], _into_line(place).at("where"))), Kind.INT


def _sum(_operation: str, body: object, place: _Place) -> _Typed:
    members = read_object(body, place.path, required=frozenset({"of", "where"}))
    inner = _into_line(place)
    of = _of_kind(members["of"], inner.at("of"), Kind.INT)
    return lang.Sum(of, _condition(members["where"], inner.at("where"))), Kind.INT


def _into_line(place: _Place) -> _Place:
    if place.is_in_line:
        raise invalid(place.path, "outside any other operation over lines", "nested")
    return replace(place, is_in_line=True)


def _as_moment(node: Node, kind: Kind, wanted: Kind, place: _Place) -> _Typed:
    """A text literal where a day or a time is wanted must be one."""
    if kind is not Kind.TEXT or not isinstance(node, lang.Literal):
        return node, kind
    if wanted is Kind.DAY and not is_day(node.value):
        raise invalid(place.path, "a day as YYYY-MM-DD", node.value, day_proposal(node.value))
    if wanted is Kind.TIME and not is_time(node.value):
        raise invalid(place.path, "a time of day as HH:MM", node.value)
    if wanted not in (Kind.DAY, Kind.TIME):
        return node, kind
    return lang.Literal(node.value, wanted), wanted


def _check_values(fact: Node, literal: Node, place: _Place) -> None:
    """A text compared to a fact of few values must be one of them: a typing slip never matches silently."""
    if not isinstance(fact, lang.FactRef) or not isinstance(literal, lang.Literal):
        return
    values = FACTS[fact.name].values
    if values is not None and literal.value not in values:
        expected = "one of " + ", ".join(sorted(values))
        raise invalid(place.path, expected, literal.value, propose(literal.value, values))


_OPERATIONS: Mapping[str, Callable[[str, object, _Place], _Typed]] = MappingProxyType(
    {
        "and": _junction,
        "or": _junction,
        "not": _not,
        **{op.value: _compare for op in CompareOp},
        "in": _in,
        "has": _has,
        "any_line": _line_condition,
        "all_lines": _line_condition,
        "count": _count,
        "sum": _sum,
    }
)
OPERATIONS = tuple(_OPERATIONS)
"""The operations of the language, for the documentation."""
