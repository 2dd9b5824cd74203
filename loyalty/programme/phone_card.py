"""The card in the phone: a code on a web page that changes every 30 seconds (issue 7, part 1).

The text of its QR code, in signs that a QR code packs tightest and every scanner types:
`LOYP1.` handle `.` window `.` MAC. The handle names the phone's card and nobody; the window counts
`PHONE_CODE_S` since 1970 by central's clock; the MAC is of handle and window under a key of this handle
alone, which never leaves central (RFC 6238 without the shared secret: no phone holds it).
"""

import re
from dataclasses import dataclass
from typing import Final

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.cards import PHONE_CODE_S, PHONE_CODE_WINDOWS

PREFIX: Final = "LOYP1."
MAC_BYTES: Final = 10
HANDLE_BYTES: Final = 10
_TEXT: Final = re.compile(r"LOYP1\.([A-Z2-7]{16})\.([0-9]{1,12})\.([A-Z2-7]{16})")


class PhoneCodeInvalid(LoyaltyError):
    """No code that central made, or of a card in a phone that has ended."""

    code = "phone_code_invalid"
    trouble = Trouble.REFUSED
    text = "This code is none of a card in a phone here. Open the page anew, or ask for a new link."


class PhoneCodeOver(LoyaltyError):
    """The code was used, or its time is over."""

    code = "phone_code_over"
    trouble = Trouble.REFUSED
    text = "This code was used, or its 30 seconds are over. Let the phone show the next one and scan that."


@dataclass(frozen=True, slots=True)
class PhoneCode:
    """What a code says; `mac` in base32."""

    handle: str
    window: int
    mac: str


def window_of(now_ms: int) -> int:
    """The window that a moment lies in."""
    return now_ms // (PHONE_CODE_S * 1000)


def left_ms(now_ms: int) -> int:
    """How long the window of a moment goes on."""
    length_ms = PHONE_CODE_S * 1000
    return length_ms - now_ms % length_ms


def is_fresh(window: int, now_ms: int) -> bool:
    """Whether a code may still be scanned now: of this window, or of one beside it."""
    return abs(window_of(now_ms) - window) <= PHONE_CODE_WINDOWS


def text_of(code: PhoneCode) -> str:
    """What the QR code holds."""
    return f"{PREFIX}{code.handle}.{code.window}.{code.mac}"


def parse_code(text: str) -> PhoneCode:
    """The parts of a scanned code. Raises: PhoneCodeInvalid."""
    match = _TEXT.fullmatch(text)
    if match is None:
        raise PhoneCodeInvalid
    return PhoneCode(match[1], int(match[2]), match[3])


def is_phone_code(text: str) -> bool:
    """Whether a scanned text says that it is such a code."""
    return text.startswith(PREFIX)
