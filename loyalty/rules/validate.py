"""From a JSON tree to a checked condition. What passes here can be evaluated on any facts without trouble."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from loyalty.errors import LoyaltyError
from loyalty.limits import (
    BASKET_LINES_MAX,
    RULE_DEPTH_MAX,
    RULE_LIST_ITEMS_MAX,
    RULE_STEPS_MAX,
    RULE_TEXT_CHARS_MAX,
)
from loyalty.rules import language as lang
from loyalty.rules.language import FACTS, CompareOp, Kind, Node, Value
from loyalty.rules.reading import invalid, read_list, read_object

_INT_MAX = 2**63 - 1
_DAY_CHARS = 10


class UnknownOperation(LoyaltyError):
    """A rule uses an operation that the language does not have."""

    code = "unknown_operation"
    text = "{path}: there is no operation {operation}. Use one of {known}."


class UnknownFact(LoyaltyError):
    """A rule reads a fact that does not exist, or a line's fact outside a line."""

    code = "unknown_fact"
    text = "{path}: the fact {fact} cannot be read here. Facts to read here: {known}."


class KindsDoNotMix(LoyaltyError):
    """A rule compares or joins values of different kinds."""

    code = "kinds_do_not_mix"
    text = "{path} must be a {expected}, not a {found}. Values are never converted; correct the rule."


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
    """Where in the tree we are: path for errors, depth, whether a line is at hand."""

    path: str
    depth: int = 0
    is_in_line: bool = False

    def at(self, step: str) -> "_Place":
        return _Place(f"{self.path}.{step}", self.depth, self.is_in_line)

    def into(self, operation: str) -> "_Place":
        place = self.at(operation)
        if self.depth >= RULE_DEPTH_MAX:
            raise RuleTooDeep(path=place.path, limit=RULE_DEPTH_MAX)
        return _Place(place.path, self.depth + 1, self.is_in_line)


_Typed = tuple[Node, Kind]


def parse_condition(tree: object, path: str = "when") -> Node:
    """Check a condition and turn it into nodes.

    Args:
        tree: what a JSON parser gives: objects, lists, integers, booleans, texts.
        path: the name of the place, for errors.
    Raises: ProgrammeInvalid, UnknownOperation, UnknownFact, KindsDoNotMix, RuleTooDeep, RuleTooCostly.
    """
    node = _condition(tree, _Place(path))
    steps = lang.steps_of(node, BASKET_LINES_MAX)
    if steps > RULE_STEPS_MAX:
        raise RuleTooCostly(path=path, steps=steps, limit=RULE_STEPS_MAX)
    return node


def _condition(tree: object, place: _Place) -> Node:
    return _of_kind(tree, place, Kind.BOOL)


def _of_kind(tree: object, place: _Place, expected: Kind) -> Node:
    node, kind = _expression(tree, place)
    node, kind = _as_day(node, kind, expected, place)
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
        known = ", ".join(("fact", *_OPERATIONS))
        raise UnknownOperation(path=place.path, operation=str(operation)[:RULE_TEXT_CHARS_MAX], known=known)
    return parse(operation, body, place.into(operation))


def _literal(value: object, place: _Place) -> _Typed:
    if isinstance(value, bool):
        return lang.Literal(value, Kind.BOOL), Kind.BOOL
    if isinstance(value, int) and -_INT_MAX <= value <= _INT_MAX:
        return lang.Literal(value, Kind.INT), Kind.INT
    if isinstance(value, str) and len(value) <= RULE_TEXT_CHARS_MAX:
        return lang.Literal(value, Kind.TEXT), Kind.TEXT
    raise invalid(place.path, "an operation, a whole number, a boolean or a short text", value)


def _fact(tree: Mapping[str, object], place: _Place) -> _Typed:
    name = read_object(tree, place.path, required=frozenset({"fact"}))["fact"]
    spec = FACTS.get(name) if isinstance(name, str) else None
    is_of_line = isinstance(name, str) and name.startswith("line.")
    if spec is None or not isinstance(name, str) or (is_of_line and not place.is_in_line):
        known = [fact for fact in FACTS if place.is_in_line or not fact.startswith("line.")]
        shown = str(name)[:RULE_TEXT_CHARS_MAX]
        raise UnknownFact(path=place.path, fact=shown, known=", ".join(known))
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
    left, left_kind = _as_day(left, left_kind, right_kind, place.at("0"))
    right, right_kind = _as_day(right, right_kind, left_kind, place.at("1"))
    if left_kind is not right_kind:
        raise KindsDoNotMix(path=place.path, expected=left_kind.value, found=right_kind.value)
    op = CompareOp(operation)
    if op not in (CompareOp.EQ, CompareOp.NE) and left_kind not in (Kind.INT, Kind.DAY):
        raise KindsDoNotMix(path=place.path, expected=Kind.INT.value, found=left_kind.value)
    _check_values(left, right, place)
    _check_values(right, left, place)
    return lang.Compare(op, left, right), Kind.BOOL


def _in(_operation: str, body: object, place: _Place) -> _Typed:
    items = read_list(body, place.path, at_least=2, at_most=2)
    item, kind = _expression(items[0], place.at("0"))
    options = read_list(items[1], f"{place.path}.1", at_least=1, at_most=RULE_LIST_ITEMS_MAX)
    values: set[Value] = set()
    for index, option in enumerate(options):
        here = place.at(f"1.{index}")
        literal, literal_kind = _as_day(*_literal(option, here), kind, here)
        if literal_kind is not kind:
            raise KindsDoNotMix(path=here.path, expected=kind.value, found=literal_kind.value)
        _check_values(item, literal, here)
        assert isinstance(literal, lang.Literal)
        values.add(literal.value)
    return lang.In(item, frozenset(values)), Kind.BOOL


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
    return _Place(place.path, place.depth, is_in_line=True)


def _as_day(node: Node, kind: Kind, wanted: Kind, place: _Place) -> _Typed:
    """A text literal where a day is wanted must be one."""
    if wanted is not Kind.DAY or not isinstance(node, lang.Literal) or kind is not Kind.TEXT:
        return node, kind
    text = str(node.value)
    try:
        is_day = len(text) == _DAY_CHARS and date.fromisoformat(text) is not None
    except ValueError:
        is_day = False
    if not is_day:
        raise invalid(place.path, "a day as YYYY-MM-DD", text)
    return lang.Literal(text, Kind.DAY), Kind.DAY


def _check_values(fact: Node, literal: Node, place: _Place) -> None:
    """A text compared to a fact of few values must be one of them: a typing slip never matches silently."""
    if not isinstance(fact, lang.FactRef) or not isinstance(literal, lang.Literal):
        return
    values = FACTS[fact.name].values
    if values is not None and literal.value not in values:
        raise invalid(place.path, "one of " + ", ".join(sorted(values)), literal.value)


_OPERATIONS: Mapping[str, Callable[[str, object, _Place], _Typed]] = MappingProxyType(
    {
        "and": _junction,
        "or": _junction,
        "not": _not,
        **{op.value: _compare for op in CompareOp},
        "in": _in,
        "any_line": _line_condition,
        "all_lines": _line_condition,
        "count": _count,
        "sum": _sum,
    }
)
OPERATIONS = tuple(_OPERATIONS)
"""The operations of the language, for the documentation."""
