"""Corners of pricing that only one number tells apart: a unit, a rappen, a line that gives nothing."""

from dataclasses import replace
from typing import Any

import pytest

from loyalty.pricing.basket import ManualDiscount
from loyalty.pricing.outcome import Voucher
from loyalty.pricing.quote import possible_claims, quote_basket
from loyalty.programme.programme import parse_programme
from tests.unit.loyalty.asking import SOL, a_line, a_quote, codes, limit
from tests.unit.loyalty.rule_samples import a_programme_of, a_rule, mint, percent_off, points
from tests.unit.loyalty.vector_basket import basket_of

DOUBLE = {"effect": "points_multiplier", "times_bp": 20000, "rounding": "floor"}


def paid(*rules: dict[str, Any], lines: list[dict[str, Any]], **asked: Any) -> list[int]:
    return [line.amount_minor for line in a_quote(*rules, lines=lines, **asked).lines]


def sol(amount: int, quantity: int = 1) -> dict[str, Any]:
    return a_line(amount, quantity=quantity, brand="Sol")


def buy_get(buy: int, get: int, **more: Any) -> dict[str, Any]:
    return {"effect": "buy_get", "buy": buy, "get": get, **more}


def test_points_are_doubled_though_one_of_the_lines_earned_none() -> None:
    quote = a_quote(
        a_rule("campaign", points()), a_rule("campaign", DOUBLE), lines=[a_line(1000), a_line(10)]
    )
    assert [line.points for line in quote.lines] == [20, 0]


def test_a_sponsored_who_gets_nothing_is_told_no_points() -> None:
    brought = {"effect": "points_sponsor", "sponsor_points": 200, "sponsored_points": 0}
    quote = a_quote(a_rule("campaign", brought), member_facts={"member.is_sponsored": True})
    assert [(reason.code, reason.points) for reason in quote.lines[0].reasons] == [("points_sponsor", 0)]
    assert quote.points == 0


def test_a_campaign_that_reaches_no_line_leads_no_group() -> None:
    """Its group comes at the turn of the next rule of it: after one that uses the line up."""
    dear = {"ge": [{"fact": "line.amount_minor"}, 5000]}
    absent = a_rule("campaign", points(50), id="absent", lines=dear, stacking={"group": "g"})
    alone = a_rule("campaign", points(), id="alone", stacking={"group": "h", "exclusive": True})
    late = a_rule("campaign", points(10), id="late", stacking={"group": "g"})
    quote = a_quote(absent, alone, late)
    assert (quote.points, codes(quote)[0][0]) == (10, "alone")


def test_rewards_are_as_many_as_each_group_gets() -> None:
    """One bought, two of another kind free."""
    rule = a_rule("promotion", buy_get(1, 2, get_lines=SOL))
    assert paid(rule, lines=[a_line(1000), sol(600, 2)]) == [1000, 0]


def test_only_the_bought_units_that_led_to_a_reward_are_used_up() -> None:
    """Two dear units lead to both rewards; the cheap ones wait for the next rule."""
    gift = a_rule("promotion", buy_get(2, 2, get_lines=SOL), id="gift", consumes=True)
    off = a_rule("promotion", percent_off(1000), id="off")
    lines = [a_line(4000, quantity=2), a_line(2000, quantity=4), sol(600, 2)]
    assert paid(gift, off, lines=lines) == [4000, 1800, 0]


def test_a_group_that_is_not_complete_rewards_nothing() -> None:
    rule = a_rule("promotion", buy_get(2, 2))
    assert paid(rule, lines=[a_line(3000, quantity=3)]) == [3000]
    assert paid(rule, lines=[a_line(4000, quantity=4)]) == [2000]


def test_each_rewarded_unit_of_a_group_costs_nothing_whatever_its_price() -> None:
    rule = a_rule("promotion", buy_get(1, 2))
    assert paid(rule, lines=[a_line(1000), a_line(800), a_line(500)]) == [1000, 0, 0]


def bundle(price: int) -> dict[str, Any]:
    return {"effect": "bundle_price", "parts": [{"quantity": 1, "lines": SOL}], "price_minor": price}


def test_a_bundle_is_made_though_it_saves_one_minor_unit() -> None:
    assert paid(a_rule("promotion", bundle(999)), lines=[sol(1000)]) == [999]
    assert paid(a_rule("promotion", bundle(1000)), lines=[sol(1000)]) == [1000]


def test_of_many_complete_bundles_only_those_that_save_are_made() -> None:
    assert paid(a_rule("promotion", bundle(5)), lines=[sol(10), sol(1), sol(1)]) == [5, 1, 1]
    assert paid(a_rule("promotion", bundle(5)), lines=[sol(10), sol(9), sol(8), sol(1)]) == [6, 5, 4, 1]


def test_a_line_that_costs_nothing_is_not_used_up_by_money_off() -> None:
    """What changes nothing on a line leaves it to the next rule."""
    off = {"effect": "amount_off", "off_minor": 100, "per": "unit"}
    quote = a_quote(
        a_rule("promotion", off, consumes=True), a_rule("promotion", mint("v")), lines=[a_line(), a_line(0)]
    )
    assert codes(quote, at=1) == [("next-purchase-voucher", "next_purchase_voucher")]


@pytest.mark.parametrize(("budget", "is_given"), [(500, True), (499, False)])
def test_a_voucher_that_takes_all_of_a_budget_is_given(budget: int, is_given: bool) -> None:
    quote = a_quote(a_rule("promotion", mint("v"), budget=budget))
    assert len(quote.promises) == is_given
    assert [claim.amount for claim in quote.claims] == ([500] if is_given else [])


@pytest.mark.parametrize(("class_", "left"), [("cosmetic", 500), ("parapharmacy", 1000)])
def test_a_voucher_reaches_the_classes_it_is_good_for(class_: str, left: int) -> None:
    voucher = Voucher("v1", "five", worth_minor=500, redeem_on=frozenset({"cosmetic"}))
    assert a_quote(lines=[a_line(1000, **{"class": class_})], vouchers=[voucher]).total_minor == left


def test_an_article_that_nobody_knows_is_of_no_class_a_voucher_names() -> None:
    document = {"country": "CH", "currency": "CHF", "day": "2026-11-22", "lines": [a_line()]}
    (line,) = (basket := basket_of(document)).lines
    basket = replace(basket, lines=(replace(line, article=None),))
    voucher = Voucher("v1", "five", worth_minor=500, redeem_on=frozenset({"cosmetic"}))
    programme = parse_programme(a_programme_of(), ruleset_version=1)
    assert quote_basket(basket, programme, is_member=True, vouchers=[voucher]).total_minor == 1000


def test_a_free_article_is_one_unit_unless_it_says_more() -> None:
    gift = {"effect": "free_article", "article_id": "tea", "article_class": "medicine_ch_e"}
    tea = a_line(400, quantity=2, article="tea", **{"class": "medicine_ch_e"})
    assert paid(a_rule("promotion", gift), lines=[a_line(1000), tea]) == [1000, 200]


@pytest.mark.parametrize(("day", "is_off"), [("2026-11-23", True), ("2026-11-22", False)])
def test_hours_of_a_weekday_hold_on_that_day_alone(day: str, is_off: bool) -> None:
    monday = {"from": "08:00", "to": "12:00", "weekdays": ["monday"]}
    quote = a_quote(a_rule("promotion", percent_off(), hours=monday), day=day, time="09:00")
    assert quote.total_minor == (900 if is_off else 1000)


def test_one_effect_on_units_makes_a_rule_use_its_lines_up() -> None:
    both = a_rule("promotion", percent_off(1000), buy_get(1, 1), id="both")
    again = a_rule("promotion", percent_off(1000), id="again")
    assert paid(both, again, lines=[a_line(2000, quantity=2)]) == [900]


def test_a_voucher_of_a_share_takes_that_share_and_no_unit_more() -> None:
    tenth = Voucher("v1", "tenth", rate_bp=1000)
    assert a_quote(lines=[a_line(1990)], vouchers=[tenth]).total_minor == 1990 - 199


def test_a_quote_may_ask_about_every_limit_and_budget_of_rules_that_can_touch_it() -> None:
    """Whose usage must be known before it is decided; the counter's day comes first."""
    document = {"country": "CH", "currency": "CHF", "day": "2026-11-22", "lines": [a_line()]}
    rules = (
        a_rule("promotion", percent_off(), budget=500),
        a_rule("promotion", percent_off(), id="sol", lines=SOL, budget=500),
        a_rule("campaign", points(), limits=[limit("member", "ever")], when=False),
        a_rule("campaign", points(), id="free"),
    )
    latitude = {"clerk": {"discount_rate_bp": 2000, "discount_minor_per_day": 300}}
    programme = parse_programme(a_programme_of(*rules, latitude=latitude), ruleset_version=1)
    basket = replace(basket_of(document), discount=ManualDiscount(100, "clerk", "Late"))
    claims = possible_claims(basket, programme, is_member=True)
    assert [(claim.key, claim.amount) for claim in claims] == [
        ("latitude/clerk/discount/2026-11-22", 0),
        ("percent-off/budget", 0),
        ("points-per-amount/member/ever/", 1),
    ]
    free = parse_programme(a_programme_of(rules[3]), ruleset_version=1)
    assert possible_claims(basket_of(document), free, is_member=True) == []


def test_what_a_budget_or_maximum_just_covers_is_not_told_as_cut() -> None:
    brought = {"effect": "points_sponsor", "sponsor_points": 2, "sponsored_points": 1}
    asked: dict[str, Any] = {"member_facts": {"member.is_sponsored": True}}
    for rule, cut in (
        (a_rule("campaign", points(), budget=10), ""),
        (a_rule("campaign", points(), budget=9), "budget_used_up"),
        (a_rule("campaign", brought), ""),
        (a_rule("campaign", brought, budget=3), ""),
        (a_rule("promotion", percent_off(), budget=100), ""),
        (a_rule("promotion", percent_off(), budget=99), "budget_used_up"),
        (a_rule("promotion", percent_off(), max_discount_minor=100), ""),
        (a_rule("promotion", percent_off(), max_discount_minor=99), "maximum_reached"),
    ):
        (reason,) = a_quote(rule, **asked).lines[0].reasons
        assert reason.cut == cut, rule


def test_what_a_rule_gave_counts_before_its_sponsor_in_one_budget() -> None:
    fixed = {"effect": "points_fixed", "points": 5, "per": "ticket"}
    brought = {"effect": "points_sponsor", "sponsor_points": 2, "sponsored_points": 1}
    rule = a_rule("campaign", fixed, brought, budget=6)
    quote = a_quote(rule, member_facts={"member.is_sponsored": True})
    assert quote.points == 6
    assert [claim.amount for claim in quote.claims if claim.key.endswith("/budget")] == [6]
    (promise,) = quote.promises
    assert (promise.effect.sponsored_points, promise.effect.sponsor_points) == (1, 0)  # type: ignore[union-attr]


def test_an_exclusive_campaign_takes_no_line_that_earned_already() -> None:
    first = a_rule("campaign", points(), id="first")
    alone = a_rule("campaign", points(10), id="alone", stacking={"group": "h", "exclusive": True})
    quote = a_quote(first, alone)
    assert (quote.points, quote.promises) == (10, ())
    assert codes(quote) == [("first", "points_per_amount"), ("first", "line_used")]
