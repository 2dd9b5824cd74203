"""Refusals that tell amounts: money for people, integers for machines; no text speaks in minor units."""

import pkgutil
from importlib import import_module

import pytest

import central
import loyalty
from loyalty.errors import LoyaltyError
from loyalty.money import MoneyError, show_asset
from loyalty.pricing.basket import AmountOutOfRange
from loyalty.value.law import AboveLegalMaximum, require_lawful_maximum
from loyalty.value.tenders import StoredValueTooLow


def all_errors() -> list[type[LoyaltyError]]:
    for package in (loyalty, central):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            import_module(module.name)
    found, waiting = list[type[LoyaltyError]](), [LoyaltyError]
    while waiting:
        for each in waiting.pop().__subclasses__():
            found.append(each)
            waiting.append(each)
    return found


def test_every_text_that_tells_an_amount_tells_it_as_money() -> None:
    errors = all_errors()
    assert len(errors) > 150
    for error in errors:
        assert "minor units" not in error.text, error
        if "_minor}" in error.text:
            assert issubclass(error, MoneyError), error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            StoredValueTooLow(kind="gift_card", available_minor=1250, wanted_minor=2000, asset="CHF/2"),
            "With gift card 12.50 CHF can be paid, not 20.00 CHF.",
        ),
        (
            StoredValueTooLow(kind="meal_vouchers", available_minor=5, wanted_minor=6, asset="MEAL.EUR/2"),
            "With meal vouchers 0.05 EUR can be paid, not 0.06 EUR.",
        ),
        (
            StoredValueTooLow(kind="massage", available_minor=25, wanted_minor=100, asset="HOUR/2"),
            "With massage 0.25 hours can be paid, not 1.00 hour.",
        ),
        (
            AmountOutOfRange(line_no=1, amount_minor=-5, limit_minor=1_000, currency="JPY"),
            "Line 1: the amount must be from 0 to 1000 JPY, not -5 JPY.",
        ),
        (
            AmountOutOfRange(line_no=1, amount_minor=-5, limit_minor=1_000, currency="XXX"),
            "Line 1: the amount must be from 0 to 1000, not -5.",
        ),
    ],
)
def test_amounts_read_as_money_in_their_unit(error: LoyaltyError, said: str) -> None:
    assert str(error).startswith(said)
    assert all(isinstance(value, int) for name, value in error.params.items() if name.endswith("_minor"))


def test_a_ceiling_of_the_law_is_told_as_money() -> None:
    with pytest.raises(
        AboveLegalMaximum, match=r"A gift card may hold 1000\.00 CNY at most in CN"
    ) as refused:
        require_lawful_maximum(100_001, "CNY", "CN", is_purse=False)
    assert refused.value.params["maximum_minor"] == 100_000


def test_times_of_a_service_are_counted() -> None:
    assert show_asset(3, "SRV.injection/0") == "3 times"


@pytest.mark.parametrize(
    ("minor", "asset", "said"),
    [
        (1_000, "CHF/2", "10.00 CHF"),
        (600, "MEAL.EUR/2", "6.00 EUR in meal vouchers"),
        (150, "HOUR/2", "1.50 hours"),
        (1, "SRV.injection/0", "1 time (injection)"),
        (120, "PTS/0", "120 points"),
        (1, "PTS/0", "1 point"),
        (2, "VCH.thanks/0", "2 vouchers (thanks)"),
    ],
)
def test_what_is_held_is_named_where_nothing_else_says_it(minor: int, asset: str, said: str) -> None:
    assert show_asset(minor, asset, is_named=True) == said
