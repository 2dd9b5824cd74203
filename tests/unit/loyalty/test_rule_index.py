"""Which rules are looked at for a basket."""

from typing import Any

import pytest

from loyalty.pricing.ticket import Asked, begin
from loyalty.programme.programme import parse_programme
from loyalty.rules.gates import Key, Least
from loyalty.rules.kinds import RuleKind
from tests.unit.loyalty.rule_samples import a_programme_of, a_rule, percent_off
from tools.bench import pricing

BRAND = {"eq": [{"fact": "line.brand"}, "Sol"]}
ARTICLE = {"in": [{"fact": "line.article_id"}, ["a", "b"]]}
GOLD = {"has": [{"fact": "member.segments"}, "gold"]}
SILVER = {"eq": [{"fact": "member.tier"}, "silver"]}
FIRST = {"fact": "member.is_first_purchase"}
KNOWN = {"fact": "member.is_known"}
TOTAL_NAME = "basket.total_minor"
TOTAL = {"ge": [{"fact": TOTAL_NAME}, 5000]}


def filed_under(kind: str = "promotion", **rule: Any) -> list[Key] | Least | None:
    """What a promotion is filed under, None: looked at for every basket."""
    effect = {"effect": "points_fixed", "points": 1, "per": "ticket"} if kind == "campaign" else percent_off()
    made = a_rule(kind, effect, **{"id": "rule", **rule})
    need = parse_programme(a_programme_of(made), ruleset_version=1).index.filings[0].need
    return sorted(need, key=str) if isinstance(need, frozenset) else need


@pytest.mark.parametrize(
    ("rule", "keys"),
    [
        ({}, None),
        ({"lines": BRAND}, [("line.brand", "Sol")]),
        ({"lines": {"eq": ["Sol", {"fact": "line.brand"}]}}, [("line.brand", "Sol")]),
        ({"lines": {"ne": [{"fact": "line.brand"}, "Sol"]}}, None),
        ({"lines": {"not": BRAND}}, None),
        ({"when": {"any_line": ARTICLE}}, [("line.article_id", "a"), ("line.article_id", "b")]),
        ({"when": {"all_lines": ARTICLE}}, None),
        (
            {"when": {"any_line": ARTICLE}, "lines": BRAND},
            [("line.article_id", "a"), ("line.article_id", "b")],
        ),
        ({"when": GOLD}, [("member.segments", "gold")]),
        ({"when": {"or": [GOLD, {"any_line": BRAND}]}}, [("line.brand", "Sol"), ("member.segments", "gold")]),
        ({"when": {"or": [GOLD, True]}}, None),
        ({"when": {"and": [GOLD, {"any_line": BRAND}]}}, [("line.brand", "Sol")]),
        ({"when": {"not": GOLD}}, None),
        ({"when": {"ge": [{"count": {"where": BRAND}}, 1]}}, [("line.brand", "Sol")]),
        ({"when": {"gt": [{"count": {"where": BRAND}}, 0]}}, [("line.brand", "Sol")]),
        ({"when": {"eq": [{"count": {"where": BRAND}}, 2]}}, [("line.brand", "Sol")]),
        ({"when": {"ge": [{"count": {"where": BRAND}}, 0]}}, None),
        ({"when": {"eq": [{"count": {"where": BRAND}}, 0]}}, None),
        ({"when": {"le": [{"count": {"where": BRAND}}, 3]}}, None),
        ({"when": {"ge": [{"sum": {"of": 1, "where": BRAND}}, 1]}}, [("line.brand", "Sol")]),
        ({"shops": ["s1"]}, [("shop.id", "s1")]),
        ({"shops": ["s1"], "lines": BRAND}, [("line.brand", "Sol")]),
        ({"when": {"has": [{"fact": "basket.vouchers"}, "v"]}}, [("basket.vouchers", "v")]),
        ({"when": SILVER}, [("member.tier", "silver")]),
        ({"when": SILVER, "lines": BRAND}, [("line.brand", "Sol")]),
        ({"lines": SILVER}, None),
        ({"when": {"not": SILVER}}, None),
        ({"when": {"and": [FIRST, SILVER, TOTAL]}}, [("member.tier", "silver")]),
        ({"when": {"or": [FIRST, SILVER]}}, [("member.is_first_purchase", True), ("member.tier", "silver")]),
        ({"when": {"or": [SILVER, {"any_line": BRAND}]}}, None),
        ({"when": {"or": [SILVER, TOTAL]}}, None),
        ({"when": {"not": FIRST}}, [("member.is_first_purchase", False)]),
        ({"when": {"in": [{"fact": "basket.currency"}, ["CHF"]]}}, [("basket.currency", "CHF")]),
        ({"when": TOTAL}, Least("basket.total_minor", 5000)),
        ({"when": {"le": [5000, {"fact": "basket.total_minor"}]}}, Least("basket.total_minor", 5000)),
        ({"when": {"ge": [5000, {"fact": "basket.total_minor"}]}}, None),
        ({"when": {"any_line": {"le": [5000, {"fact": "line.amount_minor"}]}}}, None),
        (
            {"when": {"and": [{"or": [KNOWN, SILVER]}, TOTAL]}},
            [("member.is_known", True), ("member.tier", "silver")],
        ),
        (
            {"when": {"and": [{"or": [{"any_line": ARTICLE}, GOLD]}, {"any_line": BRAND}]}},
            [("line.brand", "Sol")],
        ),
        ({"when": {"and": [KNOWN, TOTAL]}}, Least("basket.total_minor", 5000)),
        ({"when": {"and": [TOTAL, {"ge": [{"fact": "member.visits"}, 9000]}]}}, Least(TOTAL_NAME, 5000)),
        ({"when": {"le": [{"fact": "basket.total_minor"}, 5000]}}, None),
        ({"when": KNOWN}, [("member.is_known", True)]),
        ({"kind": "campaign", "when": SILVER}, None),
        ({"kind": "campaign", "when": GOLD}, [("member.segments", "gold")]),
    ],
)
def test_a_rule_is_filed_under_the_narrowest_thing_it_needs(
    rule: dict[str, Any], keys: list[Key] | Least | None
) -> None:
    assert filed_under(**rule) == keys


def looked_at(
    *rules: dict[str, Any],
    day: str = "2026-11-22",
    time: str | None = "17:30",
    weekday: str = "sunday",
    **head: Any,
) -> list[int]:
    """Positions of the rules that are looked at for a basket without texts."""
    programme = parse_programme(a_programme_of(*rules), ruleset_version=1)
    facts = {name.replace("_", ".", 1): value for name, value in head.items()}
    return programme.index.at(day, time, weekday).find([], facts)


def a_promotion(name: str, **members: Any) -> dict[str, Any]:
    return a_rule("promotion", percent_off(), id=name, **members)


def test_a_restriction_is_looked_at_for_every_basket_whatever_is_in_it() -> None:
    assert looked_at(a_rule("restriction", {"effect": "deny", "acts": ["earn"]}, lines=BRAND)) == [0]


@pytest.mark.parametrize(("tier", "found"), [("silver", [0]), ("gold", []), (None, [0])])
def test_a_rule_for_a_tier_is_looked_at_for_it_and_while_the_tier_is_unknown(
    tier: str | None, found: list[int]
) -> None:
    assert looked_at(a_promotion("silver", when=SILVER), member_tier=tier) == found


@pytest.mark.parametrize(("total", "found"), [(4999, []), (5000, [0]), (7000, [0, 1]), (None, [0, 1])])
def test_a_rule_with_a_least_total_is_looked_at_from_there_on(total: int | None, found: list[int]) -> None:
    higher = a_promotion("higher", when={"gt": [{"fact": TOTAL_NAME}, 7000]})
    assert looked_at(a_promotion("low", when=TOTAL), higher, basket_total_minor=total) == found


PERIOD = {"from": "2026-11-20", "to": "2026-11-22"}
MONDAYS = {"from": "08:00", "to": "12:00", "weekdays": ["monday"]}


@pytest.mark.parametrize(
    ("day", "found"), [("2026-11-19", []), ("2026-11-20", [0]), ("2026-11-22", [0]), ("2026-11-23", [])]
)
def test_a_rule_is_looked_at_on_the_days_of_its_period(day: str, found: list[int]) -> None:
    assert looked_at(a_promotion("short", period=PERIOD), day=day) == found


@pytest.mark.parametrize(
    ("time", "weekday", "found"),
    [
        ("07:59", "monday", []),
        ("08:00", "monday", [0]),
        ("12:01", "monday", []),
        ("08:00", "tuesday", []),
        (None, "monday", [0]),
        (None, "tuesday", []),
    ],
)
def test_a_rule_with_hours_is_looked_at_in_them_and_while_the_time_is_unknown(
    time: str | None, weekday: str, found: list[int]
) -> None:
    assert looked_at(a_promotion("mondays", hours=MONDAYS), time=time, weekday=weekday) == found


def test_a_campaign_is_told_as_not_met_and_so_looked_at_at_any_moment() -> None:
    fixed = {"effect": "points_fixed", "points": 1, "per": "ticket"}
    campaign = a_rule("campaign", fixed, when=SILVER, period=PERIOD, hours=MONDAYS)
    assert looked_at(campaign, day="2026-12-24", member_tier="gold") == [0]


def test_moments_between_which_no_rule_begins_or_ends_share_a_shelf() -> None:
    rules = a_programme_of(a_promotion("short", period=PERIOD))
    index = parse_programme(rules, ruleset_version=1).index
    assert index.at("2026-11-20", "08:00", "friday") is index.at("2026-11-22", "19:00", "sunday")
    assert index.at("2026-11-20", "08:00", "friday") is not index.at("2026-11-23", "08:00", "monday")


def test_a_price_that_lifts_the_total_over_a_least_amount_lets_the_promotion_apply() -> None:
    dearer = a_rule("price", {"effect": "unit_price", "unit_price_minor": 9000})
    programme = parse_programme(a_programme_of(dearer, a_promotion("off", when=TOTAL)), ruleset_version=1)
    assert pricing.quote(pricing.a_basket(), programme).total_minor == 10 * 9000 * 9 // 10
    low = parse_programme(
        a_programme_of(dearer, a_promotion("off", when={"ge": [{"fact": TOTAL_NAME}, 90_000]})),
        ruleset_version=1,
    )
    assert pricing.quote(pricing.a_basket(), low).total_minor == 10 * 9000 * 9 // 10


def test_of_ten_thousand_promotions_only_those_that_can_touch_the_basket_are_looked_at() -> None:
    shelf = pricing.promotions(10_000).index.at("2026-11-22", "17:30", "sunday")
    keys: list[Key] = [("line.brand", "brand0"), ("line.range", "range1"), ("line.article_id", "a2")]
    keys += [("member.segments", "hers"), ("line.brand", "none")]
    assert shelf.always == ()
    assert shelf.find(keys, {}) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("world", list(pricing.WORLDS)[:6])
def test_of_promotions_for_others_or_another_time_none_is_looked_at(world: str) -> None:
    programme = pricing.promotions(300, pricing.WORLDS[world])
    basket = pricing.a_basket()
    found = begin(Asked(basket, programme, True, pricing.FACTS, (), {})).rules[RuleKind.PROMOTION]
    assert [rule.rule_id for rule in found] == [f"promotion{at}" for at in range(pricing.TOUCHING)]


def test_the_bench_quotes_five_touching_promotions_at_every_size() -> None:
    for size in pricing.SIZES[:3]:
        quote = pricing.quote(pricing.a_basket(), pricing.promotions(size))
        applied = {reason.rule_id for line in quote.lines for reason in line.reasons}
        assert applied == {f"promotion{at}" for at in range(5)}
        assert quote.total_minor < 5 * 3980
