"""Pearson's chi-square with the standard library: Abramowitz and Stegun 26.4, by 6.5.29 and 6.5.31."""

import math
from collections.abc import Sequence


def chi_square(found: Sequence[int], odds: Sequence[int], out_of: int) -> float:
    """How far counts are from what odds (out of `out_of`) promise."""
    total = sum(found)
    assert sum(odds) == out_of
    return sum(
        (count - total * chance / out_of) ** 2 / (total * chance / out_of)
        for count, chance in zip(found, odds, strict=True)
    )


def chi_square_p(statistic: float, *, degrees: int) -> float:
    """The chance of so much or more where the odds are true: the upper regularised gamma function."""
    a, x = degrees / 2, statistic / 2
    if x <= 0:
        return 1.0
    scale = math.exp(-x + a * math.log(x) - math.lgamma(a))
    if x < a + 1:
        term = total = 1 / a
        n = a
        while term > total * 1e-15:
            n += 1
            term *= x / n
            total += term
        return 1 - total * scale
    # Lentz's continued fraction, 6.5.31.
    tiny = 1e-300
    b = x + 1 - a
    c, d = 1 / tiny, 1 / b
    h = d
    for i in range(1, 1000):
        an = -i * (i - a)
        b += 2
        d = 1 / (an * d + b or tiny)
        c = b + an / c or tiny
        step = d * c
        h *= step
        if abs(step - 1) < 1e-14:
            break
    return h * scale
