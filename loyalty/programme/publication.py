"""What the law has against a programme before it is published: rule by rule, country by country.

A quote denies line by line, whatever a rule says. Publication asks earlier: a rule naming medicines, a gift,
a contest or single shops would be advertised, and promising it can itself be unlawful.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from loyalty.errors import LoyaltyError, Trouble
from loyalty.programme.articles import ArticleClass
from loyalty.programme.compliance import (
    PACKS,
    Condition,
    LegalAct,
    Verdict,
    require_lawful_reach,
    shop_only_verdict,
    verdict,
)
from loyalty.programme.programme import BenefitsReach, Programme
from loyalty.rules import language as lang
from loyalty.rules.effects import (
    Accrual,
    ContestEntry,
    Discount,
    Effect,
    FreeArticle,
    NextPurchaseVoucher,
    PointsSponsor,
)
from loyalty.rules.facts import MEMBER_PREFIX
from loyalty.rules.kinds import RuleKind
from loyalty.rules.products_named import products_named
from loyalty.rules.rule import Rule

ArticleClasses = Mapping[str, ArticleClass]
NO_ARTICLES: ArticleClasses = MappingProxyType({})


class FindingCode(StrEnum):
    """What is wrong."""

    NO_COUNTRY_PACK = "no_country_pack"
    SHOP_ONLY_BENEFIT = "shop_only_benefit"
    SPONSOR_TIED_TO_A_SHOP = "sponsor_tied_to_a_shop"
    PRODUCT_BOUND_POINTS = "product_bound_points"
    PRODUCT_BOUND_DISCOUNT = "product_bound_discount"
    VOUCHER_TRIGGER = "voucher_trigger"
    VOUCHER_ON_CLASS = "voucher_on_class"
    CONTEST_WITH_CLASS = "contest_with_class"
    GIFT_OF_CLASS = "gift_of_class"


_OF_REACH = frozenset({FindingCode.SHOP_ONLY_BENEFIT, FindingCode.SPONSOR_TIED_TO_A_SHOP})


class ShopOnlyRuleRefused(LoyaltyError):
    """A country the group has shops in does not let a rule's benefit hold in some shops only."""

    code = "shop_only_rule_refused"
    trouble = Trouble.REFUSED
    text = "Rule {rule_id} cannot be published for {country}. {detail} {citation}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One objection. `rule_id` is empty when it is about the whole programme.

    `citation` names the source, empty where the law is silent and silence denies.
    """

    code: FindingCode
    country: str
    rule_id: str
    detail: str
    citation: str = ""

    @property
    def is_blocking(self) -> bool:
        """Whether it stops the publication: no quote denies a line for where the benefit holds."""
        return self.code in _OF_REACH


def require_publishable(programme: Programme, *, countries: frozenset[str], day: date) -> None:
    """Check a programme against the law of every country the group has shops in, before publication.

    Raises: ShopOnlyProgrammeRefused, ShopOnlyRuleRefused.
    """
    is_every_shop = programme.reach is BenefitsReach.EVERY_SHOP
    require_lawful_reach(countries, is_every_shop=is_every_shop, day=day)
    for country in sorted(countries & set(PACKS)):
        for each in _of_reach(programme, country, day):
            raise ShopOnlyRuleRefused(
                rule_id=each.rule_id, country=country, detail=each.detail, citation=each.citation
            )


def publication_findings(
    programme: Programme,
    countries: frozenset[str],
    day: date,
    *,
    article_classes: ArticleClasses = NO_ARTICLES,
) -> list[Finding]:
    """All objections, by country and in the order of the rules; none: it may be published.

    Args:
        day: the day it would be published.
        article_classes: legal classes by article id, so that rules that name articles are judged as well.
    """
    found: list[Finding] = []
    for country in sorted(countries):
        if country not in PACKS:
            detail = f"There is no country pack for {country}: every line would be denied. Leave it out."
            found.append(Finding(FindingCode.NO_COUNTRY_PACK, country, "", detail))
            continue
        found += _of_reach(programme, country, day)
        for rule in programme.rules:
            if rule.kind in (RuleKind.PROMOTION, RuleKind.CAMPAIGN):
                found += _of_rule(rule, country, day, article_classes)
    return found


def _of_reach(programme: Programme, country: str, day: date) -> Iterator[Finding]:
    """Benefits must hold in every shop where the law asks it (FR: Conseil d'Etat no 466187)."""
    answer = shop_only_verdict(country, day)
    if answer.is_allowed:
        return
    if programme.reach is BenefitsReach.ONE_SHOP:
        detail = "The benefits hold in one shop only. Set benefits_valid_in to every_shop."
        yield Finding(FindingCode.SHOP_ONLY_BENEFIT, country, "", detail, answer.citation)
    for rule in programme.rules:
        if not (_bears_on_benefits(rule) and _facts_of(rule) & {"shop.id", "member.home_shop"}):
            continue
        sponsors = any(isinstance(effect, PointsSponsor) for effect in rule.effects)
        code = FindingCode.SPONSOR_TIED_TO_A_SHOP if sponsors else FindingCode.SHOP_ONLY_BENEFIT
        does = "names shops: its benefit"
        if rule.kind is RuleKind.RESTRICTION:
            does = "denies in some shops: the benefit"
        detail = f"The rule {does} would not hold in every shop. Remove shops, shop.id and member.home_shop."
        yield Finding(code, country, rule.rule_id, detail, answer.citation)


def _bears_on_benefits(rule: Rule) -> bool:
    """Gives a benefit or denies one. A price that asks for no member is a shop's ordinary price, and none."""
    if rule.kind is RuleKind.PRICE:
        return any(fact.startswith(MEMBER_PREFIX) for fact in _facts_of(rule))
    return rule.kind in (RuleKind.PROMOTION, RuleKind.CAMPAIGN, RuleKind.RESTRICTION)


def _facts_of(rule: Rule) -> frozenset[str]:
    of_lines = frozenset[str]() if rule.lines is None else lang.facts_read(rule.lines)
    return lang.facts_read(rule.when) | of_lines


def _of_rule(rule: Rule, country: str, day: date, articles: ArticleClasses) -> Iterator[Finding]:
    named = sorted(_classes_named(rule, articles))
    for effect in rule.effects:
        for code, act, classes in _questions(effect, named):
            for article_class in classes:
                answer = verdict(country, article_class, act, day)
                if not _is_lawful(answer):
                    yield _finding(code, country, rule, article_class, answer)


def _questions(
    effect: Effect, named: list[ArticleClass]
) -> Iterator[tuple[FindingCode, LegalAct, list[ArticleClass]]]:
    """What to ask of an effect, about which classes."""
    if isinstance(effect, FreeArticle):
        yield FindingCode.GIFT_OF_CLASS, LegalAct.BE_A_GIFT, [effect.article_class]
    elif isinstance(effect, Discount):
        yield FindingCode.PRODUCT_BOUND_DISCOUNT, LegalAct.BE_DISCOUNTED, named
    elif isinstance(effect, Accrual):
        yield FindingCode.PRODUCT_BOUND_POINTS, LegalAct.EARN, named
    elif isinstance(effect, NextPurchaseVoucher):
        yield FindingCode.VOUCHER_TRIGGER, LegalAct.COUPON_TRIGGER, named
        yield FindingCode.VOUCHER_ON_CLASS, LegalAct.REDEEM_ON, list(effect.redeem_on)
    elif isinstance(effect, ContestEntry):
        yield FindingCode.CONTEST_WITH_CLASS, LegalAct.BE_IN_A_CONTEST, named


def _is_lawful(answer: Verdict) -> bool:
    """A rule that names a class is tied to products."""
    return answer.is_allowed and answer.condition is not Condition.NOT_PRODUCT_BOUND


_DETAILS = {
    FindingCode.PRODUCT_BOUND_POINTS: "gives points tied to {what}",
    FindingCode.PRODUCT_BOUND_DISCOUNT: "discounts {what}",
    FindingCode.VOUCHER_TRIGGER: "gives a voucher for buying {what}",
    FindingCode.VOUCHER_ON_CLASS: "gives a voucher to be redeemed on {what}",
    FindingCode.CONTEST_WITH_CLASS: "runs a contest with {what}",
    FindingCode.GIFT_OF_CLASS: "gives away {what}",
}


def _finding(
    code: FindingCode, country: str, rule: Rule, article_class: ArticleClass, answer: Verdict
) -> Finding:
    does = _DETAILS[code].format(what=article_class.value)
    if answer.is_allowed:
        why = "which this country allows only when it is not tied to products"
    elif answer.citation:
        why = "which this country's law forbids"
    else:
        why = "and no source says that this country allows it"
    detail = f"The rule {does}, {why}. Take {article_class.value} out of the rule."
    return Finding(code, country, rule.rule_id, detail, answer.citation)


def _classes_named(rule: Rule, articles: ArticleClasses) -> frozenset[ArticleClass]:
    """Classes a rule names, by class or by article; what stands under `not` is not named."""
    named = products_named(rule)
    if not articles:
        return named.classes
    return named.classes | {articles.get(each, ArticleClass.UNKNOWN) for each in named.article_ids}
