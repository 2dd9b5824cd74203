"""INTERNAL AUTHENTICATE of our own contact chip cards: the chip signs a challenge with its own key.

The card's side of it is written down in docs/cards.md. Source: ISO/IEC 7816-4:2020 par. 11.2.2 (SELECT),
11.5.2 (INTERNAL AUTHENTICATE); NIST SP 800-38B (CMAC).
"""

from hmac import compare_digest
from typing import Final

from central.chips.aes import BLOCK_BYTES, cmac

APPLICATION: Final = b"\xf0OFFICINE"
"""ISO/IEC 7816-4 par. 12.3.4: F0 begins names that nobody registered."""
KEY_NO: Final = 8
"""What the key is diversified for: no key of an NTAG 424 DNA has this number."""
SERIAL_BYTES_MAX: Final = 10
_OK: Final = bytes.fromhex("9000")
_TAG_SERIAL: Final = 0x5A
_SIGNED: Final = b"OFC1"


def commands(challenge: bytes) -> list[bytes]:
    """Select the application, and have it sign `challenge` (16 bytes)."""
    select = bytes((0x00, 0xA4, 0x04, 0x00, len(APPLICATION))) + APPLICATION + b"\x00"
    sign = bytes((0x00, 0x88, 0x00, 0x00, BLOCK_BYTES)) + challenge + bytes((BLOCK_BYTES,))
    return [select, sign]


def signature(key: bytes, challenge: bytes, serial: bytes) -> bytes:
    """What a card of this key and serial number answers."""
    return cmac(key, _SIGNED + challenge + serial)


def is_right(answers: list[bytes], *, serial: bytes, challenge: bytes, keys: list[bytes]) -> bool:
    """Whether the card named itself by `serial` and signed the challenge with one of the keys."""
    if len(answers) != 2 or any(answer[-2:] != _OK for answer in answers):
        return False
    named = bytes((_TAG_SERIAL, len(serial))) + serial
    if not compare_digest(answers[0][:-2], named):
        return False
    rights = [compare_digest(signature(key, challenge, serial), answers[1][:-2]) for key in keys]
    return any(rights)
