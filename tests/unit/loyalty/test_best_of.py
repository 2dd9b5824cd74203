"""Groups that take the best: one rule alone gives, whatever its effects are; the others say why not."""

from typing import Any

import pytest

from tests.unit.loyalty.asking import BEST, SOL, a_line, a_quote, codes, limit
from tests.unit.loyalty.rule_samples import a_rule, mint, percent_off, points

DOUBLE = {"effect": "points_multiplier", "times_bp": 20000, "rounding": "floor"}
FIXED = {"effect": "points_fixed", "points": 50, "per": "ticket"}
SPONSOR = {"effect": "points_sponsor", "sponsor_points": 200, "sponsored_points": 100}
BASE = a_rule("campaign", points(), id="base")


def of_best(kind: str, name: str, *effects: dict[str, Any], **members: Any) -> dict[str, Any]:
    return a_rule(kind, *effects, id=name, stacking=BEST, **members)


def test_of_fixed_points_and_a_multiplier_one_is_given_and_the_other_says_so() -> None:
    quote = a_quote(of_best("campaign", "dbl", DOUBLE), of_best("campaign", "fixed", FIXED), BASE)
    assert quote.points == 10 + 50
    assert codes(quote) == [("dbl", "not_best"), ("fixed", "points_fixed"), ("base", "points_per_amount")]


def test_a_rule_with_effects_in_two_steps_is_measured_by_both_and_given_whole() -> None:
    both = of_best("campaign", "both", FIXED | {"points": 45}, DOUBLE)
    quote = a_quote(of_best("campaign", "fixed", FIXED), both, BASE)
    assert quote.points == 10 + 45 + (10 + 45)
    assert ("fixed", "not_best") in codes(quote)


def test_a_voucher_of_a_campaign_that_is_not_best_is_not_promised() -> None:
    voucher = of_best("campaign", "voucher", mint("v", worth_minor=49))
    quote = a_quote(voucher, of_best("campaign", "fixed", FIXED), BASE)
    assert (quote.points, quote.promises) == (60, ())
    assert ("voucher", "not_best") in codes(quote)


def test_points_that_are_worth_less_than_a_voucher_are_not_given() -> None:
    voucher = of_best("campaign", "voucher", mint("v", worth_minor=51))
    quote = a_quote(of_best("campaign", "fixed", FIXED), voucher, BASE)
    assert (quote.points, [each.rule_id for each in quote.promises]) == (10, ["voucher"])
    assert ("fixed", "not_best") in codes(quote)


def test_a_sponsors_reward_that_is_not_best_is_not_promised() -> None:
    rules = of_best("campaign", "friends", SPONSOR), of_best("campaign", "fixed", FIXED | {"points": 301})
    quote = a_quote(*rules, BASE, member_facts={"member.is_sponsored": True})
    assert (quote.points, quote.promises) == (311, ())
    assert ("friends", "not_best") in codes(quote)


def test_a_rule_that_is_not_best_takes_nothing_of_its_limits_and_budget() -> None:
    once = {"limits": [limit("shop", "day", 1)], "budget": 1000}
    quote = a_quote(
        of_best("campaign", "dbl", DOUBLE, **once), of_best("campaign", "fixed", FIXED, **once), BASE
    )
    assert {claim.rule_id for claim in quote.claims} == {"fixed"}


def test_what_a_budget_still_gives_is_what_is_compared() -> None:
    fixed = of_best("campaign", "fixed", FIXED, budget=100)
    quote = a_quote(fixed, of_best("campaign", "dbl", DOUBLE), BASE, usage={"fixed/budget": 91})
    assert quote.points == 20
    assert ("fixed", "not_best") in codes(quote)


def test_a_group_of_multipliers_multiplies_what_a_group_of_two_steps_gave() -> None:
    tiers = [
        a_rule(
            "campaign", DOUBLE | {"times_bp": times}, id=name, stacking={"group": "tiers", "priority": 900}
        )
        for name, times in (("silver", 12500), ("gold", 15000))
    ]
    quote = a_quote(of_best("campaign", "dbl", DOUBLE), of_best("campaign", "fixed", FIXED), *tiers, BASE)
    assert quote.points == 60 + (60 * 5 // 20) + 60 // 2, "this group takes all: a quarter more, and a half"


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_vouchers_the_one_that_is_worth_more_is_promised(order: int) -> None:
    small = of_best("promotion", "small", mint("s", worth_minor=2000))
    large = of_best("promotion", "large", mint("l", worth_minor=5000))
    quote = a_quote(*[small, large][::order])
    assert [each.rule_id for each in quote.promises] == ["large"]
    assert sorted(codes(quote)) == [("large", "next_purchase_voucher"), ("small", "not_best")]


def test_a_rappen_off_does_not_beat_a_voucher_and_says_so_on_its_line() -> None:
    rappen = of_best(
        "promotion", "rappen", {"effect": "amount_off", "off_minor": 1, "per": "ticket"}, lines=SOL
    )
    quote = a_quote(rappen, of_best("promotion", "voucher", mint("v")), lines=[a_line(), a_line(brand="Sol")])
    assert (quote.total_minor, [each.rule_id for each in quote.promises]) == (2000, ["voucher"])
    assert codes(quote, 0) == [("voucher", "next_purchase_voucher")]
    assert ("rappen", "not_best") in codes(quote, 1)


def test_a_gift_that_is_not_in_the_basket_and_not_best_says_so() -> None:
    gift = {"effect": "free_article", "article_id": "tea", "article_class": "medicine_ch_e"}
    quote = a_quote(of_best("promotion", "gift", gift), of_best("promotion", "off", percent_off()))
    assert (quote.total_minor, quote.gifts) == (900, ())
    assert codes(quote) == [("gift", "not_best"), ("off", "percent_off")]
