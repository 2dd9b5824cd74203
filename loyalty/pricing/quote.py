"""Quotes: what a basket costs this member and what it earns, and why. Never writes."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from loyalty.pricing.apportion import apportion
from loyalty.pricing.basket import Basket, BasketLine, validate_basket
from loyalty.programme.articles import ArticleClass
from loyalty.programme.compliance import Condition, LegalAct, Verdict, pack_version, verdict
from loyalty.programme.programme import Programme
from loyalty.rules.evaluate import Facts, Scope
from loyalty.rules.language import Value
from loyalty.rules.rule import Rule

NO_FACTS: Mapping[str, Value | None] = MappingProxyType({})


class ReasonCode(StrEnum):
    """Words' keys of reasons, besides the codes of a denying verdict and the names of effects."""

    MEMBER_REQUIRED = "member_required"
    RULE_NOT_MET = "rule_not_met"
    RULE_UNKNOWN = "rule_unknown"
    """A fact the rule needs is missing; central may add the benefit later, never take one back."""
    PRODUCT_BOUND = "product_bound"
    """The law lets this line earn only on rules that are not tied to products."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of an explanation: the rule (or country pack) that spoke, its version, and its words' key.

    `code` is e.g. `points_per_amount` or `denied_by_law`; `citation` names the source for a legal reason.
    """

    rule_id: str
    rule_version: int
    code: str
    points: int = 0
    citation: str = ""


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """A line's outcome: what the customer pays, points it earns (>= 0), and why."""

    line_no: int
    code: str
    quantity: int
    amount_minor: int
    points: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """The whole outcome. `points`: the sum over the lines; `eligible_minor`: what they were counted on."""

    lines: tuple[QuotedLine, ...]
    total_minor: int
    eligible_minor: int
    points: int
    ruleset_version: int


def quote_basket(
    basket: Basket,
    programme: Programme,
    *,
    is_member: bool,
    member_facts: Mapping[str, Value | None] = NO_FACTS,
) -> Quote:
    """What a basket costs and what it earns under a programme, and why; nothing is written.

    Points are counted once per ticket on all lines that may earn by law, then split over those lines so that
    the lines' points sum to the ticket's.

    Args:
        member_facts: `member.*` facts by full name; what is missing is unknown to the rules.
    Raises: the errors of `validate_basket`.
    """
    validate_basket(basket)
    work = _begin(basket, is_member=is_member, member_facts=member_facts)
    for rule in programme.rules:
        _apply(rule, work)
    lines = tuple(
        QuotedLine(
            line_no=line.line_no,
            code=line.code,
            quantity=line.quantity,
            amount_minor=line.amount_minor,
            points=work.points[at],
            reasons=tuple(work.reasons[at]),
        )
        for at, line in enumerate(basket.lines)
    )
    judged = zip(basket.lines, work.verdicts, strict=True)
    return Quote(
        lines=lines,
        total_minor=sum(line.amount_minor for line in basket.lines),
        eligible_minor=sum(line.amount_minor for line, answer in judged if answer.is_allowed),
        points=sum(work.points),
        ruleset_version=programme.ruleset_version,
    )


@dataclass(frozen=True, slots=True)
class _Work:
    """A quote in the making: what is known, and the points and reasons gathered per line."""

    lines: tuple[BasketLine, ...]
    verdicts: tuple[Verdict, ...]
    facts: Facts
    product_facts: Facts
    is_member: bool
    points: list[int]
    reasons: list[list[Reason]]


def _begin(basket: Basket, *, is_member: bool, member_facts: Mapping[str, Value | None]) -> _Work:
    """Judge the lines and gather facts: rules see only lines the law lets count, so no denied line moves a
    benefit, and rules tied to products do not see lines that may not be tied to.
    """
    verdicts = tuple(_judge(basket, line, LegalAct.EARN) for line in basket.lines)
    counted = sum(
        line.amount_minor
        for line in basket.lines
        if _judge(basket, line, LegalAct.COUNTS_TOWARD_THRESHOLD).is_allowed
    )
    head: Scope = {
        **member_facts,
        "member.is_known": is_member,
        "basket.total_minor": counted,
        "basket.local_day": basket.local_day.isoformat(),
    }
    pairs = [(_line_facts(line), answer) for line, answer in zip(basket.lines, verdicts, strict=True)]
    return _Work(
        lines=basket.lines,
        verdicts=verdicts,
        facts=Facts(head, tuple(line for line, answer in pairs if answer.is_allowed)),
        product_facts=Facts(head, tuple(line for line, answer in pairs if _may_be_tied(answer))),
        is_member=is_member,
        points=[0] * len(basket.lines),
        reasons=[_legal_reasons(basket, answer) for answer in verdicts],
    )


def _judge(basket: Basket, line: BasketLine, act: LegalAct) -> Verdict:
    article_class = ArticleClass.UNKNOWN if line.article is None else line.article.article_class
    return verdict(basket.country, article_class, act, basket.local_day)


def _legal_reasons(basket: Basket, answer: Verdict) -> list[Reason]:
    if answer.is_allowed:
        return []
    return [
        Reason(
            rule_id=f"law.{basket.country}",
            rule_version=pack_version(basket.country),
            code=answer.code.value,
            citation=answer.citation,
        )
    ]


def _line_facts(line: BasketLine) -> Scope:
    article = line.article
    if article is None:
        return NO_FACTS
    return {
        "line.article_class": article.article_class.value,
        "line.brand": article.brand,
        "line.range": article.range,
        "line.amount_minor": line.amount_minor,
        "line.quantity": line.quantity,
    }


def _may_be_tied(answer: Verdict) -> bool:
    return answer.is_allowed and answer.condition is not Condition.NOT_PRODUCT_BOUND


def _apply(rule: Rule, work: _Work) -> None:
    """Add one rule's points and reasons to the lines it reaches."""
    reached: list[int] = []
    for at, answer in enumerate(work.verdicts):
        if _may_be_tied(answer) or (answer.is_allowed and not rule.is_product_bound):
            reached.append(at)
        elif answer.is_allowed:
            work.reasons[at].append(Reason(rule.rule_id, rule.version, ReasonCode.PRODUCT_BOUND.value))
    refusal = _refusal(rule, work)
    if refusal is not None:
        for at in reached:
            work.reasons[at].append(Reason(rule.rule_id, rule.version, refusal.value))
        return
    weights = [work.lines[at].amount_minor for at in reached]
    for effect in rule.effects:
        shares = apportion(effect.points_for(sum(weights)), weights)
        for at, share in zip(reached, shares, strict=True):
            work.points[at] += share
            work.reasons[at].append(Reason(rule.rule_id, rule.version, effect.name.value, points=share))


def _refusal(rule: Rule, work: _Work) -> ReasonCode | None:
    """Why a rule grants nothing, None when it grants: what grants must be true, unknown is not enough."""
    if not work.is_member:
        return ReasonCode.MEMBER_REQUIRED
    truth = rule.is_met(work.product_facts if rule.is_product_bound else work.facts)
    if truth is None:
        return ReasonCode.RULE_UNKNOWN
    return None if truth else ReasonCode.RULE_NOT_MET
