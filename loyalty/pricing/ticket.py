"""A quote in the making: what the law and restrictions allow, amounts stage by stage, reasons gathered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from loyalty.pricing.basket import Basket, BasketLine
from loyalty.pricing.candidates import rules_to_look_at
from loyalty.pricing.claims import claims_of, needs_member, spent
from loyalty.pricing.outcome import (
    Claim,
    Gift,
    PipelineStage,
    Promise,
    Reason,
    ReasonCode,
    UsedVoucher,
    Voucher,
)
from loyalty.programme.articles import ArticleClass
from loyalty.programme.compliance import (
    Condition,
    LegalAct,
    Verdict,
    VerdictCode,
    pack_version,
    verdict,
)
from loyalty.programme.programme import Programme
from loyalty.rules.effect_names import DeniedAct
from loyalty.rules.evaluate import Facts, Scope
from loyalty.rules.facts import WEEKDAYS
from loyalty.rules.kinds import RuleKind
from loyalty.rules.language import Value
from loyalty.rules.rule import Rule
from loyalty.values import quick

NO_FACTS: Mapping[str, Value | None] = MappingProxyType({})
NO_USAGE: Mapping[str, int] = MappingProxyType({})
_AMOUNT = "line.amount_minor"


@quick
@dataclass(frozen=True, slots=True)
class Asked:
    """What a quote is asked about."""

    basket: Basket
    programme: Programme
    is_member: bool
    member_facts: Mapping[str, Value | None]
    vouchers: Sequence[Voucher]
    usage: Mapping[str, int]
    earns_minor: int | None = None
    """See `quote_basket`."""


@dataclass(slots=True)
class Ticket:
    """The state of a quote between the stages of the pipeline."""

    asked: Asked
    rules: Mapping[RuleKind, tuple[Rule, ...]]
    head: Scope
    amounts: list[int]
    full: list[int]
    points: list[int]
    reasons: list[list[Reason]]
    scopes: tuple[Scope, ...]
    """What rules may know of each line, at what the till asked for."""
    denied: dict[DeniedAct, dict[int, Reason]] = field(default_factory=dict)
    used_vouchers: list[UsedVoucher] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)
    gifts: list[Gift] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    stage: PipelineStage = PipelineStage.RESTRICTION
    step: int = 0
    """How many acts of rules there were: the number of the one that is acting now."""
    judged: dict[LegalAct, tuple[Verdict, ...]] = field(default_factory=dict)
    """What the law says of every line, by the acts that were asked about."""

    @property
    def lines(self) -> tuple[BasketLine, ...]:
        """The basket's lines."""
        return self.asked.basket.lines

    def judge(self, at: int, act: LegalAct) -> Verdict:
        """What the law says of a line and an act."""
        return self.verdicts(act)[at]

    def verdicts(self, act: LegalAct) -> tuple[Verdict, ...]:
        """What the law says of every line and an act."""
        known = self.judged.get(act)
        if known is None:
            country, day = self.asked.basket.country, self.asked.basket.local_day
            classes = [
                ArticleClass.UNKNOWN if line.article is None else line.article.article_class
                for line in self.asked.basket.lines
            ]
            known = self.judged[act] = tuple([verdict(country, each, act, day) for each in classes])
        return known

    def legal_reason(
        self, at: int, answer: Verdict, *, act: LegalAct, kept_off: tuple[str, ...] = ()
    ) -> Reason:
        """Why the law says no to a line, with its source; a part of the act that is going on."""
        country = self.asked.basket.country
        article = self.lines[at].article
        article_class = ArticleClass.UNKNOWN if article is None else article.article_class
        return Reason(
            f"law.{country}",
            pack_version(country),
            answer.code.value,
            citation=answer.citation,
            stage=self.stage.value,
            step=self.step,
            article_class=article_class.value,
            act=act.value,
            kept_off=kept_off,
        )

    def grants(self, rule: Rule, facts: Facts) -> ReasonCode | None:
        """Why a rule grants nothing, None when it grants: what grants must be true, unknown is not enough."""
        truth = rule.is_met(facts)
        if truth is None:
            return ReasonCode.RULE_UNKNOWN
        if not truth:
            return ReasonCode.RULE_NOT_MET
        if not self.asked.is_member and needs_member(rule):
            return ReasonCode.MEMBER_REQUIRED
        return spent(rule, self.asked.basket, self.asked.usage)

    def claim(self, rule: Rule, amount: int) -> None:
        """Note what a rule took of its limits and budget."""
        if rule.is_bounded:
            self.claims += claims_of(rule, self.asked.basket, amount)

    def explain(self, ats: Sequence[int], rule: Rule, code: str) -> None:
        """Give lines a reason that moved nothing."""
        if ats:
            self.step += 1
        for at in ats:
            self.tell(at, rule, code)

    def tell_line_used(self, users: Mapping[int, Rule], rule: Rule) -> None:
        """Tell lines which rule used them up, so that this one does not reach them."""
        if users:
            self.step += 1
        for at, user in sorted(users.items(), key=lambda each: each[0]):
            told = Reason(
                user.rule_id,
                user.version,
                ReasonCode.LINE_USED.value,
                stage=self.stage.value,
                step=self.step,
                kept_off=(rule.rule_id,),
            )
            self.reasons[at].append(told)

    def tell(
        self,
        at: int,
        rule: Rule,
        code: str,
        *,
        points: int = 0,
        amount_minor: int = 0,
        times_bp: int = 0,
        cut: str = "",
    ) -> None:
        """Give a line a reason; a part of the act that is going on."""
        reason = Reason(
            rule.rule_id,
            rule.version,
            code,
            points=points,
            amount_minor=amount_minor,
            stage=self.stage._value_,
            step=self.step,
            times_bp=times_bp,
            cut=cut,
        )
        self.reasons[at].append(reason)


@quick
@dataclass(frozen=True, slots=True)
class Stage:
    """What the rules of one stage see, fixed when it begins: lines the law lets count, and their amounts.

    Rules tied to products do not see lines that may not be tied to.
    """

    verdicts: tuple[Verdict, ...]
    scopes: tuple[Scope, ...]
    facts: Facts
    product_facts: Facts
    allowed: tuple[int, ...]
    """The lines that the law lets a rule reach at all."""
    tied: tuple[int, ...]
    """Those of them that it lets a rule reach that is tied to products."""

    def facts_for(self, rule: Rule) -> Facts:
        """The facts this rule may look at."""
        return self.product_facts if rule.is_product_bound else self.facts

    def reached(self, rule: Rule) -> list[int]:
        """The lines the law lets the rule reach and its own `lines` picks."""
        lawful = self.tied if rule.is_product_bound else self.allowed
        picks = rule.reaches
        if picks is None:
            return list(lawful)
        facts, scopes = self.facts_for(rule), self.scopes
        return [at for at in lawful if picks(facts, scopes[at]) is True]

    def picks(self, rule: Rule, at: int) -> bool:
        """Whether the rule's `lines` is true of a line."""
        return rule.reaches is None or rule.reaches(self.facts_for(rule), self.scopes[at]) is True


_ALLOWED = Verdict(True, VerdictCode.ALLOWED)
_FORBIDDEN = Verdict(False, VerdictCode.UNSOURCED)
"""A line that a restriction of the programme takes away; the reason names the restriction."""


def may_be_tied(answer: Verdict) -> bool:
    """Whether a rule tied to products may reach the line."""
    return answer.is_allowed and answer.condition is not Condition.NOT_PRODUCT_BOUND


def begin(asked: Asked) -> Ticket:
    """Gather the facts and find the rules that may touch this basket."""
    basket = asked.basket
    amounts = [line.amount_minor for line in basket.lines]
    head: Scope = {
        **asked.member_facts,
        "member.is_known": asked.is_member,
        "basket.currency": basket.currency,
        "basket.local_day": basket.local_day.isoformat(),
        "basket.local_time": basket.local_time,
        "basket.weekday": WEEKDAYS[basket.local_day.weekday()].value,
        "basket.vouchers": frozenset(voucher.definition for voucher in asked.vouchers),
        "shop.id": basket.shop_id,
        "shop.country": basket.country,
    }
    scopes = tuple([line_facts(line, line.amount_minor) for line in basket.lines])
    rules: dict[RuleKind, list[Rule]] = {}
    for rule in rules_to_look_at(asked.programme, basket, head, scopes):
        rules.setdefault(rule.kind, []).append(rule)
    return Ticket(
        asked=asked,
        rules={kind: tuple(found) for kind, found in rules.items()},
        head=head,
        amounts=amounts,
        full=amounts,
        points=[0] * len(amounts),
        reasons=[[] for _ in amounts],
        scopes=scopes,
    )


def open_stage(ticket: Ticket, act: LegalAct | None, denied: DeniedAct | None) -> Stage:
    """What the rules of a stage see; `act` None: a stage in which the law denies nothing."""
    forbidden = ticket.denied.get(denied, {}) if denied is not None else {}
    lines, amounts = ticket.asked.basket.lines, ticket.amounts
    verdicts = (_ALLOWED,) * len(lines) if act is None else ticket.verdicts(act)
    if forbidden:
        verdicts = tuple([_FORBIDDEN if at in forbidden else answer for at, answer in enumerate(verdicts)])
    scopes = tuple(
        [
            scope if not scope or amount == line.amount_minor else {**scope, _AMOUNT: amount}
            for line, scope, amount in zip(lines, ticket.scopes, amounts, strict=True)
        ]
    )
    counted = 0
    for at, answer in enumerate(ticket.verdicts(LegalAct.COUNTS_TOWARD_THRESHOLD)):
        if answer.is_allowed and at not in forbidden:
            counted += amounts[at]
    head: Scope = {**ticket.head, "basket.total_minor": counted}
    allowed = tuple([at for at, answer in enumerate(verdicts) if answer.is_allowed])
    tied = tuple([at for at in allowed if may_be_tied(verdicts[at])])
    facts = Facts(head, tuple([scopes[at] for at in allowed]))
    product_facts = facts if tied == allowed else Facts(head, tuple([scopes[at] for at in tied]))
    return Stage(verdicts, scopes, facts, product_facts, allowed, tied)


def line_facts(line: BasketLine, amount_minor: int) -> Scope:
    """What rules may know of a line; nothing of a code that is not known."""
    article = line.article
    if article is None:
        return NO_FACTS
    return {
        "line.article_id": article.article_id,
        "line.article_class": article.article_class._value_,
        "line.brand": article.brand,
        "line.range": article.range,
        "line.price_minor": article.price_minor,
        _AMOUNT: amount_minor,
        "line.quantity": line.quantity,
    }
