"""Whether two conditions are proved never to hold together: other texts, days or hours that do not meet."""

from collections.abc import Mapping

from loyalty.rules import language as lang
from loyalty.rules.language import FACTS, CompareOp, FactRef, Kind, Literal, Node, Value

_MOMENTS = ("basket.local_day", "basket.local_time")
FIRST, LAST = "", "~"
"""Before and after every day and every time of day, as texts."""
Allowed = Mapping[str, frozenset[Value]]


def are_apart(left: Node, right: Node) -> bool:
    """Whether no ticket (of two conditions on one line: no line) meets both. False: it is not proved."""
    mine, theirs = texts_allowed(left), texts_allowed(right)
    if any(mine[fact].isdisjoint(theirs[fact]) for fact in mine.keys() & theirs.keys()):
        return True
    for fact in _MOMENTS:
        (since, until), (other_since, other_until) = span_of(left, fact), span_of(right, fact)
        if max(since, other_since) > min(until, other_until):
            return True
    return False


def last_day(node: Node) -> str | None:
    """The last day on which the condition may hold, None where it names none."""
    until = span_of(node, "basket.local_day")[1]
    return None if until == LAST else until


def texts_allowed(node: Node) -> Allowed:
    """By fact: the texts of which it must be one where the condition holds; other facts are left out."""
    match node:
        case lang.Compare(op=CompareOp.EQ, left=FactRef(name=name), right=Literal(value=value)) | (
            lang.Compare(op=CompareOp.EQ, left=Literal(value=value), right=FactRef(name=name))
        ) if FACTS[name].kind is Kind.TEXT:
            return {name: frozenset({value})}
        case lang.In(item=FactRef(name=name), options=options) if FACTS[name].kind is Kind.TEXT:
            return {name: options}
        case lang.And(args=args):
            joined: dict[str, frozenset[Value]] = {}
            for each in map(texts_allowed, args):
                for name, values in each.items():
                    joined[name] = joined.get(name, values) & values
            return joined
        case lang.Or(args=args):
            all_of = list(map(texts_allowed, args))
            names = frozenset.intersection(*(frozenset(each) for each in all_of))
            return {name: frozenset[Value]().union(*(each[name] for each in all_of)) for name in names}
        case _:
            return {}


def span_of(node: Node, fact: str) -> tuple[str, str]:
    """The first and the last moment at which the condition may hold."""
    match node:
        case lang.Compare(op=op, left=FactRef(name=name), right=Literal(value=str() as at)) if name == fact:
            since = at if op in (CompareOp.GE, CompareOp.GT, CompareOp.EQ) else FIRST
            until = at if op in (CompareOp.LE, CompareOp.LT, CompareOp.EQ) else LAST
            return since, until
        case lang.And(args=args):
            spans = [span_of(arg, fact) for arg in args]
            return max(since for since, _ in spans), min(until for _, until in spans)
        case lang.Or(args=args):
            spans = [span_of(arg, fact) for arg in args]
            return min(since for since, _ in spans), max(until for _, until in spans)
        case _:
            return FIRST, LAST
