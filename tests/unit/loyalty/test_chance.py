"""The yardstick itself: chi-square's critical values as tables print them."""

import pytest

from tests.unit.loyalty.chance import chi_square, chi_square_p


@pytest.mark.parametrize(
    ("degrees", "critical", "p"),
    [
        (1, 3.841, 0.05),
        (2, 5.991, 0.05),
        (4, 9.488, 0.05),
        (10, 18.307, 0.05),
        (2, 13.816, 0.001),
        (1000, 1143.92, 0.001),
    ],
)
def test_critical_values_of_the_tables(degrees: int, critical: float, p: float) -> None:
    assert chi_square_p(critical, degrees=degrees) == pytest.approx(p, rel=0.01)


def test_counts_as_promised_differ_by_nothing_and_others_are_found() -> None:
    assert chi_square([100, 300, 600], [1, 3, 6], 10) == 0
    assert chi_square_p(chi_square([1100, 2900, 6000], [1, 3, 6], 10), degrees=2) < 0.002
