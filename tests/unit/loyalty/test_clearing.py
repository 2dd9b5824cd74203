"""Expected use by the group's own history; which purchases count for an association."""

from datetime import date

import pytest

from loyalty.clearing.netting import expected_use
from loyalty.programme.articles import ArticleClass
from loyalty.programme.compliance.association import counts_for_association

DAY = date(2026, 10, 15)


@pytest.mark.parametrize(
    ("amount", "ended", "expired", "lots", "expected"),
    [
        (1_000, 40_000, 8_000, 100, (800, 2_000)),
        (999, 30_000, 10_000, 100, (667, 3_333)),
        (1_000, 40_000, 0, 100, (1_000, 0)),
        (1_000, 40_000, 40_001, 100, (0, 10_000)),
        (1_000, 40_000, 8_000, 99, None),
        (1_000, 0, 0, 100, None),
    ],
)
def test_what_is_expected_to_be_used_is_the_share_that_did_not_expire_before(
    amount: int, ended: int, expired: int, lots: int, expected: tuple[int, int] | None
) -> None:
    assert expected_use(amount, ended=ended, expired=expired, lots=lots, lots_min=100) == expected


@pytest.mark.parametrize("country", ["CH", "FR", "DE", "CN", "IT"])
def test_no_medicine_counts_for_an_association_in_any_country(country: str) -> None:
    medicines = [each for each in ArticleClass if each.value.startswith("medicine")]
    assert len(medicines) >= 7
    assert not any(counts_for_association(country, each, DAY) for each in medicines)


def test_what_may_earn_and_is_no_medicine_counts_and_the_unknown_does_not() -> None:
    for country in ("CH", "FR", "DE"):
        assert counts_for_association(country, ArticleClass.COSMETIC, DAY)
        assert not counts_for_association(country, ArticleClass.UNKNOWN, DAY)
    assert not counts_for_association("CN", ArticleClass.COSMETIC, DAY), "no source yet"
