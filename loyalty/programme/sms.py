"""How long a short message is: letters of the GSM alphabet, or of all of Unicode at less than half as many.

Source: 3GPP TS 23.038 (alphabet), TS 23.040 (parts that belong together lose their header's room).
"""

from dataclasses import dataclass
from typing import Final

_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED: Final = frozenset("^{}\\[~]|€\f")
"""Letters of the alphabet's second table: an escape and a letter, two places."""

_GSM_ALONE: Final = 160
_GSM_PART: Final = 153
_UNICODE_ALONE: Final = 70
_UNICODE_PART: Final = 67


@dataclass(frozen=True, slots=True)
class SmsSize:
    """`units`: places the text takes. `parts`: messages counted. `is_gsm`: in the short alphabet."""

    units: int
    parts: int
    is_gsm: bool


def sms_size(text: str) -> SmsSize:
    """The size of a text as a short message; an empty one has no part."""
    is_gsm = all(letter in _BASIC or letter in _EXTENDED for letter in text)
    if is_gsm:
        units = sum(2 if letter in _EXTENDED else 1 for letter in text)
        alone, part = _GSM_ALONE, _GSM_PART
    else:
        units = len(text.encode("utf-16-be")) // 2
        alone, part = _UNICODE_ALONE, _UNICODE_PART
    return SmsSize(units, -(-units // part) if units > alone else int(units > 0), is_gsm)


def room(parts: int, *, is_gsm: bool) -> int:
    """Places that `parts` (>= 1) messages have."""
    if parts == 1:
        return _GSM_ALONE if is_gsm else _UNICODE_ALONE
    return parts * (_GSM_PART if is_gsm else _UNICODE_PART)
