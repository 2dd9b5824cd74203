from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty.money import AmountDoesNotFit, format_minor, parse_minor
from loyalty.pricing.apportion import NothingToApportionOn, apportion
from loyalty.pricing.basket import ArticleFacts, Basket, BasketLine
from loyalty.pricing.quote import quote_basket
from loyalty.programme.articles import ArticleClass
from loyalty.programme.compliance import LegalAct, verdict
from loyalty.programme.identification import balance_range
from loyalty.programme.numbers import gtin_check_digit, is_ean13
from loyalty.programme.programme import parse_programme

WEIGHTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=30)
DAY = date(2026, 11, 22)


@given(whole=st.integers(0, 10**9), weights=WEIGHTS)
def test_apportioning_loses_nothing_and_stays_within_one_unit_of_fair(whole: int, weights: list[int]) -> None:
    total = sum(weights)
    if whole and not total:
        with pytest.raises(NothingToApportionOn):
            apportion(whole, weights)
        return
    parts = apportion(whole, weights)
    assert sum(parts) == whole
    assert len(parts) == len(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert part >= 0
        assert abs(part * total - whole * weight) < max(total, 1)
        assert weight or not part
        assert part <= weight or whole > total


@given(minor=st.integers(-(10**18) + 1, 10**18 - 1), scale=st.integers(0, 4))
def test_money_survives_writing_and_reading(minor: int, scale: int) -> None:
    assert parse_minor(format_minor(minor, scale), scale) == minor


@given(value=st.decimals() | st.decimals(-(10**9), 10**9, places=3), scale=st.integers(0, 4))
def test_a_decimal_is_converted_exactly_or_refused(value: Decimal, scale: int) -> None:
    fits = False
    if value.is_finite() and abs(value) < 10**18:
        exact = Fraction(value) * 10**scale
        fits = exact.denominator == 1 and abs(exact) < 10**18
    if fits:
        assert parse_minor(value, scale) == exact
    else:
        with pytest.raises(AmountDoesNotFit):
            parse_minor(value, scale)


@given(text=st.text(max_size=30) | st.text("-0123456789.e", max_size=12), scale=st.integers(0, 4))
def test_any_text_is_an_amount_or_a_clear_refusal(text: str, scale: int) -> None:
    is_number = all(char in "-0123456789.eE+" for char in text)
    try:
        minor = parse_minor(text, scale)
    except AmountDoesNotFit:
        return
    assert is_number
    assert minor == Fraction(text) * 10**scale


LINES = st.lists(
    st.tuples(st.none() | st.sampled_from(ArticleClass), st.integers(1, 1000), st.integers(0, 10**7)),
    min_size=1,
    max_size=20,
)


@settings(deadline=None)
@given(
    lines=LINES,
    country=st.sampled_from(["CH", "FR", "DE", "CN", "IT"]),
    points=st.integers(1, 100),
    per_minor=st.integers(1, 1000),
    is_member=st.booleans(),
)
def test_a_quote_sums_over_its_lines_and_gives_nothing_the_law_denies(
    lines: list[tuple[ArticleClass | None, int, int]],
    country: str,
    points: int,
    per_minor: int,
    is_member: bool,
) -> None:
    effect = {
        "effect": "points_per_amount",
        "points": points,
        "per_minor": per_minor,
        "rounding": "floor",
    }
    programme = parse_programme(
        {"rules": [{"id": "r", "version": 1, "kind": "campaign", "when": True, "effects": [effect]}]},
        ruleset_version=1,
    )
    basket = Basket(
        tuple(
            BasketLine(no, str(no), None if c is None else ArticleFacts(str(no), c), quantity, amount)
            for no, (c, quantity, amount) in enumerate(lines)
        ),
        "CHF",
        "shop",
        country,
        DAY,
    )
    quote = quote_basket(basket, programme, is_member=is_member)
    allowed = [c is not None and verdict(country, c, LegalAct.EARN, DAY).is_allowed for c, _, _ in lines]
    eligible = sum(amount for (_, _, amount), may in zip(lines, allowed, strict=True) if may)
    assert quote.eligible_minor == eligible
    assert quote.points == (points * eligible // per_minor if is_member else 0)
    assert quote.points == sum(line.points for line in quote.lines)
    assert quote.total_minor == sum(amount for _, _, amount in lines)
    for line, may in zip(quote.lines, allowed, strict=True):
        assert line.reasons, "every line says why"
        assert may or line.points == 0
        assert line.points == sum(reason.points for reason in line.reasons)


@given(points=st.integers(0, 10**12))
def test_a_balance_lies_in_its_range_and_the_range_hides_it(points: int) -> None:
    low, high = balance_range(points)
    assert low <= points < high
    assert high - low >= 100
    assert balance_range(low) == (low, high)
    assert balance_range(high)[0] == high


@given(body=st.text("0123456789", min_size=12, max_size=12), at=st.integers(0, 11), add=st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(body: str, at: int, add: int) -> None:
    code = body + gtin_check_digit(body)
    assert is_ean13(code)
    wrong = code[:at] + str((int(code[at]) + add) % 10) + code[at + 1 :]
    assert not is_ean13(wrong)
