"""Which rules are looked at for a basket."""

from typing import Any

import pytest

from loyalty.programme.programme import parse_programme
from loyalty.rules.index import Key
from tests.unit.loyalty.rule_samples import a_programme_of, a_rule, percent_off
from tools.bench import pricing

BRAND = {"eq": [{"fact": "line.brand"}, "Sol"]}
ARTICLE = {"in": [{"fact": "line.article_id"}, ["a", "b"]]}
GOLD = {"has": [{"fact": "member.segments"}, "gold"]}
ALWAYS: list[Key] = []


def filed_under(**rule: Any) -> list[Key] | None:
    """The keys a promotion is filed under, None: looked at for every basket."""
    programme = parse_programme(a_programme_of(a_rule("promotion", percent_off(), **rule)), ruleset_version=1)
    return sorted(programme.index.by_key) if not programme.index.always else None


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
    ],
)
def test_a_rule_is_filed_under_the_narrowest_thing_it_needs(
    rule: dict[str, Any], keys: list[Key] | None
) -> None:
    assert filed_under(**rule) == keys


def test_a_restriction_is_looked_at_for_every_basket() -> None:
    rule = a_rule("restriction", {"effect": "deny", "acts": ["earn"]}, lines=BRAND)
    assert parse_programme(a_programme_of(rule), ruleset_version=1).index.always == (0,)


def test_of_ten_thousand_promotions_only_those_that_can_touch_the_basket_are_looked_at() -> None:
    programme = pricing.promotions(10_000)
    keys = [("line.brand", "brand0"), ("line.range", "range1"), ("line.article_id", "a2")]
    assert programme.index.always == ()
    assert programme.index.find([*keys, ("member.segments", "hers"), ("line.brand", "none")]) == [
        0,
        1,
        2,
        3,
        4,
    ]


def test_the_bench_quotes_five_touching_promotions_at_every_size() -> None:
    for size in pricing.SIZES[:3]:
        quote = pricing.quote(pricing.a_basket(), pricing.promotions(size))
        applied = {reason.rule_id for line in quote.lines for reason in line.reasons}
        assert applied == {f"promotion{at}" for at in range(5)}
        assert quote.total_minor < 5 * 3980
