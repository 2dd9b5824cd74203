"""How a division is rounded; always named, so that nobody guesses (complaints 18, 19)."""

from enum import StrEnum


class Rounding(StrEnum):
    """Named roundings of quotients that are never negative."""

    FLOOR = "floor"
    CEIL = "ceil"
    HALF_UP = "half_up"
    HALF_EVEN = "half_even"


def divide(dividend: int, divisor: int, rounding: Rounding) -> int:
    """Divide whole numbers, dividend >= 0, divisor > 0, rounded as named; no float is ever made."""
    assert dividend >= 0, "only amounts that are not negative are divided"
    assert divisor > 0
    whole, rest = divmod(dividend, divisor)
    match rounding:
        case Rounding.FLOOR:
            return whole
        case Rounding.CEIL:
            return whole + (rest > 0)
        case Rounding.HALF_UP:
            return whole + (2 * rest >= divisor)
        case Rounding.HALF_EVEN:
            is_up = 2 * rest > divisor or (2 * rest == divisor and whole % 2 == 1)
            return whole + is_up
