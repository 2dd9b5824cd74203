"""Evidence in its one normal form, or refused: central compares it byte by byte."""

import re

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.cards import (
    CARD_NUMBER_DIGITS_MAX,
    CARD_NUMBER_DIGITS_MIN,
    CARD_UID_BYTES_MAX,
    CARD_UID_BYTES_MIN,
    EVIDENCE_CHARS_MAX,
)
from loyalty.programme.chip_numbers import HEALTH_CARD, is_health_card
from wire.messages import Evidence, Medium

LYING_MEDIA: frozenset[Medium] = frozenset({"nfc_uid", "ntag424", "chip"})
"""Media that stay on the reader until they are taken off; the others are read in passing."""

_NUMBERED: frozenset[Medium] = frozenset({"chip", "barcode", "qr", "typed"})
"""Media whose value may be a number that somebody else gave out."""

_UID = re.compile(rf"(?:[0-9A-F]{{2}}){{{CARD_UID_BYTES_MIN},{CARD_UID_BYTES_MAX}}}")
_DIGITS = re.compile(rf"[0-9]{{{CARD_NUMBER_DIGITS_MIN},{CARD_NUMBER_DIGITS_MAX}}}")


class EvidenceError(LoyaltyError):
    """A reader saw, or a person typed, what cannot be a card; the value itself is in no text."""

    code = "evidence_invalid"
    trouble = Trouble.INVALID
    text = "Not a card ({medium}): {reason}."


def normalise(evidence: Evidence) -> Evidence:
    """The same evidence, in normal form.

    A UID becomes upper-case hex without separators; barcodes and typed numbers become bare digits;
    QR, SUN and chip messages stay as read. The number of a health card becomes `HEALTH_CARD`: what it is goes
    on, so that the screen can say so, and whose it is does not leave the reader.
    Raises: EvidenceError.
    """
    medium = evidence.medium
    if medium in _NUMBERED and is_health_card(evidence.value):
        return Evidence(medium=medium, value=HEALTH_CARD)
    match medium:
        case "nfc_uid":
            value = re.sub(r"[\s:-]", "", evidence.value).upper()
            reason = f"a UID is {CARD_UID_BYTES_MIN} to {CARD_UID_BYTES_MAX} bytes in hex"
            is_valid = _UID.fullmatch(value) is not None
        case "barcode" | "typed":
            value = re.sub(r"\s", "", evidence.value)
            reason = f"a card number is {CARD_NUMBER_DIGITS_MIN} to {CARD_NUMBER_DIGITS_MAX} digits"
            is_valid = _DIGITS.fullmatch(value) is not None
        case "qr" | "phone" | "ntag424" | "chip":
            value = evidence.value
            reason = f"a message is 1 to {EVIDENCE_CHARS_MAX} printable ASCII characters"
            is_valid = 0 < len(value) <= EVIDENCE_CHARS_MAX and value.isascii() and value.isprintable()
    if not is_valid:
        raise EvidenceError(medium=medium, reason=reason)
    return Evidence(medium=medium, value=value)
