"""Bundles: which moment counts, and what an exclusive rule for members alone may not take back."""

from typing import Any

from loyalty.limits.offline import BUNDLE_AGE_MAX_S, BUNDLE_MOMENTS_MAX_MS
from loyalty.pricing.offline import OFFLINE_PRICING, Bundle, offline_rules, quote_late, quote_told
from loyalty.programme.programme import Programme, parse_programme
from tests.unit.loyalty.asking import a_line
from tests.unit.loyalty.rule_samples import a_programme_of, a_rule, percent_off, points
from tests.unit.loyalty.vector_basket import basket_of

MADE_MS = 1_764_000_000_000


def a_bundle(programme: Programme) -> Bundle:
    return Bundle(
        bundle_id="1-0123456789abcdef",
        number=1,
        made_ms=MADE_MS,
        shop_id="lac-1",
        country="CH",
        time_zone="Europe/Zurich",
        currency="CHF",
        pack_version=1,
        pricing=OFFLINE_PRICING,
        programme=programme,
        articles={},
    )


def read(*rules: dict[str, Any]) -> Programme:
    return parse_programme(a_programme_of(*rules), ruleset_version=1)


def test_a_tills_clock_counts_within_the_time_of_its_bundle_and_no_further() -> None:
    bundle = a_bundle(read())

    assert bundle.moment_ms(MADE_MS + 60_000) == MADE_MS + 60_000
    assert bundle.moment_ms(MADE_MS - 1) == MADE_MS
    assert bundle.moment_ms(MADE_MS + 10 * BUNDLE_MOMENTS_MAX_MS) == MADE_MS + BUNDLE_MOMENTS_MAX_MS
    assert BUNDLE_MOMENTS_MAX_MS == BUNDLE_AGE_MAX_S * 1000


def test_a_rule_for_members_alone_that_would_give_less_takes_nothing_back() -> None:
    gold = {"eq": [{"fact": "member.tier"}, "gold"]}
    alone = a_rule(
        "campaign",
        points(per_minor=1000),
        id="alone",
        when=gold,
        stacking={"priority": 900, "exclusive": True},
    )
    programme = read(alone, a_rule("campaign", points(), id="base"))
    basket = basket_of({"country": "CH", "currency": "CHF", "day": "2026-11-22", "lines": [a_line(1000)]})
    bundled = read(a_rule("campaign", points(), id="base"))
    told = quote_told(basket, bundled, is_member=True)

    late = quote_late(basket, programme, told, is_member=True, member_facts={"member.tier": "gold"})

    assert told.points == late.points == 10
    assert [rule.rule_id for rule in offline_rules(programme)] == ["base"]


def test_a_members_own_price_is_not_given_afterwards_but_points_count_on_what_was_paid() -> None:
    gold = {"eq": [{"fact": "member.tier"}, "gold"]}
    programme = read(
        a_rule("promotion", percent_off(5000), id="half", when=gold), a_rule("campaign", points(), id="base")
    )
    basket = basket_of({"country": "CH", "currency": "CHF", "day": "2026-11-22", "lines": [a_line(1000)]})
    told = quote_told(basket, read(a_rule("campaign", points(), id="base")), is_member=True)

    late = quote_late(basket, programme, told, is_member=True, member_facts={"member.tier": "gold"})

    assert (late.total_minor, late.points) == (1000, 10)
