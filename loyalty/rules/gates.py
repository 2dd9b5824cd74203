"""What must hold of a ticket so that a rule can be met, read off its condition: what the index files it by.

Texts: the basket or member must have one of them. Values: a fact of the head must be one of them. A least
amount: a fact of the head must reach it. A moment: the days, times and weekdays on which the rule may hold.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType

from loyalty.rules import language as lang
from loyalty.rules.apart import span_of, texts_allowed
from loyalty.rules.facts import FACTS
from loyalty.rules.kinds import RuleKind
from loyalty.rules.language import CompareOp, FactRef, Kind, Literal, Node, Value
from loyalty.rules.rule import Rule

Key = tuple[str, Value]
"""A fact's name and the value it must have, or hold."""
TOTAL = "basket.total_minor"
"""It changes from stage to stage: rules are filed under the least that they ask of it alone."""

TEXT_FACTS = (
    "line.article_id",
    "basket.vouchers",
    "line.brand",
    "line.range",
    "member.segments",
    "shop.id",
    "line.article_class",
)
"""A rule is looked at where the text is there; while the fact is unknown it is not, and not told of."""
VALUE_FACTS = (
    "member.home_shop",
    "member.choices",
    "member.profile",
    "member.tier",
    "member.grade",
    "member.language",
    "member.preferred_channel",
    "member.preferred_payment",
    "member.birthday_days",
    "member.spouse_birthday_days",
    "member.child_birthday_days",
    "member.age_years",
    "member.visits",
    "member.visits_3_months",
    "member.days_since_purchase",
    "member.days_since_enrolment",
    "member.is_sponsored",
    "member.is_first_purchase",
    "basket.currency",
    "shop.country",
    "member.is_known",
)
"""A rule is looked at where the fact has the value, and while it is unknown: that is told on its lines."""
_RANKS = MappingProxyType({name: rank for rank, name in enumerate((*TEXT_FACTS, *VALUE_FACTS))})
"""The first leaves the fewest rules to look at."""


@dataclass(frozen=True, slots=True)
class Least:
    """A whole number of the head that must be `bound` at least; while it is unknown the rule is looked at."""

    name: str
    bound: int


Need = frozenset[Key] | Least
"""Values of which the ticket must have one, or an amount it must reach."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When a rule may hold: first and last day, first and last time of day, weekdays (None: every)."""

    days: tuple[str, str]
    times: tuple[str, str]
    weekdays: frozenset[Value] | None = None


def moment_of(rule: Rule) -> Moment | None:
    """When the rule may be met; None: it is told of at other times as well, as campaigns are."""
    if rule.kind is RuleKind.CAMPAIGN:
        return None
    days, times = span_of(rule.when, "basket.local_day"), span_of(rule.when, "basket.local_time")
    return Moment(days, times, texts_allowed(rule.when).get("basket.weekday"))


def need_of(rule: Rule) -> Need | None:
    """The most telling thing without which the rule changes nothing; None: it is looked at in any case.

    What forbids holds while it is unknown as well: no text needs to be there for it. Of a campaign that is
    not met its lines are told, so values keep no campaign away.
    """
    if rule.kind is not RuleKind.RESTRICTION and (texts := texts_of(rule)) is not None:
        return texts
    if rule.kind is RuleKind.CAMPAIGN:
        return None
    values = _values(rule.when)
    if values is not None and any(name != "member.is_known" for name, _ in values):
        return values
    return _least(rule.when) or values


def texts_of(rule: Rule) -> frozenset[Key] | None:
    """Texts of which a basket must have one so that the rule can be true; None: none in particular."""
    needs = [_texts(rule.when)]
    if rule.lines is not None:
        needs.append(_texts(rule.lines))
    return _narrowest(need for need in needs if need is not None)


def _texts(node: Node) -> frozenset[Key] | None:
    """Texts of which one must be there for the condition to be true; in a line condition: in some line."""
    match node:
        case lang.And(args=args):
            return _narrowest(need for need in map(_texts, args) if need is not None)
        case lang.Or(args=args):
            return _any_of([_texts(arg) for arg in args])
        case lang.AnyLine(where=where):
            return _texts(where)
        case lang.InSegment(name=name):
            return frozenset({("member.segments", name)})
        case lang.Compare(
            op=CompareOp.GE | CompareOp.GT | CompareOp.EQ as op,
            left=lang.Count(where=where) | lang.Sum(where=where),
            right=Literal(value=int(least)),
        ) if least > 0 or (least == 0 and op is CompareOp.GT):
            return _texts(where)
        case _:
            return _one_of(node, TEXT_FACTS)


def _values(node: Node) -> frozenset[Key] | None:
    """Values of facts of the head; where all of them are known and none is right, the condition is false."""
    match node:
        case lang.And(args=args):
            return _narrowest(need for need in map(_values, args) if need is not None)
        case lang.Or(args=args):
            return _any_of([_values(arg) for arg in args])
        case FactRef(name=name) if name in VALUE_FACTS:
            return frozenset({(name, True)})
        case lang.Not(arg=FactRef(name=name)) if name in VALUE_FACTS:
            return frozenset({(name, False)})
        case _:
            return _one_of(node, VALUE_FACTS)


def _one_of(node: Node, names: tuple[str, ...]) -> frozenset[Key] | None:
    """What a single condition on one of these facts asks for."""
    match node:
        case lang.Compare(op=CompareOp.EQ, left=FactRef(name=name), right=Literal(value=value)) | (
            lang.Compare(op=CompareOp.EQ, left=Literal(value=value), right=FactRef(name=name))
        ) if name in names:
            return frozenset({(name, value)})
        case lang.In(item=FactRef(name=name), options=options) if name in names:
            return frozenset((name, option) for option in options)
        case lang.Has(item=FactRef(name=name), text=text) if name in names:
            return frozenset({(name, text)})
        case _:
            return None


def _any_of(needs: Iterable[frozenset[Key] | None]) -> frozenset[Key] | None:
    union: frozenset[Key] = frozenset()
    for need in needs:
        if need is None:
            return None
        union |= need
    return union


def _narrowest(needs: Iterable[frozenset[Key]]) -> frozenset[Key] | None:
    """The need that leaves the fewest rules: the narrowest kind of fact first, then the fewest values."""

    def width(need: frozenset[Key]) -> tuple[int, int, list[Key]]:
        return max((_RANKS[name] for name, _ in need), default=-1), len(need), sorted(need, key=str)

    return min(needs, key=width, default=None)


def _least(node: Node) -> Least | None:
    """What a whole number of the head must be at least; the total of the ticket before others."""
    match node:
        case lang.And(args=args):
            found = [each for each in map(_least, args) if each is not None]
            return max(found, key=lambda each: (each.name == TOTAL, each.bound, each.name), default=None)
        case lang.Compare(op=op, left=FactRef(name=name), right=Literal(value=int(bound))) if (
            op in (CompareOp.GE, CompareOp.GT, CompareOp.EQ)
            and not name.startswith("line.")
            and FACTS[name].kind is Kind.INT
        ):
            return Least(name, bound)
        case lang.Compare(op=op, left=Literal(value=int(bound)), right=FactRef(name=name)) if (
            op in (CompareOp.LE, CompareOp.LT, CompareOp.EQ)
            and not name.startswith("line.")
            and FACTS[name].kind is Kind.INT
        ):
            return Least(name, bound)
        case _:
            return None
