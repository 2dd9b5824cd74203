"""Counting a simulation rule by rule: what each gives, which met on a line, whose budget ran out."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import combinations

from central.services.drafts.ticket_benefits import Benefits, BenefitSum, RecordedTicket
from loyalty.limits.drafts import SIMULATION_PAIRS_KEPT_MAX, SIMULATION_RULES_PAIRED_MAX
from loyalty.pricing.outcome import PipelineStage, Quote, QuotedLine, ReasonCode
from loyalty.programme.programme import Programme
from loyalty.rules.effect_names import EffectName
from loyalty.rules.kinds import RuleKind
from loyalty.rules.needs import member_facts_of
from wire import api_value

RuleKey = tuple[str, int]
Requote = Callable[[Programme], Quote]
"""The same ticket under another programme, with what was used of limits and budgets before it."""

_GIVING = (RuleKind.PRICE, RuleKind.PROMOTION, RuleKind.CAMPAIGN)
_BASE_POINTS = frozenset(
    name.value
    for name in (EffectName.POINTS_PER_AMOUNT, EffectName.POINTS_FIXED, EffectName.POINTS_NTH_VISIT)
)


@dataclass(slots=True)
class _Rule(BenefitSum):
    """One rule over all tickets; `budget`: what it may give in all."""

    budget: int | None = None
    reads_member: bool = False
    """Whether it depends on who the member is, beyond there being one."""
    counts_points: bool = False
    undecided: int = 0
    refused: int = 0
    refused_tickets: int = 0
    out_ms: int | None = None

    def counted(self, given: Benefits) -> int:
        """What a budget counts of what is given: points of a campaign, money of a promotion."""
        return given.points if self.counts_points else given.discount_minor + given.vouchers_minor


@dataclass(slots=True)
class _Pair:
    """Two rules that met on lines: on how many tickets, and what both together gave there."""

    tickets: int = 0
    points: int = 0
    discount_minor: int = 0


@dataclass(slots=True)
class RuleTally:
    """The rules of a draft over the tickets of a simulation. Pure."""

    programme: Programme
    stacked: int = 0
    undecided: int = 0
    _rules: dict[RuleKey, _Rule] = field(default_factory=dict)
    _pairs: dict[tuple[RuleKey, RuleKey], _Pair] = field(default_factory=dict)
    _unbounded: Programme | None = None

    def __post_init__(self) -> None:
        self._rules = {
            (rule.rule_id, rule.version): _Rule(
                budget=rule.budget,
                reads_member=bool(member_facts_of([rule]) - {"member.is_known"}),
                counts_points=rule.kind is RuleKind.CAMPAIGN,
            )
            for rule in self.programme.rules
            if rule.kind in _GIVING
        }

    def add(self, quote: Quote, ticket: RecordedTicket, requote: Requote) -> None:
        """Count what the draft's rules did on a ticket."""
        given = _given_by_rule(quote)
        for key, each in given.items():
            if key in self._rules:
                self._rules[key].add(each, ticket.member_id)
        self._count_undecided(quote, ticket)
        self._count_pairs(quote)
        unpaid = [key for key in _unpaid(quote) if key in self._rules]
        if unpaid:
            whole = _given_by_rule(requote(self._without_budgets()))
            for key in unpaid:
                self._count_refused(self._rules[key], whole[key], given[key], ticket.at_ms)

    def _count_undecided(self, quote: Quote, ticket: RecordedTicket) -> None:
        """A rule on a fact of the member is decided where nobody showed a card: it gives nothing, ever."""
        undecided = {
            key
            for key in _said(quote, ReasonCode.RULE_UNKNOWN)
            if key in self._rules and not (ticket.member_id is None and self._rules[key].reads_member)
        }
        for key in undecided:
            self._rules[key].undecided += 1
        self.undecided += bool(undecided)

    def _count_pairs(self, quote: Quote) -> None:
        met: set[tuple[RuleKey, RuleKey]] = set()
        for line in quote.lines:
            for rules in _acts(line):
                keys = sorted(rules)[:SIMULATION_RULES_PAIRED_MAX]
                for pair in combinations(keys, 2):
                    met.add(pair)
                    if (kept := self._pair(pair)) is not None:
                        kept.points += sum(rules[key].points for key in pair)
                        kept.discount_minor += sum(rules[key].discount_minor for key in pair)
        self.stacked += bool(met)
        for pair in met & self._pairs.keys():
            self._pairs[pair].tickets += 1

    def _pair(self, pair: tuple[RuleKey, RuleKey]) -> _Pair | None:
        """The pair's sums; None where more pairs met than are kept."""
        if pair not in self._pairs and len(self._pairs) < SIMULATION_PAIRS_KEPT_MAX:
            self._pairs[pair] = _Pair()
        return self._pairs.get(pair)

    @staticmethod
    def _count_refused(rule: _Rule, whole: Benefits, given: Benefits, at_ms: int) -> None:
        """What a budget no longer paid for: what the rule would have given on this ticket without it."""
        rule.refused += max(0, rule.counted(whole) - rule.counted(given))
        rule.refused_tickets += 1
        rule.out_ms = at_ms if rule.out_ms is None else rule.out_ms

    def _without_budgets(self) -> Programme:
        if self._unbounded is None:
            rules = tuple(replace(rule, budget=None) for rule in self.programme.rules)
            self._unbounded = replace(self.programme, rules=rules)
        return self._unbounded

    def rules(self, limit: int) -> list[api_value.RuleOutcomeView]:
        """All rules of the draft that can give something, the costliest first."""
        ranked = sorted(self._rules.items(), key=lambda item: (-item[1].cost_minor(self.programme), item[0]))
        return [
            api_value.RuleOutcomeView(
                rule_id=rule_id,
                rule_version=version,
                tickets=each.tickets,
                winners=len(each.winners),
                points=each.points,
                discount_minor=each.discount_minor,
                vouchers=each.vouchers,
                vouchers_minor=each.vouchers_minor,
                undecided=each.undecided,
                budget=each.budget,
                budget_used=None if each.budget is None else each.counted(each),
                budget_out_ms=each.out_ms,
                budget_refused=each.refused,
                budget_refused_tickets=each.refused_tickets,
            )
            for (rule_id, version), each in ranked[:limit]
        ]

    def pairs(self, limit: int) -> list[api_value.StackedPairView]:
        """Rules that met on a line, those of most tickets first."""
        ranked = sorted(self._pairs.items(), key=lambda item: (-item[1].tickets, item[0]))
        return [
            api_value.StackedPairView(
                rule_id=first[0],
                other_rule_id=second[0],
                tickets=pair.tickets,
                points=pair.points,
                discount_minor=pair.discount_minor,
            )
            for (first, second), pair in ranked[:limit]
        ]


def _given_by_rule(quote: Quote) -> dict[RuleKey, Benefits]:
    given: dict[RuleKey, Benefits] = defaultdict(Benefits)
    for line in quote.lines:
        for reason in line.reasons:
            if reason.points or reason.amount_minor:
                each = given[reason.rule_id, reason.rule_version]
                each.points += reason.points
                each.discount_minor -= reason.amount_minor
    for promise in quote.promises:
        given[promise.rule_id, promise.rule_version].promise(promise)
    return given


def _acts(line: QuotedLine) -> Iterator[dict[RuleKey, Benefits]]:
    """The rules that did the same thing to a line: took money off, or gave points of one sort.

    A price that a rule sets, points on what is paid and a multiplier on those points do not meet: each is
    what the next is counted on.
    """
    acts: dict[str, dict[RuleKey, Benefits]] = {}
    for reason in line.reasons:
        if not (reason.points or reason.amount_minor):
            continue
        if reason.stage == PipelineStage.PROMOTION:
            act = "discount"
        elif reason.stage == PipelineStage.ACCRUAL:
            act = "base" if reason.code in _BASE_POINTS else reason.code
        else:
            continue
        rules = acts.setdefault(act, {})
        each = rules.setdefault((reason.rule_id, reason.rule_version), Benefits())
        each.points += reason.points
        each.discount_minor -= reason.amount_minor
    yield from acts.values()


def _said(quote: Quote, code: ReasonCode) -> set[RuleKey]:
    return {
        (reason.rule_id, reason.rule_version)
        for line in quote.lines
        for reason in line.reasons
        if reason.code == code
    }


def _unpaid(quote: Quote) -> set[RuleKey]:
    """Rules whose budget gave less than they would, or nothing."""
    cut = {
        (reason.rule_id, reason.rule_version)
        for line in quote.lines
        for reason in line.reasons
        if reason.cut == ReasonCode.BUDGET_USED_UP
    }
    return cut | _said(quote, ReasonCode.BUDGET_USED_UP)
