from decimal import Decimal

import pytest

from loyalty.money import AmountDoesNotFit, UnknownCurrency, format_minor, parse_minor, scale_of


@pytest.mark.parametrize(
    ("text", "scale", "minor"),
    [
        ("12.34", 2, 1234),
        ("12.3", 2, 1230),
        ("12", 2, 1200),
        ("12.300", 2, 1230),
        ("0.05", 2, 5),
        ("-0.05", 2, -5),
        ("-0", 2, 0),
        ("0e999", 2, 0),
        ("1.2e1", 2, 1200),
        ("1E+2", 0, 100),
        ("1200e-2", 0, 12),
        ("007.50", 2, 750),
        ("500", 0, 500),
        ("1.000", 0, 1),
        (Decimal("19.90"), 2, 1990),
        (Decimal("1E+2"), 2, 10_000),
    ],
)
def test_exact_decimal_becomes_minor_units(text: str | Decimal, scale: int, minor: int) -> None:
    assert parse_minor(text, scale) == minor


@pytest.mark.parametrize(
    "text",
    [
        "12.345",
        "12.300000000000001",
        "NaN",
        "Infinity",
        "-Infinity",
        "1e99",
        "1e999999",
        "1e99999999999999",
        "1e-3",
        "",
        " ",
        "12,50",
        "1_000",
        "+5",
        " 5",
        ".5",
        "5.",
        "0x10",
        "１２",
        "12.50 CHF",
        "9" * 40,
    ],
)
def test_what_does_not_fit_is_refused_with_value_and_scale(text: str) -> None:
    with pytest.raises(AmountDoesNotFit) as caught:
        parse_minor(text, 2)
    assert caught.value.params == {"value": text[:40], "scale": 2}
    assert caught.value.code == "amount_does_not_fit"


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), Decimal("0.001")])
def test_decimal_that_does_not_fit_is_refused(value: Decimal) -> None:
    with pytest.raises(AmountDoesNotFit):
        parse_minor(value, 2)


@pytest.mark.parametrize(
    ("minor", "scale", "text"),
    [(1234, 2, "12.34"), (5, 2, "0.05"), (-5, 2, "-0.05"), (0, 2, "0.00"), (7, 0, "7"), (-1500, 3, "-1.500")],
)
def test_minor_units_are_written_with_exactly_the_scale(minor: int, scale: int, text: str) -> None:
    assert format_minor(minor, scale) == text


@pytest.mark.parametrize(("currency", "scale"), [("CHF", 2), ("EUR", 2), ("GBP", 2), ("CNY", 2), ("JPY", 0)])
def test_currency_has_its_iso_scale(currency: str, scale: int) -> None:
    assert scale_of(currency) == scale


def test_unknown_currency_is_refused() -> None:
    with pytest.raises(UnknownCurrency, match="XXX"):
        scale_of("XXX")
