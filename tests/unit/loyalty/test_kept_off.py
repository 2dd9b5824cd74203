"""What the law keeps from a line that a rule would have reached is told with its source, nothing else."""

from typing import Any

import pytest

from loyalty.pricing.outcome import Quote, Voucher
from tests.unit.loyalty.asking import a_line, a_quote
from tests.unit.loyalty.rule_samples import TOTAL, a_rule, mint, percent_off, points

RX = {"class": "medicine_rx", "brand": "Sol"}
CH_B = {"class": "medicine_ch_b", "brand": "Sol"}
OTC = {"class": "medicine_otc"}
OF_SOL = {"eq": [{"fact": "line.brand"}, "Sol"]}
FIVE = Voucher("v1", "five", worth_minor=500)
DOUBLE = {"effect": "points_multiplier", "times_bp": 20000, "rounding": "floor"}
STEPS = {
    "effect": "step_percent_off",
    "by": "amount",
    "steps": [{"reach": 5000, "rate_bp": 1000}],
    "rounding": "floor",
}
GIFT = {"effect": "free_article", "article_id": "gift", "article_class": "cosmetic"}
CONTEST = {"effect": "contest_entry", "contest": "spring", "entries": 1}


def told(quote: Quote, at: int = 0) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Of each thing kept from a line: code, act, first source, and from which rules."""
    return [
        (each.code, each.act, each.citation.partition(":")[0], each.kept_off)
        for each in quote.lines[at].reasons
        if each.act
    ]


def test_a_discount_kept_from_a_line_names_the_law_the_class_and_the_rule() -> None:
    quote = a_quote(a_rule("promotion", percent_off()), lines=[a_line(**RX), a_line()], country="DE")
    assert [line.amount_minor for line in quote.lines] == [1000, 900]
    assert told(quote)[0] == ("denied_by_law", "be_discounted", "DE-1", ("percent-off",))
    assert quote.lines[0].reasons[0].article_class == "medicine_rx"
    assert told(quote, 1) == []


def test_a_class_without_a_source_is_told_as_such() -> None:
    quote = a_quote(a_rule("promotion", percent_off()), lines=[a_line(**CH_B)])
    assert told(quote)[0] == ("unsourced", "be_discounted", "", ("percent-off",))


@pytest.mark.parametrize(
    "rule",
    [
        a_rule("promotion", percent_off(), lines={"eq": [{"fact": "line.brand"}, "Other"]}),
        a_rule("promotion", percent_off(), when={"ge": [TOTAL, 999_999]}),
        a_rule("promotion", percent_off(), when={"eq": [{"fact": "member.grade"}, "gold"]}),
        a_rule("promotion", percent_off(), min_quantity=3),
        a_rule("promotion", {"effect": "cheapest_free", "of": 3}),
        a_rule("promotion", percent_off(), budget=100),
    ],
)
def test_a_rule_that_would_not_have_reached_the_line_is_not_told(rule: dict[str, Any]) -> None:
    usage = {f"{rule['id']}/budget": 100}
    quote = a_quote(rule, lines=[a_line(**RX), a_line()], country="DE", usage=usage)
    assert [act for _, act, _, _ in told(quote)] == ["earn"]


def test_several_rules_kept_from_a_line_by_one_law_are_one_reason() -> None:
    rules = [a_rule("promotion", percent_off(), id=name) for name in ("a", "b", "c")]
    quote = a_quote(*rules, lines=[a_line(**RX)], country="FR")
    assert told(quote)[0] == ("denied_by_law", "be_discounted", "FR-5", ("a", "b", "c"))
    assert len(told(quote)) == 2, "and that it does not earn"


def test_what_earns_nothing_by_law_names_the_campaigns_that_would_have_given() -> None:
    rules = (a_rule("campaign", points(), id="base"), a_rule("campaign", DOUBLE, id="double"))
    not_met = a_rule("campaign", points(), id="rich", when={"ge": [TOTAL, 999_999]})
    quote = a_quote(*rules, not_met, lines=[a_line(**RX)], country="FR")
    assert told(quote) == [("denied_by_law", "earn", "FR-5", ("base", "double"))]


def test_a_medicine_that_may_not_be_tied_to_products_says_so_where_the_rule_is_granted() -> None:
    rules = (a_rule("campaign", points(), id="base"), a_rule("campaign", DOUBLE, id="brand", lines=OF_SOL))
    quote = a_quote(*rules, lines=[a_line(**CH_B)])
    assert quote.points == 10
    assert told(quote) == [("product_bound", "earn", "CH-1", ("brand",))]
    assert quote.lines[0].reasons[0].article_class == "medicine_ch_b"
    rules[1]["when"] = {"ge": [TOTAL, 999_999]}
    assert told(a_quote(*rules, lines=[a_line(**CH_B)])) == []


def test_a_voucher_kept_from_a_line_names_the_law() -> None:
    quote = a_quote(lines=[a_line(**CH_B), a_line()], vouchers=[FIVE])
    assert [line.amount_minor for line in quote.lines] == [1000, 500]
    assert told(quote)[0] == ("denied_by_law", "redeem_on", "CH-3", ("voucher.five",))


def test_a_voucher_that_is_not_good_for_the_line_is_not_told() -> None:
    only = Voucher("v1", "five", worth_minor=500, redeem_on=frozenset({"cosmetic"}))
    quote = a_quote(lines=[a_line(**CH_B), a_line()], vouchers=[only])
    assert [act for _, act, _, _ in told(quote)] == []


def test_lines_that_do_not_count_toward_a_vouchers_least_total_say_so() -> None:
    least = Voucher("v1", "five", worth_minor=500, min_total_minor=3000)
    quote = a_quote(lines=[a_line(2500, **RX), a_line(1000)], country="FR", vouchers=[least])
    assert quote.total_minor == 3500
    assert told(quote)[0] == ("denied_by_law", "counts_toward_threshold", "FR-5", ("voucher.five",))
    far = Voucher("v1", "five", worth_minor=500, min_total_minor=9000)
    quote = a_quote(lines=[a_line(2500, **RX), a_line(1000)], country="FR", vouchers=[far])
    assert [act for _, act, _, _ in told(quote)] == ["earn"]


def test_a_line_that_would_have_reached_a_threshold_says_that_it_does_not_count() -> None:
    rule = a_rule("promotion", percent_off(), when={"ge": [TOTAL, 3000]}, lines=OF_SOL)
    quote = a_quote(rule, lines=[a_line(2500, **OTC), a_line(1000, brand="Sol")], country="DE")
    assert quote.total_minor == 3500
    assert told(quote) == [("unsourced", "counts_toward_threshold", "", ("percent-off",))]
    campaign = a_rule("campaign", points(), when={"ge": [TOTAL, 3000]})
    quote = a_quote(campaign, lines=[a_line(2500, **RX), a_line(1000)], country="FR")
    assert ("denied_by_law", "counts_toward_threshold", "FR-5", ("points-per-amount",)) in told(quote)


def test_a_line_that_may_be_discounted_and_does_not_count_toward_a_step_says_so() -> None:
    lines = [a_line(3000, **OTC), a_line(3000)]
    quote = a_quote(a_rule("promotion", STEPS), lines=lines, country="DE")
    assert quote.total_minor == 6000
    assert told(quote) == [("unsourced", "counts_toward_threshold", "", ("step-percent-off",))]


def test_a_hidden_line_that_would_have_switched_a_rule_on_says_so() -> None:
    rule = a_rule("promotion", percent_off(), when={"any_line": OF_SOL})
    quote = a_quote(rule, lines=[a_line(**RX), a_line()], country="FR")
    assert told(quote)[0] == ("denied_by_law", "be_discounted", "FR-5", ("percent-off",))


def test_a_voucher_or_contest_that_medicines_may_not_lead_to_names_the_law() -> None:
    coupon = a_rule("campaign", mint("next"), id="coupon", lines=OF_SOL)
    contest = a_rule("campaign", CONTEST, id="contest", lines=OF_SOL)
    quote = a_quote(coupon, contest, lines=[a_line(**CH_B)])
    assert quote.promises == ()
    assert ("denied_by_law", "be_in_a_contest", "CH-3", ("contest",)) in told(quote)
    assert ("denied_by_law", "coupon_trigger", "CH-1", ("coupon",)) in told(quote)
    led = a_quote(contest, lines=[a_line(**CH_B), a_line(brand="Sol")])
    assert not led.promises, "no source lets an ordinary article be in a contest"
    assert ("unsourced", "be_in_a_contest", "", ("contest",)) in told(led, 1)


def test_a_gift_that_may_not_be_given_names_the_law() -> None:
    quote = a_quote(a_rule("promotion", GIFT), lines=[a_line(article="gift")], country="FR")
    assert quote.total_minor == 1000
    assert told(quote) == [("denied_by_law", "be_a_gift", "FR-1", ("free-article",))]


def test_a_restriction_that_keeps_a_discount_or_a_voucher_off_is_named() -> None:
    out = a_rule("restriction", {"effect": "deny", "acts": ["discount", "voucher"]}, id="out")
    quote = a_quote(out, a_rule("promotion", percent_off()), lines=[a_line()], vouchers=[FIVE])
    assert [
        (each.rule_id, *rest) for each, rest in zip(quote.lines[0].reasons, told(quote), strict=True)
    ] == [
        ("out", "restricted", "be_discounted", "", ("percent-off",)),
        ("out", "restricted", "redeem_on", "", ("voucher.five",)),
    ]


def test_a_price_for_members_kept_from_a_line_names_the_rule() -> None:
    price = {"effect": "unit_price", "unit_price_minor": 500}
    rule = a_rule("price", price, when={"fact": "member.is_known"})
    quote = a_quote(rule, lines=[a_line(**OTC)], country="FR")
    assert told(quote)[0] == ("denied_by_law", "be_discounted", "FR-5", ("unit-price",))


def test_a_line_that_costs_nothing_loses_nothing() -> None:
    quote = a_quote(a_rule("promotion", percent_off()), lines=[a_line(0, **RX)], country="DE")
    assert [act for _, act, _, _ in told(quote)] == ["earn"]


def test_no_more_rules_are_named_than_the_limit() -> None:
    rules = [a_rule("promotion", percent_off(), id=f"r{no}") for no in range(30)]
    quote = a_quote(*rules, lines=[a_line(**RX)], country="DE")
    assert told(quote)[0][3] == tuple(f"r{no}" for no in range(10))


def test_points_of_a_visit_that_is_not_the_nth_are_not_told_as_kept_off() -> None:
    tenth = a_rule("campaign", {"effect": "points_nth_visit", "every": 10, "points": 100}, id="tenth")
    for visits, rules in ((3, ()), (10, ("tenth",))):
        quote = a_quote(tenth, lines=[a_line(**RX)], country="FR", member_facts={"member.visits": visits})
        assert told(quote) == [("denied_by_law", "earn", "FR-5", rules)]


def test_a_gift_that_may_be_given_is_not_told_as_kept_off() -> None:
    gift = GIFT | {"article_class": "medicine_ch_e"}
    tea = a_line(400, article="gift", **{"class": "medicine_ch_e"})
    quote = a_quote(a_rule("promotion", gift), lines=[a_line(**CH_B), tea])
    assert quote.lines[1].amount_minor == 0
    assert told(quote, 1) == []


def test_lines_that_would_lift_a_vouchers_total_by_the_last_rappen_say_so() -> None:
    least = Voucher("v1", "five", worth_minor=500, min_total_minor=1001)
    quote = a_quote(lines=[a_line(1, **RX), a_line(1000)], country="FR", vouchers=[least])
    assert told(quote)[0][1] == "counts_toward_threshold"
