"""Pricing without central: what of a programme may run on a terminal, and how a late ticket keeps its price.

The terminal prices with the same pipeline from a bundle that central signed. It knows nothing of members but
that there is one, and nothing of what is used of limits and budgets: rules that need either grant nothing
there. Restrictions all stay: what forbids need only be not false.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from loyalty.limits.offline import BUNDLE_MOMENTS_MAX_MS
from loyalty.pricing import accrual_stage, price_stage
from loyalty.pricing.basket import ArticleFacts, Basket, validate_basket
from loyalty.pricing.outcome import PipelineStage, Quote, QuotedLine
from loyalty.pricing.quote import quote_basket
from loyalty.pricing.ticket import NO_FACTS, NO_USAGE, Asked, begin
from loyalty.programme.numbers import plain_gtin
from loyalty.programme.programme import Programme
from loyalty.rules.kinds import RuleKind
from loyalty.rules.language import Value
from loyalty.rules.needs import member_facts_of
from loyalty.rules.rule import Rule

OFFLINE_PRICING: Final = 1
"""Raised when the pipeline comes to another price or to other points for the same bundle: a terminal of
another release then prices nothing from it.
"""
_KNOWN_OFFLINE: Final = frozenset({"member.is_known"})


@dataclass(frozen=True, slots=True)
class BundledArticle:
    """An article as the bundle has it, with the tax in its price."""

    facts: ArticleFacts
    tax_rate_bp: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Prices and rules of one shop as of one moment. `articles`: by `plain_gtin` of each code."""

    bundle_id: str
    number: int
    made_ms: int
    shop_id: str
    country: str
    time_zone: str
    currency: str
    pack_version: int
    pricing: int
    programme: Programme = field(repr=False)
    articles: Mapping[str, BundledArticle] = field(repr=False)

    def find(self, code: str) -> BundledArticle | None:
        """The article of a code, in whichever of its lengths."""
        return self.articles.get(plain_gtin(code))

    def moment_ms(self, occurred_ms: int) -> int:
        """The moment that hours, weekdays and periods of rules are judged at.

        The till's, within the time the bundle may be in use: a clock that runs wild opens no other year's
        promotions.
        """
        return min(max(occurred_ms, self.made_ms), self.made_ms + BUNDLE_MOMENTS_MAX_MS)


def may_run_offline(rule: Rule) -> bool:
    """Whether a rule may be judged where neither members nor what is used of bounds are known."""
    if rule.kind is RuleKind.RESTRICTION:
        return True
    return (
        rule.kind is not RuleKind.SEGMENT
        and not rule.is_bounded
        and not (member_facts_of((rule,)) - _KNOWN_OFFLINE)
    )


def offline_rules(programme: Programme) -> tuple[Rule, ...]:
    """The rules that may run offline, and the segments that those which forbid speak of."""
    kept = [rule for rule in programme.rules if may_run_offline(rule)]
    needs_segments = "member.segments" in member_facts_of(kept)
    return tuple(
        rule
        for rule in programme.rules
        if may_run_offline(rule) or (needs_segments and rule.kind is RuleKind.SEGMENT)
    )


def quote_told(basket: Basket, bundled: Programme, *, is_member: bool) -> Quote:
    """What the terminal tells the customer from its bundle; central comes to the same from the same bundle.

    `bundled`: the programme as the bundle has it. Raises: the errors of `validate_basket`.
    """
    return quote_basket(basket, bundled, is_member=is_member)


def quote_late(
    basket: Basket,
    programme: Programme,
    told: Quote,
    *,
    is_member: bool,
    member_facts: Mapping[str, Value | None] = NO_FACTS,
    usage: Mapping[str, int] = NO_USAGE,
) -> Quote:
    """What central books for a ticket that was priced offline: its price stands, benefits may be added.

    Points and promises are judged anew on the amounts that were paid, by all rules and facts. Where that
    gives fewer points than were told, what was told is booked as it is.
    """
    validate_basket(basket)
    ticket = begin(Asked(basket, programme, is_member, member_facts, (), usage))
    ticket.amounts = [line.amount_minor for line in told.lines]
    ticket.reasons = [
        [reason for reason in line.reasons if reason.stage != PipelineStage.ACCRUAL.value]
        for line in told.lines
    ]
    ticket.full = [_full_minor(line) for line in told.lines]
    ticket.step = max((reason.step for reasons in ticket.reasons for reason in reasons), default=0)
    price_stage.restrict(ticket)
    eligible_minor = accrual_stage.accrue(ticket)
    points = sum(ticket.points)
    if points < told.points:
        return told
    campaigns = {rule.rule_id for rule in programme.rules if rule.kind is RuleKind.CAMPAIGN}
    stands = tuple(each for each in told.promises if each.rule_id not in campaigns)
    return replace(
        told,
        lines=tuple(
            replace(line, points=earned, reasons=tuple(reasons))
            for line, earned, reasons in zip(told.lines, ticket.points, ticket.reasons, strict=True)
        ),
        eligible_minor=eligible_minor,
        points=points,
        ruleset_version=programme.ruleset_version,
        promises=(*stands, *ticket.promises),
        claims=tuple(ticket.claims),
    )


def _full_minor(line: QuotedLine) -> int:
    """What the line cost before discounts: some programmes count points on that."""
    return line.sent_minor + sum(
        reason.amount_minor for reason in line.reasons if reason.stage == PipelineStage.PRICE.value
    )
