from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from loyalty.errors import LoyaltyError
from loyalty.limits.tickets import BASKET_LINES_MAX, LINE_AMOUNT_MINOR_MAX, LINE_QUANTITY_MAX
from loyalty.pricing.basket import (
    AmountOutOfRange,
    ArticleFacts,
    Basket,
    BasketLine,
    BasketSizeInvalid,
    LineNumberTwice,
    QuantityOutOfRange,
)
from loyalty.pricing.quote import quote_basket
from loyalty.programme.articles import ArticleClass as A
from loyalty.programme.programme import Programme, parse_programme

DAY = date(2026, 11, 22)


def a_line(no: int, amount: int, article_class: A | None = A.PARAPHARMACY, **facts: Any) -> BasketLine:
    quantity = facts.pop("quantity", 1)
    article = None if article_class is None else ArticleFacts(f"a{no}", article_class, **facts)
    return BasketLine(no, f"code{no}", article, quantity, amount)


def a_basket(*lines: BasketLine, country: str = "CH", day: date = DAY) -> Basket:
    return Basket(lines, "CHF", "shop", country, day)


def a_programme(*, when: Any = None, points: int = 1, per_minor: int = 100, rules: int = 1) -> Programme:
    return parse_programme(
        {
            "rules": [
                {
                    "id": f"rule{number}",
                    "version": 4,
                    "kind": "campaign",
                    "when": {"fact": "member.is_known"} if when is None else when,
                    "effects": [
                        {
                            "effect": "points_per_amount",
                            "points": points,
                            "per_minor": per_minor,
                            "rounding": "floor",
                        }
                    ],
                }
                for number in range(rules)
            ]
        },
        ruleset_version=9,
    )


def line_points(basket: Basket, programme: Programme, **asked: Any) -> list[int]:
    quote = quote_basket(basket, programme, **{"is_member": True, **asked})
    return [line.points for line in quote.lines]


@pytest.mark.parametrize(
    ("amounts", "points", "per_minor", "expected"),
    [
        ([1000], 1, 100, [10]),
        ([1099], 1, 100, [10]),
        ([99], 1, 100, [0]),
        ([0], 1, 100, [0]),
        ([99, 99, 99], 1, 100, [1, 1, 0]),
        ([50, 150], 1, 100, [1, 1]),
        ([250, 250, 0], 1, 100, [3, 2, 0]),
        ([1990, 1234], 1, 100, [20, 12]),
        ([333, 333, 334], 3, 100, [10, 10, 10]),
        ([100], 5, 300, [1]),
    ],
)
def test_points_are_counted_once_per_ticket_and_split_over_its_lines(
    amounts: list[int], points: int, per_minor: int, expected: list[int]
) -> None:
    basket = a_basket(*(a_line(no, amount) for no, amount in enumerate(amounts)))
    quote = quote_basket(basket, a_programme(points=points, per_minor=per_minor), is_member=True)
    assert [line.points for line in quote.lines] == expected
    assert quote.points == sum(expected) == points * sum(amounts) // per_minor
    assert quote.total_minor == quote.eligible_minor == sum(amounts)
    assert quote.ruleset_version == 9


@pytest.mark.parametrize(
    ("country", "expected"),
    [
        ("CH", {"medicine_ch_b": 10, "medicine_otc": 10, "cosmetic": 10, "book": 0, "unknown": 0}),
        ("FR", {"medicine_rx": 0, "medicine_otc": 0, "medical_device": 0, "cosmetic": 10, "unknown": 0}),
        ("DE", {"medicine_rx": 0, "medicine_otc": 10, "cosmetic": 10, "unknown": 0}),
        ("CN", {"medicine_rx": 0, "cosmetic": 0}),
        ("US", {"cosmetic": 0}),
    ],
)
def test_a_line_earns_only_where_the_law_of_the_shop_lets_it(country: str, expected: dict[str, int]) -> None:
    lines = [a_line(no, 1000, A(name)) for no, name in enumerate(expected)]
    assert line_points(a_basket(*lines, country=country), a_programme()) == list(expected.values())


def test_a_denied_line_says_which_law_denied_it_and_moves_no_other_line() -> None:
    basket = a_basket(a_line(1, 5000, A.MEDICINE_OTC), a_line(2, 999, A.COSMETIC), country="FR")
    quote = quote_basket(basket, a_programme(), is_member=True)
    denied, earning = quote.lines
    assert (denied.points, earning.points, quote.eligible_minor) == (0, 9, 999)
    assert [(reason.rule_id, reason.code) for reason in denied.reasons] == [("law.FR", "denied_by_law")]
    assert "FR-5" in denied.reasons[0].citation
    assert [(reason.rule_id, reason.rule_version, reason.points) for reason in earning.reasons] == [
        ("rule0", 4, 9)
    ]


def test_a_code_without_article_earns_nothing_and_says_so() -> None:
    quote = quote_basket(a_basket(a_line(1, 5000, None)), a_programme(), is_member=True)
    assert quote.points == 0
    assert [reason.code for reason in quote.lines[0].reasons] == ["unknown_article"]


def test_without_a_member_nothing_is_earned_even_by_a_rule_for_everyone() -> None:
    quote = quote_basket(a_basket(a_line(1, 5000)), a_programme(when=True), is_member=False)
    assert quote.points == 0
    assert [reason.code for reason in quote.lines[0].reasons] == ["member_required"]


@pytest.mark.parametrize(
    ("when", "facts", "points", "code"),
    [
        ({"ge": [{"fact": "basket.total_minor"}, 1000]}, {}, 10, "points_per_amount"),
        ({"ge": [{"fact": "basket.total_minor"}, 1001]}, {}, 0, "rule_not_met"),
        ({"eq": [{"fact": "member.grade"}, "gold"]}, {}, 0, "rule_unknown"),
        ({"eq": [{"fact": "member.grade"}, "gold"]}, {"member.grade": "gold"}, 10, "points_per_amount"),
        ({"ge": [{"fact": "basket.local_day"}, "2026-11-22"]}, {}, 10, "points_per_amount"),
        ({"gt": [{"fact": "basket.local_day"}, "2026-11-22"]}, {}, 0, "rule_not_met"),
        ({"any_line": {"eq": [{"fact": "line.brand"}, "Sol"]}}, {}, 10, "points_per_amount"),
        ({"eq": [{"count": {"where": True}}, 1]}, {}, 10, "points_per_amount"),
    ],
)
def test_a_rule_grants_only_when_its_condition_is_true(
    when: Any, facts: Mapping[str, str], points: int, code: str
) -> None:
    basket = a_basket(a_line(1, 1000, A.COSMETIC, brand="Sol"))
    quote = quote_basket(basket, a_programme(when=when), is_member=True, member_facts=facts)
    assert quote.points == points
    assert [reason.code for reason in quote.lines[0].reasons] == [code]


def test_a_line_denied_by_law_neither_triggers_a_rule_nor_counts_toward_its_threshold() -> None:
    basket = a_basket(
        a_line(1, 9000, A.MEDICINE_RX, brand="Rx"), a_line(2, 1000, A.COSMETIC, brand="Sol"), country="FR"
    )
    total = {"ge": [{"fact": "basket.total_minor"}, 1001]}
    brand = {"any_line": {"eq": [{"fact": "line.brand"}, "Rx"]}}
    assert line_points(basket, a_programme(when=total)) == [0, 0]
    assert line_points(basket, a_programme(when=brand)) == [0, 0]


def test_a_swiss_medicine_does_not_earn_on_a_rule_tied_to_products() -> None:
    basket = a_basket(a_line(1, 1000, A.MEDICINE_CH_D, brand="Sol"), a_line(2, 1000, A.COSMETIC, brand="Sol"))
    when = {"any_line": {"eq": [{"fact": "line.brand"}, "Sol"]}}
    quote = quote_basket(basket, a_programme(when=when), is_member=True)
    assert [line.points for line in quote.lines] == [0, 10]
    assert [reason.code for reason in quote.lines[0].reasons] == ["product_bound"]


def test_points_of_several_rules_add_up_and_each_is_named() -> None:
    quote = quote_basket(a_basket(a_line(1, 1000)), a_programme(rules=3), is_member=True)
    assert quote.points == 30
    assert [(reason.rule_id, reason.points) for reason in quote.lines[0].reasons] == [
        ("rule0", 10),
        ("rule1", 10),
        ("rule2", 10),
    ]


def test_a_ticket_of_2010_earns_on_parapharmacy_in_france() -> None:
    basket = a_basket(a_line(1, 1000), country="FR", day=date(2010, 12, 1))
    assert line_points(basket, a_programme()) == [10]


@pytest.mark.parametrize(
    ("lines", "error", "words"),
    [
        ([], BasketSizeInvalid, "not 0"),
        ([a_line(no, 1) for no in range(BASKET_LINES_MAX + 1)], BasketSizeInvalid, "1501"),
        ([a_line(1, 1, quantity=0)], QuantityOutOfRange, "Line 1"),
        ([a_line(1, 1, quantity=-2)], QuantityOutOfRange, "return"),
        ([a_line(1, 1, quantity=LINE_QUANTITY_MAX + 1)], QuantityOutOfRange, "100001"),
        ([a_line(1, -1)], AmountOutOfRange, "Line 1"),
        ([a_line(1, LINE_AMOUNT_MINOR_MAX + 1)], AmountOutOfRange, "amount"),
        ([a_line(1, 1), a_line(1, 1)], LineNumberTwice, "twice"),
    ],
)
def test_a_basket_no_till_can_mean_is_refused(
    lines: list[BasketLine], error: type[LoyaltyError], words: str
) -> None:
    with pytest.raises(error, match=words):
        quote_basket(a_basket(*lines), a_programme(), is_member=True)


def test_the_largest_basket_is_quoted_within_64_bits() -> None:
    lines = [a_line(no, LINE_AMOUNT_MINOR_MAX, quantity=LINE_QUANTITY_MAX) for no in range(BASKET_LINES_MAX)]
    quote = quote_basket(a_basket(*lines), a_programme(points=10_000, per_minor=1), is_member=True)
    assert quote.points == 10_000 * LINE_AMOUNT_MINOR_MAX * BASKET_LINES_MAX < 2**63


def test_quoting_twice_gives_the_same_answer() -> None:
    basket, programme = a_basket(a_line(1, 1234), a_line(2, 77)), a_programme()
    assert quote_basket(basket, programme, is_member=True) == quote_basket(
        replace(basket), programme, is_member=True
    )
