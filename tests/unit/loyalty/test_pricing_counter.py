"""What the counter takes off: between promotions and vouchers, over lawful lines, claimed of the day."""

from dataclasses import replace
from typing import Any

import pytest

from loyalty.pricing.basket import Basket, ManualDiscount
from loyalty.pricing.outcome import Counts, Voucher
from loyalty.pricing.quote import Quote, possible_claims, quote_basket
from loyalty.programme.latitude import LatitudeExceeded, NothingToDiscount
from loyalty.programme.programme import parse_programme
from tests.unit.loyalty.asking import a_line
from tests.unit.loyalty.rule_samples import a_programme_of, a_rule
from tests.unit.loyalty.vector_basket import basket_of

HALF = a_rule("promotion", {"effect": "percent_off", "rate_bp": 5000, "rounding": "floor"})
POINTS = a_rule(
    "campaign", {"effect": "points_per_amount", "points": 1, "per_minor": 100, "rounding": "floor"}
)
KEY = "latitude/clerk/discount/2026-11-22"


def a_programme(*rules: dict[str, Any]) -> Any:
    latitude = {"clerk": {"discount_rate_bp": 2000, "discount_minor_per_day": 300}}
    return parse_programme(a_programme_of(*rules) | {"latitude": latitude}, ruleset_version=1)


def a_basket(off: int, lines: list[dict[str, Any]]) -> Basket:
    head = {"country": "CH", "currency": "CHF", "day": "2026-11-22", "time": None}
    return replace(basket_of(head | {"lines": lines}), discount=ManualDiscount(off, "clerk", "Late"))


def taken(off: int, *rules: dict[str, Any], lines: Any = None, **asked: Any) -> Quote:
    basket = a_basket(off, lines or [a_line()])
    return quote_basket(basket, a_programme(*rules), is_member=True, **asked)


def test_it_is_a_share_of_what_promotions_left_and_points_count_what_is_paid() -> None:
    quote = taken(100, HALF, POINTS)
    assert (quote.total_minor, quote.points) == (400, 4)
    with pytest.raises(LatitudeExceeded):
        taken(101, HALF, POINTS)


def test_a_voucher_comes_after_it() -> None:
    voucher = Voucher("v", "thanks", worth_minor=10_000)
    quote = taken(200, vouchers=[voucher])
    assert (quote.total_minor, [each.used_minor for each in quote.vouchers]) == (0, [800])


def test_it_is_split_over_the_lines_that_may_be_discounted_without_loss() -> None:
    milk = a_line(900, **{"class": "infant_milk_first_age"})
    quote = taken(100, lines=[a_line(333), milk, a_line(333), a_line(334)])
    assert [line.amount_minor for line in quote.lines][1] == 900
    assert quote.total_minor == 1900 - 100
    for line in quote.lines:
        assert line.amount_minor == line.sent_minor + sum(each.amount_minor for each in line.reasons)


def test_a_line_that_a_restriction_excludes_takes_no_part() -> None:
    deny = a_rule("restriction", {"effect": "deny", "acts": ["discount"]})
    with pytest.raises(NothingToDiscount):
        taken(1, deny)


def test_it_claims_the_day_of_its_role_in_the_shop_and_heeds_what_is_used() -> None:
    (claim,) = taken(200).claims
    assert (claim.key, claim.amount, claim.limit, claim.counts) == (KEY, 200, 300, Counts.TICKETS)
    (possible,) = possible_claims(a_basket(200, [a_line()]), a_programme(), is_member=True)
    assert (possible.key, possible.amount) == (KEY, 0)
    assert taken(100, usage={KEY: 200}).total_minor == 900
    with pytest.raises(LatitudeExceeded):
        taken(101, usage={KEY: 200})


def test_a_line_it_may_not_reach_says_so_once_and_the_others_do_not() -> None:
    quote = taken(100, lines=[a_line(1000), a_line(500, **{"class": "medicine_ch_b"}), a_line(0)])
    assert [line.amount_minor for line in quote.lines] == [900, 500, 0]
    told = [[reason.kept_off for reason in line.reasons if reason.act] for line in quote.lines]
    assert told == [[], [("latitude.clerk",)], []]
