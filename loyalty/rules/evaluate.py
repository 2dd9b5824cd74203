"""Evaluating a condition in Kleene's three values: true, false, or unknown while a fact is missing.

What grants must be true; what forbids need only be not false. Learning a fact may turn unknown into an answer
and never flips an answer.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import cast

from loyalty.rules import language as lang
from loyalty.rules.language import CompareOp, Node, Truth, Value
from loyalty.values import quick

Scope = Mapping[str, Value | None]
"""Facts by full name; a missing name or None is unknown."""


@quick
@dataclass(frozen=True, slots=True)
class Facts:
    """What is known: of basket and member in `head`, and of each line."""

    head: Scope
    lines: tuple[Scope, ...] = ()


Condition = Callable[[Facts], Truth]
LineCondition = Callable[[Facts, Scope], Truth]
_Closure = Callable[[Facts, Scope], "Value | None"]

_NO_LINE: Scope = MappingProxyType({})
_COMPARE: Mapping[CompareOp, Callable[[Value, Value], bool]] = MappingProxyType(
    {
        CompareOp.EQ: operator.eq,
        CompareOp.NE: operator.ne,
        CompareOp.LT: operator.lt,
        CompareOp.LE: operator.le,
        CompareOp.GT: operator.gt,
        CompareOp.GE: operator.ge,
    }
)


def compile_condition(node: Node) -> Condition:
    """Turn a checked condition into a function; it never raises on facts of the declared kinds."""
    closure = compile_line_condition(node)
    return lambda facts: closure(facts, _NO_LINE)


def compile_line_condition(node: Node) -> LineCondition:
    """Turn a checked condition on one line into a function of the facts and that line."""
    return cast("LineCondition", _compile(node))  # checked: its kind is yes or no


def _compile(node: Node) -> _Closure:
    match node:
        case lang.Literal(value=value):
            return lambda _facts, _line: value
        case lang.FactRef(name=name):
            if name.startswith("line."):
                return lambda _facts, line: line.get(name)
            return lambda facts, _line: facts.head.get(name)
        case lang.Not(arg=arg):
            return _compile_not(_compile(arg))
        case lang.And(args=args):
            return _compile_junction(tuple(_compile(arg) for arg in args), decisive=False)
        case lang.Or(args=args):
            return _compile_junction(tuple(_compile(arg) for arg in args), decisive=True)
        case lang.Compare(op=op, left=left, right=right):
            return _compile_compare(_COMPARE[op], left, right)
        case lang.In(item=item, options=options):
            return _compile_in(_compile(item), options)
        case lang.Has(item=item, text=text):
            return _compile_has(_compile(item), text)
        case lang.InSegment(definition=definition):
            return _compile(definition)
        case lang.AnyLine() | lang.AllLines() | lang.Count() | lang.Sum():
            return _compile_over_lines(node)


def _compile_over_lines(node: lang.AnyLine | lang.AllLines | lang.Count | lang.Sum) -> _Closure:
    match node:
        case lang.AnyLine(where=where):
            return _compile_lines(_compile(where), decisive=True)
        case lang.AllLines(where=where):
            return _compile_lines(_compile(where), decisive=False)
        case lang.Count(where=where):
            return _compile_sum(lambda _facts, _line: 1, _compile(where))
        case lang.Sum(of=of, where=where):
            return _compile_sum(_compile(of), _compile(where))


def _compile_not(arg: _Closure) -> _Closure:
    def negate(facts: Facts, line: Scope) -> Truth:
        value = arg(facts, line)
        return None if value is None else not value

    return negate


def _compile_junction(args: tuple[_Closure, ...], *, decisive: bool) -> _Closure:
    def junction(facts: Facts, line: Scope) -> Truth:
        answer: Truth = not decisive
        for arg in args:
            value = arg(facts, line)
            if value is None:
                answer = None
            elif bool(value) is decisive:
                return decisive
        return answer

    return junction


def _compile_lines(where: _Closure, *, decisive: bool) -> _Closure:
    def over_lines(facts: Facts, _line: Scope) -> Truth:
        answer: Truth = not decisive
        for line in facts.lines:
            value = where(facts, line)
            if value is None:
                answer = None
            elif bool(value) is decisive:
                return decisive
        return answer

    return over_lines


def _compile_compare(compare: Callable[[Value, Value], bool], left: Node, right: Node) -> _Closure:
    if isinstance(left, lang.FactRef) and isinstance(right, lang.Literal):
        return _compile_compare_fact(compare, left.name, right.value)
    of_left, of_right = _compile(left), _compile(right)

    def comparison(facts: Facts, line: Scope) -> Truth:
        first, second = of_left(facts, line), of_right(facts, line)
        return None if first is None or second is None else compare(first, second)

    return comparison


def _compile_compare_fact(compare: Callable[[Value, Value], bool], name: str, value: Value) -> _Closure:
    """A fact beside a literal: what most conditions are, without a call for each side."""

    def comparison_of_line(_facts: Facts, line: Scope) -> Truth:
        fact = line.get(name)
        return None if fact is None else compare(fact, value)

    def comparison_of_head(facts: Facts, _line: Scope) -> Truth:
        fact = facts.head.get(name)
        return None if fact is None else compare(fact, value)

    return comparison_of_line if name.startswith("line.") else comparison_of_head


def _compile_in(item: _Closure, options: frozenset[Value]) -> _Closure:
    def contains(facts: Facts, line: Scope) -> Truth:
        value = item(facts, line)
        return None if value is None else value in options

    return contains


def _compile_has(item: _Closure, text: str) -> _Closure:
    def has(facts: Facts, line: Scope) -> Truth:
        value = item(facts, line)
        return text in value if isinstance(value, frozenset) else None

    return has


def _compile_sum(of: _Closure, where: _Closure) -> _Closure:
    def total(facts: Facts, _line: Scope) -> int | None:
        result = 0
        for line in facts.lines:
            counts = where(facts, line)
            if counts is None:
                return None
            if counts:
                value = of(facts, line)
                if value is None:
                    return None
                assert isinstance(value, int)
                result += value
        return result

    return total
