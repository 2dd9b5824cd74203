"""Numbers that chip cards show to anybody: a contact card's serial, a health card's that is never taken.

A serial number (ICCSN, tag 5A) is read off a chip without any key: it names a card and proves nothing. It is
a number of ISO/IEC 7812-1: what it begins with says what the card is for. 80 is health care, with the country
behind it: 80756 is the Swiss insured-person card (eCH-0064), 80276 the German health card. Such a number says
who is insured where, and nobody gave it to a loyalty programme: it is refused wherever it turns up. A reader
hands on `HEALTH_CARD` in its place, so that the screen can say what it is.
"""

import re
from typing import Final

from loyalty.errors import LoyaltyError, Trouble

CHIP_SERIAL: Final = "iccsn:"
"""Stands before a contact card's serial number, so that no UID is taken for one."""
HEALTH_CARD: Final = "health_card"
"""Stands for the number of a health card, in evidence of any medium."""
HEALTH_CARE: Final = "80"
"""What the number of a health card begins with."""

_SERIAL: Final = re.compile(r"[0-9A-F]{8,20}")
_HEALTH_CARD_DIGITS: Final = 20
_PADDING: Final = "F"


class HealthCard(LoyaltyError):
    """The number of a health card was shown or typed: it is neither looked up nor kept."""

    code = "health_card"
    trouble = Trouble.REFUSED
    text = "This is a health insurance card: its number is not taken here. Use a loyalty card instead."


class ChipSerialInvalid(LoyaltyError):
    """A contact card's serial number that no reader gives."""

    code = "chip_serial_invalid"
    text = "A chip's serial number is written iccsn: and 8 to 20 hex digits, as the reader shows it."


def is_health_card(value: str) -> bool:
    """Whether evidence, a printed number or a chip's serial is that of a health card."""
    if value == HEALTH_CARD:
        return True
    number = "".join(value.split())
    if number[: len(CHIP_SERIAL)].lower() == CHIP_SERIAL:
        return number[len(CHIP_SERIAL) :].startswith(HEALTH_CARE)
    return len(number) == _HEALTH_CARD_DIGITS and number.isdigit() and number.startswith(HEALTH_CARE)


def plain_chip_serial(written: str) -> str:
    """A serial number in the form that is stored and compared: without the F that fills its last byte.

    Raises: ChipSerialInvalid, HealthCard.
    """
    if is_health_card(written):
        raise HealthCard
    prefix, serial = written[: len(CHIP_SERIAL)].lower(), written[len(CHIP_SERIAL) :].upper()
    if prefix != CHIP_SERIAL or _SERIAL.fullmatch(serial) is None:
        raise ChipSerialInvalid
    return CHIP_SERIAL + serial.rstrip(_PADDING)
