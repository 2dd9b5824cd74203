"""What can be said of a rule without a basket: whether it may act for a member today, and why for them.

Lines, amounts and the time of day are unknown then: what depends on them stays possible. Pure.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from loyalty.rules import language as lang
from loyalty.rules.evaluate import Facts, Scope, compile_condition
from loyalty.rules.facts import MEMBER_PREFIX
from loyalty.rules.language import CompareOp, Node
from loyalty.rules.rule import Rule

_UNKNOWN_LINES: tuple[Scope, ...] = (MappingProxyType({}),)
"""One line of which nothing is known: no lines at all would answer what is not asked yet."""


class Because(StrEnum):
    """Why somebody sees an offer, in a word that others may read over their shoulder."""

    TIER = "tier"
    BIRTHDAY = "birthday"
    FAMILY_BIRTHDAY = "family_birthday"
    AGE = "age"
    PURCHASES = "purchases"
    POINTS = "points"
    NEW = "new"
    BACK = "back"
    SPONSORED = "sponsored"
    HOME_SHOP = "home_shop"
    CHOSEN = "chosen"
    """A segment, a grade, a profile: which one is never said on a screen."""


_BECAUSE: Mapping[str, Because] = MappingProxyType(
    {
        "member.tier": Because.TIER,
        "member.birthday_days": Because.BIRTHDAY,
        "member.spouse_birthday_days": Because.FAMILY_BIRTHDAY,
        "member.child_birthday_days": Because.FAMILY_BIRTHDAY,
        "member.age_years": Because.AGE,
        "member.points": Because.POINTS,
        "member.visits": Because.PURCHASES,
        "member.visits_3_months": Because.PURCHASES,
        "member.spent_3_months_minor": Because.PURCHASES,
        "member.spent_12_months_minor": Because.PURCHASES,
        "member.is_first_purchase": Because.NEW,
        "member.days_since_enrolment": Because.NEW,
        "member.days_since_purchase": Because.BACK,
        "member.is_sponsored": Because.SPONSORED,
        "member.home_shop": Because.HOME_SHOP,
    }
)
_MEANT: Mapping[str, frozenset[CompareOp]] = MappingProxyType(
    {
        "member.birthday_days": frozenset({CompareOp.LE, CompareOp.LT, CompareOp.EQ}),
        "member.spouse_birthday_days": frozenset({CompareOp.LE, CompareOp.LT, CompareOp.EQ}),
        "member.child_birthday_days": frozenset({CompareOp.LE, CompareOp.LT, CompareOp.EQ}),
        "member.is_first_purchase": frozenset({CompareOp.EQ}),
        "member.days_since_enrolment": frozenset({CompareOp.LE, CompareOp.LT}),
        "member.days_since_purchase": frozenset({CompareOp.GE, CompareOp.GT}),
        "member.is_sponsored": frozenset({CompareOp.EQ}),
    }
)
"""Where the word is true in one direction alone: asked the other way round it is not said."""
_OPPOSITE: Mapping[CompareOp, CompareOp] = MappingProxyType(
    {
        CompareOp.EQ: CompareOp.NE,
        CompareOp.NE: CompareOp.EQ,
        CompareOp.LT: CompareOp.GE,
        CompareOp.GE: CompareOp.LT,
        CompareOp.LE: CompareOp.GT,
        CompareOp.GT: CompareOp.LE,
    }
)
_MIRRORED: Mapping[CompareOp, CompareOp] = MappingProxyType(
    {
        CompareOp.EQ: CompareOp.EQ,
        CompareOp.NE: CompareOp.NE,
        CompareOp.LT: CompareOp.GT,
        CompareOp.GT: CompareOp.LT,
        CompareOp.LE: CompareOp.GE,
        CompareOp.GE: CompareOp.LE,
    }
)
_KNOWN = "member.is_known"


def may_act(rule: Rule, head: Scope) -> bool:
    """Whether the rule may act with these facts of day, shop and member, whatever is bought.

    What it asks of the member must be met: a fact that is not known grants nothing.
    """
    return _may_be_met(rule.when, Facts(head=head, lines=_UNKNOWN_LINES))


def is_for_all(rule: Rule) -> bool:
    """Whether it asks nothing of a member but to be one."""
    return not _asked_of_members(rule.when)


def reasons(rule: Rule, head: Scope) -> tuple[Because, ...]:
    """Why it may act for this member: what they meet of what it asks of members; each once, in its order."""
    facts = Facts(head=head, lines=_UNKNOWN_LINES)
    return tuple(dict.fromkeys(_reasons(rule.when, facts)))


def last_day(rule: Rule) -> date | None:
    """The last day of its period; None: no end was named."""
    days = [date.fromisoformat(day) for day in _last_days(rule.when)]
    return min(days, default=None)


def _may_be_met(node: Node, facts: Facts) -> bool:
    if isinstance(node, lang.And):
        return all(_may_be_met(arg, facts) for arg in node.args)
    if isinstance(node, lang.Or):
        return any(_may_be_met(arg, facts) for arg in node.args)
    answer = compile_condition(node)(facts)
    asked = _asked_of_members(node)
    if asked == lang.facts_read(node) - {_KNOWN} and asked:
        return answer is True
    return answer is not False and all(facts.head.get(fact) is not None for fact in asked)


def _reasons(node: Node, facts: Facts) -> Iterator[Because]:
    if isinstance(node, lang.And):
        for arg in node.args:
            yield from _reasons(arg, facts)
        return
    if isinstance(node, lang.Or):
        # One alternative is enough: the first that may be met.
        for arg in node.args:
            if _may_be_met(arg, facts):
                yield from _reasons(arg, facts)
                return
        return
    asked = _asked_of_members(node)
    if asked and _may_be_met(node, facts):
        for fact in sorted(asked):
            yield _because(node, fact)


def _because(node: Node, fact: str) -> Because:
    if _is_segment(node) or (fact in _MEANT and _direction(node) not in _MEANT[fact]):
        return Because.CHOSEN
    return _BECAUSE.get(fact, Because.CHOSEN)


def _direction(node: Node) -> CompareOp | None:
    """How a condition compares its one fact with a constant; of a yes or no: EQ is yes. None: it does not."""
    match node:
        case lang.Not(arg=arg):
            below = _direction(arg)
            return None if below is None else _OPPOSITE[below]
        case lang.FactRef() | lang.In(item=lang.FactRef()):
            return CompareOp.EQ
        case lang.Compare(op=op, left=lang.FactRef(), right=lang.Literal(value=value)):
            return _OPPOSITE[op] if value is False else op
        case lang.Compare(op=op, left=lang.Literal(value=value), right=lang.FactRef()):
            return _OPPOSITE[op] if value is False else _MIRRORED[op]
        case _:
            return None


def _is_segment(node: Node) -> bool:
    """A segment is told as chosen, whatever it is made of: its makings are nobody's to read."""
    return isinstance(node, lang.InSegment) or any(_is_segment(each) for each in lang.children(node))


def _asked_of_members(node: Node) -> frozenset[str]:
    return frozenset(fact for fact in lang.facts_read(node) if fact.startswith(MEMBER_PREFIX)) - {_KNOWN}


def _last_days(node: Node) -> Iterator[str]:
    if isinstance(node, lang.And):
        for arg in node.args:
            yield from _last_days(arg)
    elif (
        isinstance(node, lang.Compare)
        and node.op in (CompareOp.LE, CompareOp.EQ)
        and node.left == lang.FactRef("basket.local_day")
        and isinstance(node.right, lang.Literal)
    ):
        yield str(node.right.value)
