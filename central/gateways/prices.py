"""Prices as people write them in files: decimal comma or point, thousands in threes, never guessed."""

import re
from typing import Final, Literal

from loyalty.money import AmountDoesNotFit, parse_minor

Decimal = Literal["auto", ",", "."]

_NUMBER: Final = re.compile(r"-?[0-9]+(?:[., '’\u00a0\u202f][0-9]+)*", re.ASCII)
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


def _decimal_sign(text: str) -> str:
    """The sign that parts the decimals: the last of comma and point."""
    last = max(text.rfind(","), text.rfind("."))
    return text[last] if last >= 0 else ""
