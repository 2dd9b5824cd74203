"""Which facts of a member the rules of a programme read: found once, so that a quote reads no others."""

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass

from loyalty.rules.effects import Effect, PointsNthVisit, PointsSponsor, PointsThreshold
from loyalty.rules.facts import MEMBER_PREFIX
from loyalty.rules.language import Node, facts_read
from loyalty.rules.rule import Rule


def member_facts_of(rules: Sequence[Rule]) -> frozenset[str]:
    """The `member.*` facts that conditions, lines and effects of the rules read."""
    names: set[str] = set()
    for rule in rules:
        names |= facts_read(rule.when)
        if rule.lines is not None:
            names |= facts_read(rule.lines)
        for effect in rule.effects:
            names.update(_read_by(effect))
    return frozenset(name for name in names if name.startswith(MEMBER_PREFIX))


def _read_by(effect: Effect) -> Iterator[str]:
    if isinstance(effect, PointsNthVisit):
        yield "member.visits"
    if isinstance(effect, PointsSponsor):
        yield "member.is_sponsored"
    if isinstance(effect, PointsThreshold):
        yield "member.points"
    for node in _nodes_in(effect):
        yield from facts_read(node)


def _nodes_in(value: object) -> Iterator[Node]:
    """Conditions that an effect holds, however deep: those of a bundle lie in its parts."""
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _nodes_in(each)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _nodes_in(getattr(value, field.name))
