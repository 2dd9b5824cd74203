import pytest

from central.gateways.bdpm import parse_price as parse_bdpm_price
from central.gateways.prices import Decimal, PriceUnclear, parse_price, parse_tax_rate


@pytest.mark.parametrize(
    ("text", "decimal", "minor"),
    [
        ("24,34", "auto", 2434),
        ("24.34", "auto", 2434),
        ("24", "auto", 2400),
        ("0", "auto", 0),
        ("1.234,50", "auto", 123450),
        ("1,234.50", "auto", 123450),
        ("1'234.50", "auto", 123450),
        ("1\u202f234,5", "auto", 123450),
        ("1.234", ",", 123400),
        ("1,234", ".", 123400),
        ("", "auto", None),
        ("  ", "auto", None),
    ],
)
def test_a_price_is_read_exactly(text: str, decimal: Decimal, minor: int | None) -> None:
    assert parse_price(text, 2, decimal) == minor


@pytest.mark.parametrize(
    "text", ["1,234", "1.234", "12.3456", "1,466,29", "1.2.3", "-4.50", "4.5 CHF", "x", "12,34.5", "1e3", "٣"]
)
def test_a_price_that_is_not_certain_is_refused_not_guessed(text: str) -> None:
    with pytest.raises(PriceUnclear):
        parse_price(text, 2, "auto")


def test_thousands_that_are_no_groups_of_three_are_refused() -> None:
    with pytest.raises(PriceUnclear, match="groups of three"):
        parse_price("24.50", 2, ",")


@pytest.mark.parametrize(
    ("text", "cents"), [("24,34", 2434), ("1,466,29", 146629), ("12,345,678,90", 1234567890), ("", None)]
)
def test_the_last_comma_of_a_french_medicine_price_is_the_decimal_one(text: str, cents: int | None) -> None:
    assert parse_bdpm_price(text) == cents


@pytest.mark.parametrize("text", ["24", "24.34", "1466,2", "14,66,29", "x"])
def test_another_notation_of_a_french_medicine_price_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=text):
        parse_bdpm_price(text)


@pytest.mark.parametrize(
    ("text", "rate_bp"),
    [
        ("8.1", 810),
        ("2,6 %", 260),
        ("20", 2000),
        ("5.50%", 550),
        ("0", 0),
        ("100", 10_000),
        ("", None),
        (" % ", None),
    ],
)
def test_a_tax_rate_in_per_cent_becomes_basis_points(text: str, rate_bp: int | None) -> None:
    assert parse_tax_rate(text) == rate_bp


@pytest.mark.parametrize("text", ["0.2", "0,081", "8.125", "101", "-8.1", "8 1", "normal", "1e1%%"])
def test_a_tax_rate_that_is_not_certain_is_refused(text: str) -> None:
    with pytest.raises(PriceUnclear):
        parse_tax_rate(text)
