"""Contact chip cards: the one number that tells a card from others of its kind, and nothing about its holder.

The rule, in this order; the first that answers names the card:
1. EF.GDO (2F02): the card's serial number, tag 5A (EN 1867 numbering; CEN health cards, ISO/IEC 7812);
2. EF.ICCSN (2F05): the same on Swiss insured-person cards (eCH-0064);
3. CPLC (GET DATA 9F7F): the chip's own serial number (GlobalPlatform Card Specification 2.3.1).
The ATR is no part of it: cards of one batch share it, and it may differ between a cold and a warm reset.
Files with names, birth dates and insurance numbers are never selected.
"""

from typing import Final

from loyalty.errors import Trouble
from reader_daemon.cards.apdu import (
    SHORT_LE_MAX,
    Card,
    CardError,
    Command,
    StatusWordError,
    read_binary,
    select_file,
)

SERIAL_FILES: Final = (0x2F02, 0x2F05)
_TAG_SERIAL: Final = 0x5A
_SERIAL_BYTES_MAX: Final = 10
_GET_CPLC: Final = Command(name="GET DATA CPLC", cla=0x80, ins=0xCA, p1=0x9F, p2=0x7F, le=SHORT_LE_MAX)


class ChipWithoutNumberError(CardError):
    """A contact card has no number of its own that may be read."""

    code = "chip_without_number"
    trouble = Trouble.INVALID
    text = "This chip card has no number that can be read: use a loyalty card."


def read_chip_number(card: Card) -> str:
    """What names a contact card: "iccsn:" or "cplc:" and upper-case hex.

    Raises: ChipWithoutNumberError. CardAnswerError, CardTornError.
    """
    for file_id in SERIAL_FILES:
        serial = _find_serial(card, file_id)
        if serial:
            return f"iccsn:{serial.hex().upper()}"
    try:
        answer = card.ask(_GET_CPLC)
    except StatusWordError:
        answer = b""
    # Tag 9F7F, length; then fabricator 2, type 2, system 6, fabrication date 2, serial 4, batch 2, more.
    production = answer[3:21] if answer[:2] == b"\x9f\x7f" else b""
    if len(production) < 18 or not any(production[12:16]):
        raise ChipWithoutNumberError
    return f"cplc:{(production[:4] + production[10:18]).hex().upper()}"


def _find_serial(card: Card, file_id: int) -> bytes:
    try:
        card.ask(select_file(file_id, p2=0x00))
        content = card.ask(read_binary(0, SHORT_LE_MAX))
    except StatusWordError:
        return b""
    # BER-TLV, one byte of tag and length each (ISO/IEC 8825-1 par. 8.1); padding 00 and FF may follow.
    at = 0
    while at + 2 <= len(content) and content[at] not in (0x00, 0xFF):
        tag, length = content[at], content[at + 1]
        value = content[at + 2 : at + 2 + length]
        if tag == _TAG_SERIAL:
            return value if len(value) == length <= _SERIAL_BYTES_MAX else b""
        at += 2 + length
    return b""
