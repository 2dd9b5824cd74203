"""What a quote says besides amounts and points: reasons, claims, promises, gifts."""

from typing import Any

import pytest

from loyalty.limits.rules import BASKET_VOUCHERS_MAX
from loyalty.limits.tickets import LINE_AMOUNT_MINOR_MAX
from loyalty.pricing.outcome import Claim, Voucher
from loyalty.pricing.quote import quote_basket
from loyalty.pricing.units import Run, first, group_rewards, units_of, without
from loyalty.programme.programme import parse_programme
from loyalty.rules.rounding import Rounding, divide
from loyalty.rules.rule import LimitPer, LimitWindow
from tests.unit.loyalty.asking import BEST, SOL, a_line, a_quote, codes, limit
from tests.unit.loyalty.rule_samples import a_rule, mint, percent_off, points
from tests.unit.loyalty.vector_basket import basket_of


@pytest.mark.parametrize(
    ("day", "window", "key"),
    [
        ("2026-11-22", "day", "2026-11-22"),
        ("2026-11-22", "week", "2026-W47"),
        ("2027-01-01", "week", "2026-W53"),
        ("2026-11-22", "month", "2026-11"),
        ("2026-03-02", "month", "2026-03"),
        ("2026-11-22", "year", "2026"),
        ("2026-11-22", "ever", ""),
    ],
)
def test_a_limit_is_claimed_by_its_window(day: str, window: str, key: str) -> None:
    quote = a_quote(a_rule("promotion", percent_off(), limits=[limit("member", window)]), day=day)
    (claim,) = quote.claims
    expected = f"percent-off/member/{window}/{key}"
    assert claim == Claim(expected, LimitPer.MEMBER, LimitWindow(window), 1, 2, "percent-off")


def test_a_budget_is_claimed_by_what_the_rule_gives() -> None:
    discount = a_rule("promotion", percent_off(), budget=5000)
    earning = a_rule("campaign", points(), budget=77, limits=[limit("shop", "day")])
    quote = a_quote(discount, earning)
    assert [(claim.key, claim.amount, claim.limit) for claim in quote.claims] == [
        ("percent-off/budget", 100, 5000),
        ("points-per-amount/shop/day/2026-11-22", 1, 2),
        ("points-per-amount/budget", 9, 77),
    ]
    assert quote.claims[0].per is LimitPer.GROUP
    assert quote.claims[0].window is LimitWindow.EVER


def test_what_gives_nothing_claims_nothing() -> None:
    not_met = a_rule("promotion", percent_off(), when=False, budget=5000)
    nothing = a_rule("campaign", points(1_000_000), budget=5000, limits=[limit("member", "day")])
    assert a_quote(not_met, nothing).claims == ()


@pytest.mark.parametrize(("used", "is_granted"), [(0, True), (1, True), (2, False), (3, False)])
def test_a_limit_that_is_used_up_grants_nothing_and_says_so(used: int, is_granted: bool) -> None:
    rule = a_rule("promotion", percent_off(), limits=[limit("member", "day")])
    quote = a_quote(rule, usage={"percent-off/member/day/2026-11-22": used})
    assert quote.total_minor == (900 if is_granted else 1000)
    assert codes(quote) == [("percent-off", "percent_off" if is_granted else "limit_reached")]


def test_a_campaign_whose_budget_is_gone_says_so_and_gives_what_is_left_before() -> None:
    rule = a_rule("campaign", points(), budget=100)
    assert a_quote(rule, usage={"points-per-amount/budget": 95}).points == 5
    gone = a_quote(rule, usage={"points-per-amount/budget": 100})
    assert (gone.points, codes(gone)) == (0, [("points-per-amount", "budget_used_up")])


def test_a_budget_spans_all_effects_of_a_campaign() -> None:
    double = {"effect": "points_multiplier", "times_bp": 20000, "rounding": "floor"}
    rule = a_rule(
        "campaign", points(), {"effect": "points_fixed", "points": 3, "per": "ticket"}, double, budget=20
    )
    quote = a_quote(rule)
    assert quote.points == 10 + 3 + 7
    assert quote.claims[0].amount == 20


def test_a_budget_ends_within_the_effects_of_one_step() -> None:
    fixed = {"effect": "points_fixed", "points": 3, "per": "ticket"}
    quote = a_quote(a_rule("campaign", points(), fixed, fixed, budget=12))
    assert [reason.points for reason in quote.lines[0].reasons] == [10, 2, 0]


def test_the_better_rule_of_a_group_wins_and_the_other_says_so() -> None:
    small = a_rule("promotion", percent_off(500), id="small", stacking=BEST)
    large = a_rule("promotion", percent_off(1000), id="large", stacking=BEST)
    quote = a_quote(small, large)
    assert quote.total_minor == 900
    assert sorted(codes(quote)) == [("large", "percent_off"), ("small", "not_best")]


def test_the_better_campaign_of_a_group_wins_and_the_other_says_so() -> None:
    small = a_rule("campaign", points(200), id="small", stacking=BEST)
    large = a_rule("campaign", points(100), id="large", stacking=BEST)
    quote = a_quote(small, large)
    assert quote.points == 10
    assert sorted(codes(quote)) == [("large", "points_per_amount"), ("small", "not_best")]


def test_among_equal_rules_the_first_is_taken() -> None:
    rules = [a_rule("promotion", percent_off(), id=name, stacking=BEST) for name in ("one", "two")]
    assert codes(a_quote(*rules)) == [("two", "not_best"), ("one", "percent_off")]


def test_a_voucher_alone_is_better_than_nothing() -> None:
    nothing = a_rule("promotion", percent_off(1), id="nothing", stacking=BEST)
    voucher = a_rule("promotion", mint("v"), id="voucher", stacking=BEST)
    assert [promise.rule_id for promise in a_quote(nothing, voucher).promises] == ["voucher"]


def test_a_promotion_waits_for_a_fact_that_is_not_known() -> None:
    gold = {"eq": [{"fact": "member.tier"}, "gold"]}
    quote = a_quote(a_rule("promotion", percent_off(), when=gold))
    assert (quote.total_minor, codes(quote)) == (1000, [("percent-off", "rule_unknown")])
    known = a_quote(a_rule("promotion", percent_off(), when=gold), member_facts={"member.tier": "gold"})
    assert known.total_minor == 900


def test_a_promotion_that_is_not_met_stays_silent() -> None:
    assert codes(a_quote(a_rule("promotion", percent_off(), when=False))) == []


@pytest.mark.parametrize(
    ("when", "is_denied"),
    [(True, True), (False, False), ({"eq": [{"fact": "member.tier"}, "gold"]}, True)],
)
def test_what_forbids_need_only_be_not_false(when: Any, is_denied: bool) -> None:
    deny = a_rule("restriction", {"effect": "deny", "acts": ["earn"]}, when=when)
    quote = a_quote(deny, a_rule("campaign", points()))
    assert quote.points == (0 if is_denied else 10)
    assert (("deny", "restricted") in codes(quote)) is is_denied


def test_a_restriction_on_a_line_whose_facts_are_missing_holds() -> None:
    cheap = {"lt": [{"fact": "line.price_minor"}, 500]}
    deny = a_rule("restriction", {"effect": "deny", "acts": ["discount"]}, lines=cheap)
    lines = [a_line(), a_line(price_minor=499), a_line(price_minor=500)]
    quote = a_quote(deny, a_rule("promotion", percent_off()), lines=lines)
    assert [line.amount_minor for line in quote.lines] == [1000, 1000, 900]


def test_a_restricted_line_moves_no_threshold() -> None:
    deny = a_rule("restriction", {"effect": "deny", "acts": ["discount"]}, lines=SOL)
    when = {"ge": [{"fact": "basket.total_minor"}, 1001]}
    lines = [a_line(brand="Sol"), a_line()]
    assert a_quote(a_rule("promotion", percent_off(), when=when), lines=lines).total_minor == 1800
    assert a_quote(deny, a_rule("promotion", percent_off(), when=when), lines=lines).total_minor == 2000


def test_a_minimum_quantity_holds_for_campaigns() -> None:
    rule = a_rule("campaign", points(), lines=SOL, min_quantity=2)
    assert a_quote(rule, lines=[a_line(brand="Sol")]).points == 0
    assert a_quote(rule, lines=[a_line(brand="Sol", quantity=2)]).points == 10


def test_a_member_price_is_judged_like_a_discount_and_a_shop_price_is_not() -> None:
    price = {"effect": "unit_price", "unit_price_minor": 500}
    lines = [a_line(**{"class": "medicine_ch_d"}), a_line()]
    everybody = a_quote(a_rule("price", price), lines=lines)
    assert [line.amount_minor for line in everybody.lines] == [500, 500]
    members = a_quote(a_rule("price", price, when={"fact": "member.is_known"}), lines=lines)
    assert [line.amount_minor for line in members.lines] == [1000, 500]
    assert ("law.CH", "unsourced") in codes(members)
    by_line = a_rule("price", price, lines={"and": [{"fact": "member.is_known"}, True]})
    assert [line.amount_minor for line in a_quote(by_line, lines=lines).lines] == [1000, 500]


@pytest.mark.parametrize("article_class", ["medicine_rx", "medicine_ch_a", "medicine_ch_b"])
def test_no_rule_prices_a_prescription_medicine(article_class: str) -> None:
    price = a_rule("price", {"effect": "unit_price", "unit_price_minor": 1})
    assert a_quote(price, lines=[a_line(**{"class": article_class})]).total_minor == 1000


def test_the_first_price_rule_in_order_decides() -> None:
    low = a_rule("price", {"effect": "unit_price", "unit_price_minor": 100}, id="low", lines=SOL)
    high = a_rule("price", {"effect": "unit_price", "unit_price_minor": 200}, id="high")
    quote = a_quote(low, high, lines=[a_line(brand="Sol"), a_line()])
    assert [line.amount_minor for line in quote.lines] == [100, 200]
    assert [reason.amount_minor for reason in quote.lines[0].reasons] == [-900]
    assert [line.sent_minor for line in quote.lines] == [1000, 1000]


def test_a_price_that_would_leave_the_range_of_amounts_is_not_set() -> None:
    rule = a_rule("price", {"effect": "unit_price", "unit_price_minor": LINE_AMOUNT_MINOR_MAX})
    assert a_quote(rule, lines=[a_line(quantity=2)]).total_minor == 1000
    assert a_quote(rule).total_minor == LINE_AMOUNT_MINOR_MAX


def test_the_tax_is_told_when_it_is_missing() -> None:
    programme = parse_programme(
        {"rules": [a_rule("campaign", points())], "points_base": "paid_tax_excluded"}, ruleset_version=1
    )
    basket = {"country": "CH", "currency": "CHF", "day": "2026-11-22", "lines": [a_line()]}
    quote = quote_basket(basket_of(basket), programme, is_member=True)
    assert ("programme", "tax_unknown") in codes(quote)
    assert quote.points == 0


def test_more_vouchers_than_a_ticket_takes_stop_the_quote() -> None:
    vouchers = [Voucher(str(number), "v") for number in range(BASKET_VOUCHERS_MAX + 1)]
    with pytest.raises(AssertionError):
        a_quote(vouchers=vouchers)
    assert len(a_quote(vouchers=vouchers[1:]).vouchers) == BASKET_VOUCHERS_MAX


def test_a_voucher_says_what_it_took_from_each_line() -> None:
    quote = a_quote(lines=[a_line(600), a_line(400)], vouchers=[Voucher("v1", "five", 500)])
    amounts = [[(r.rule_id, r.code, r.amount_minor) for r in line.reasons] for line in quote.lines]
    assert amounts == [[("voucher.five", "voucher", -300)], [("voucher.five", "voucher", -200)]]


def test_weekday_and_shop_are_facts_of_the_basket() -> None:
    sunday = {"eq": [{"fact": "basket.weekday"}, "sunday"]}
    here = {"and": [{"eq": [{"fact": "shop.id"}, "shop"]}, {"eq": [{"fact": "shop.country"}, "CH"]}]}
    swiss = {"eq": [{"fact": "basket.currency"}, "CHF"]}
    rule = a_rule("promotion", percent_off(), when={"and": [sunday, here, swiss]}, shops=["shop"])
    assert a_quote(rule).total_minor == 900
    assert a_quote(rule, day="2026-11-23").total_minor == 1000


@pytest.mark.parametrize(
    ("dividend", "divisor", "floor", "ceil", "half_up", "half_even"),
    [
        (6, 3, 2, 2, 2, 2),
        (4, 3, 1, 2, 1, 1),
        (5, 3, 1, 2, 2, 2),
        (1, 2, 0, 1, 1, 0),
        (3, 2, 1, 2, 2, 2),
        (5, 2, 2, 3, 3, 2),
        (7, 2, 3, 4, 4, 4),
        (0, 7, 0, 0, 0, 0),
    ],
)
def test_a_division_is_rounded_as_named(
    dividend: int, divisor: int, floor: int, ceil: int, half_up: int, half_even: int
) -> None:
    expected = {
        Rounding.FLOOR: floor,
        Rounding.CEIL: ceil,
        Rounding.HALF_UP: half_up,
        Rounding.HALF_EVEN: half_even,
    }
    assert {rounding: divide(dividend, divisor, rounding) for rounding in Rounding} == expected


def test_units_of_a_line_lose_nothing_and_are_taken_dearest_first() -> None:
    runs = units_of([0, 1], [1000, 400], [3, 1])
    assert runs == [Run(1, 400, 1), Run(0, 334, 1), Run(0, 333, 2)]
    assert first(runs, 2) == [Run(1, 400, 1), Run(0, 334, 1)]
    assert first(runs, 9) == runs
    assert first(runs, 0) == []
    assert without(runs, first(runs, 3)) == [Run(0, 333, 1)]


@pytest.mark.parametrize(
    ("times_max", "values", "used"),
    [(None, {0: 333, 1: 100}, {0, 1}), (1, {0: 333}, {0}), (5, {0: 333, 1: 100}, {0, 1})],
)
def test_each_group_rewards_its_cheapest_units(
    times_max: int | None, values: dict[int, int], used: set[int]
) -> None:
    taken = group_rewards([Run(0, 333, 3), Run(1, 100, 4)], 2, 1, times_max)
    assert (taken.shares, set(taken.used)) == (values, used)
