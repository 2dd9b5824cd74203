"""Prices as people write them in files: decimal comma or point, thousands in threes, never guessed."""

import re
from typing import Final, Literal

from loyalty.money import AmountDoesNotFit, parse_minor

Decimal = Literal["auto", ",", "."]

_NUMBER: Final = re.compile(r"-?[0-9]+(?:[., '’\u00a0\u202f][0-9]+)*", re.ASCII)
_RATE_SCALE: Final = 2
_WHOLE_RATE_BP: Final = 10_000
_ONE_PER_CENT_BP: Final = 100
_GROUPS: Final = " '’\u00a0\u202f"


class PriceUnclear(ValueError):
    """A price that cannot be read for certain; the text says why."""


def parse_price(text: str, scale: int, decimal: Decimal = "auto") -> int | None:
    """Minor units of a price, exactly; None when the cell is empty.

    With `auto`, a lone comma or point is the decimal sign (`3.499` is then refused: it does not fit cents,
    and nobody knows whether thousands were meant); where both stand, the last one is.

    Args:
        scale: decimals of the currency.
    Raises: PriceUnclear.
    """
    text = text.strip()
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        raise PriceUnclear(f"“{text[:40]}” is not a price")
    sign = _decimal_sign(text) if decimal == "auto" else decimal
    whole, _, fraction = text.partition(sign) if sign else (text, "", "")
    groups = re.split(rf"[{_GROUPS}.,]", whole)
    if len(groups) > 1 and (not 1 <= len(groups[0].lstrip("-")) <= 3 or any(len(g) != 3 for g in groups[1:])):
        raise PriceUnclear(f"“{text[:40]}” has thousands that are not groups of three")
    if fraction and not fraction.isdigit():
        raise PriceUnclear(f"“{text[:40]}” has more than one decimal sign")
    try:
        minor = parse_minor(f"{''.join(groups)}.{fraction or '0'}", scale)
    except AmountDoesNotFit as error:
        why = f"“{text[:40]}” does not fit {scale} decimals exactly; if thousands were meant, give --decimal"
        raise PriceUnclear(why) from error
    if minor < 0:
        raise PriceUnclear(f"“{text[:40]}” is negative")
    return minor


def parse_tax_rate(text: str) -> int | None:
    """Basis points of a tax rate written in per cent (`8.1`, `2,6 %`); None when the cell is empty.

    Below 1 per cent nobody knows whether `0.2` means 20 per cent: it is refused, 0 is not.
    Raises: PriceUnclear.
    """
    plain = text.strip().removesuffix("%").rstrip().replace(",", ".")
    if not plain:
        return None
    try:
        rate_bp = parse_minor(plain, _RATE_SCALE)
    except AmountDoesNotFit as error:
        raise PriceUnclear(f"“{text[:40]}” is not a tax rate in per cent, such as 8.1") from error
    if rate_bp != 0 and not _ONE_PER_CENT_BP <= rate_bp <= _WHOLE_RATE_BP:
        raise PriceUnclear(f"“{text[:40]}” is not a tax rate from 1 to 100 per cent, or 0")
    return rate_bp


def _decimal_sign(text: str) -> str:
    """The sign that parts the decimals: the last of comma and point."""
    last = max(text.rfind(","), text.rfind("."))
    return text[last] if last >= 0 else ""
