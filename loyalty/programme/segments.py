"""The segments of a programme over members: by rule or by hand, and what their conditions read. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from loyalty.errors import LoyaltyError, Trouble
from loyalty.programme.member_facts import PERSON_FACTS
from loyalty.rules.effects import Segment
from loyalty.rules.evaluate import Condition, compile_condition
from loyalty.rules.kinds import RuleKind
from loyalty.rules.language import Node, facts_read
from loyalty.rules.needs import member_facts_of
from loyalty.rules.reading import propose
from loyalty.rules.rule import Rule
from loyalty.rules.sql import SqlText, compile_sql
from loyalty.rules.validate import parse_condition

HEALTH_FACTS = frozenset({"member.classes"})
"""Facts that tell of somebody's health."""
SEALED_FACTS = PERSON_FACTS | HEALTH_FACTS
"""Facts that stand nowhere in the open: who asks for them opens the seals of those whom the rest leaves."""


class SegmentUnknown(LoyaltyError):
    """The programme has no such segment."""

    code = "segment_unknown"
    trouble = Trouble.NOT_FOUND
    text = "The programme has no segment {segment}. {proposal}"


class HealthRuleRefused(LoyaltyError):
    """What tells of somebody's health would decide a price, points or a voucher that a receipt shows."""

    code = "health_rule_refused"
    trouble = Trouble.REFUSED
    text = "Rule {rule_id} reads {fact}, which tells of health. Use it in a segment, and address its members."


class SegmentByRule(LoyaltyError):
    """Nobody is put by hand into a segment that a rule defines."""

    code = "segment_by_rule"
    trouble = Trouble.REFUSED
    text = (
        "A rule decides who is in {segment}. Name a segment of the programme's `segments` to fill it by hand,"
        " or change the rule."
    )


@dataclass(frozen=True, slots=True)
class MemberCondition:
    """A condition over members, as a function and as SQL."""

    node: Node
    is_met: Condition

    @property
    def reads(self) -> frozenset[str]:
        """The facts it reads."""
        return facts_read(self.node)

    @property
    def is_sealed(self) -> bool:
        """Whether open facts alone do not decide it."""
        return bool(self.reads & SEALED_FACTS)

    @property
    def is_health(self) -> bool:
        """Whether it tells of somebody's health."""
        return bool(self.reads & HEALTH_FACTS)

    @property
    def sql(self) -> SqlText:
        """Over open facts: true or false where it is not sealed, else also unknown."""
        return compile_sql(self.node, SEALED_FACTS)


def require_no_health(rules: tuple[Rule, ...]) -> None:
    """Facts of health decide segments alone: no receipt, kiosk or till may tell of them (DESIGN 11).

    Raises: HealthRuleRefused.
    """
    for rule in rules:
        found = member_facts_of([rule]) & HEALTH_FACTS
        if rule.kind is not RuleKind.SEGMENT and found:
            raise HealthRuleRefused(rule_id=rule.rule_id, fact=min(found))


def segments_by_rule(rules: tuple[Rule, ...]) -> Mapping[str, MemberCondition]:
    """The segments that rules define, by name, in the programme's order."""
    return MappingProxyType(
        {
            effect.segment: MemberCondition(rule.when, rule.is_met)
            for rule in rules
            if rule.kind is RuleKind.SEGMENT
            for effect in rule.effects
            if isinstance(effect, Segment)
        }
    )


def parse_member_condition(
    document: object, rules: tuple[Rule, ...], by_hand: frozenset[str]
) -> MemberCondition:
    """A condition that somebody asks, checked as a rule's would be; it may name the programme's segments.

    Raises: ProgrammeInvalid and its kin, NotAboutMembers.
    """
    names: dict[str, Node | None] = dict.fromkeys(by_hand)
    names |= {name: each.node for name, each in segments_by_rule(rules).items()}
    node = parse_condition(document, "when", segments=names)
    condition = MemberCondition(node, compile_condition(node))
    compile_sql(node)  # what is not about members is refused here
    return condition


def in_segment(name: str, rules: tuple[Rule, ...], by_hand: frozenset[str]) -> MemberCondition:
    """The condition of being in a segment. Raises: SegmentUnknown."""
    defined = segments_by_rule(rules)
    if name in defined:
        return defined[name]
    if name not in by_hand:
        raise SegmentUnknown(segment=name[:60], proposal=propose(name, [*defined, *by_hand]))
    return parse_member_condition({"has": [{"fact": "member.segments"}, name]}, rules, by_hand)
