"""Money at the edge: exact conversion between decimal text and integer minor units, never rounded."""

import re
from decimal import Decimal
from types import MappingProxyType

from loyalty.errors import LoyaltyError, ParamValue
from loyalty.limits.tickets import DECIMAL_DIGITS_MAX

CURRENCY_SCALES = MappingProxyType(
    {"CHF": 2, "EUR": 2, "GBP": 2, "CNY": 2, "JPY": 0, "USD": 2, "HKD": 2, "KRW": 0, "KWD": 3}
)
"""Decimals per currency (ISO 4217, minor unit)."""

_DECIMAL = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]{1,6}))?", re.ASCII)
_SHOWN_CHARS = 40


class AmountDoesNotFit(LoyaltyError):
    """A decimal has more digits than its unit can hold, or is no number."""

    code = "amount_does_not_fit"
    text = (
        "{value} is not an exact amount with at most {scale} decimals. Send the exact amount as a decimal"
        " number, without rounding noise."
    )


class UnknownCurrency(LoyaltyError):
    """A currency whose decimals we do not know."""

    code = "unknown_currency"
    text = "The currency {currency} is not known. Use an ISO 4217 code such as CHF or EUR."


def scale_of(currency: str) -> int:
    """Decimals of a currency.

    Raises: UnknownCurrency.
    """
    scale = CURRENCY_SCALES.get(currency)
    if scale is None:
        raise UnknownCurrency(currency=currency[:_SHOWN_CHARS])
    return scale


def parse_minor(value: str | Decimal, scale: int) -> int:
    """Convert a decimal exactly to minor units of 10**-scale.

    Args:
        value: plain or exponent notation, or a JSON number as its text; never a float.
        scale: decimals of the unit, >= 0.
    Raises: AmountDoesNotFit: no finite number, digits beyond the scale, or too large.
    """
    text = str(value)
    match = _DECIMAL.fullmatch(text)
    if match is None:
        raise AmountDoesNotFit(value=text[:_SHOWN_CHARS], scale=scale)
    sign, whole, fraction, exponent = match.groups()
    fraction = fraction or ""
    digits = (whole + fraction).lstrip("0")
    if not digits:
        return 0
    significant = digits.rstrip("0")
    shift = scale + int(exponent or 0) - len(fraction) + len(digits) - len(significant)
    if shift < 0 or len(significant) + shift > DECIMAL_DIGITS_MAX:
        raise AmountDoesNotFit(value=text[:_SHOWN_CHARS], scale=scale)
    minor = int(significant + "0" * shift)
    return -minor if sign else minor


class MoneyError(LoyaltyError):
    """Trouble that tells amounts: people read `*_minor` as money, machines get the integers.

    Subclasses are raised with `asset` (`CHF/2`, also `HOUR/2`), or with `currency`.
    """

    def shown(self) -> dict[str, ParamValue]:
        """The parameters with amounts as money, and kinds in plain words."""
        asset, currency = self.params.get("asset"), self.params.get("currency")
        return {name: _shown(name, value, asset, currency) for name, value in self.params.items()}


def _shown(name: str, value: ParamValue, asset: ParamValue, currency: ParamValue) -> ParamValue:
    if name == "kind" and isinstance(value, str):
        return value.replace("_", " ")
    if not name.endswith("_minor") or not isinstance(value, int):
        return value
    if isinstance(asset, str):
        return show_asset(value, asset)
    scale = CURRENCY_SCALES.get(str(currency))  # of a currency that is wrong itself nothing is known
    return value if scale is None else f"{format_minor(value, scale)} {currency}"


_COUNTED = MappingProxyType({"PTS": "point", "HOUR": "hour", "SRV": "time", "VCH": "voucher"})
"""What is no money is counted in these."""


def show_asset(minor: int, asset: str, *, is_named: bool = False) -> str:
    """An amount of a stored unit as people read it: `12.50 CHF`, `2.50 hours`, `1 time`, `120 points`.

    Args:
        is_named: also which service or voucher it is, `1 voucher (thanks)`; where nothing else says it.
    """
    code, _, scale = asset.rpartition("/")
    number = format_minor(minor, int(scale))
    head, _, name = code.partition(".")
    word = _COUNTED.get(head)
    if word is None:
        return f"{number} {name or head}{' in meal vouchers' if name and is_named else ''}"
    plural = "" if minor == 10 ** int(scale) else "s"
    return f"{number} {word}{plural}{f' ({name})' if name and is_named else ''}"


def format_minor(minor: int, scale: int) -> str:
    """Write minor units as a plain decimal with exactly `scale` decimals, e.g. `-0.05`."""
    sign = "-" if minor < 0 else ""
    digits = str(abs(minor)).rjust(scale + 1, "0")
    return f"{sign}{digits[:-scale]}.{digits[-scale:]}" if scale else f"{sign}{digits}"
