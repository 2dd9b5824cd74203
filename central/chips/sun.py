"""The SUN message of an NTAG 424 DNA: a link that the chip writes anew at each tap (NXP AN12196 rev. 2.0).

It carries the chip's number and a counter, encrypted or plain, perhaps a part of its file, and a MAC over
them. A genuine message proves that this chip made it; that it is the newest, only the counter's keeper knows.
"""

import re
from dataclasses import dataclass
from hmac import compare_digest
from typing import Final
from urllib.parse import urlsplit

from central.chips.aes import BLOCK_BYTES, cmac, decrypt, encrypt, truncated_cmac
from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.cards import EVIDENCE_CHARS_MAX

UID_BYTES: Final = 7
COUNTER_BYTES: Final = 3
_SESSION_MAC: Final = bytes.fromhex("3CC300010080")
_SESSION_ENC: Final = bytes.fromhex("C33C00010080")
_UID_AND_COUNTER: Final = 0xC0 | UID_BYTES
"""Tag byte of the encrypted data: number and counter are both mirrored, the number has 7 bytes."""
_MAC_DIGITS: Final = 16
_PICC_DIGITS: Final = 2 * BLOCK_BYTES
_PARAMETER = re.compile(r"([A-Za-z_]{1,16})=([0-9A-Fa-f]*)")


class CardMessageInvalid(LoyaltyError):
    """The message was not made by a card of this group's keys. One error for all reasons."""

    code = "card_message_invalid"
    trouble = Trouble.REFUSED
    text = "The card's message is not genuine. Hold the card to the reader again, or replace it."


@dataclass(frozen=True, slots=True)
class SunLink:
    """What a SUN link says, unproved. Either `picc` (encrypted, 16 bytes) or `uid` and `counter` are there.

    `file_data`: encrypted part of the card's file, if any. `mac_inputs`: what the MAC may be over; how a card
    was personalised decides which.
    """

    mac: bytes
    picc: bytes = b""
    uid: bytes = b""
    counter: int = 0
    file_data: bytes = b""
    mac_inputs: tuple[bytes, ...] = (b"",)


@dataclass(frozen=True, slots=True)
class ChipTap:
    """A tap as its chip tells it: 7 bytes of number, and how often it was read."""

    uid: bytes
    counter: int


def parse_link(url: str) -> SunLink:
    """Take a SUN link apart; its parameters come in the order picc or uid and counter, file data, MAC.

    Raises: CardMessageInvalid.
    """
    if not (url.isascii() and len(url) <= EVIDENCE_CHARS_MAX):
        raise CardMessageInvalid
    try:
        query = urlsplit(url).query
    except ValueError as error:
        raise CardMessageInvalid from error
    pairs = query.split("&")
    found = [_PARAMETER.fullmatch(pair) for pair in pairs]
    if not 2 <= len(found) <= 4 or None in found:
        raise CardMessageInvalid
    values = [match[2] for match in found if match is not None]
    if any(len(value) % 2 for value in values) or len(values[-1]) != _MAC_DIGITS:
        raise CardMessageInvalid
    mac = bytes.fromhex(values[-1])
    if len(values[0]) == _PICC_DIGITS:
        return _encrypted(pairs, values, mac)
    is_plain = len(values) == 3 and len(values[0]) == 2 * UID_BYTES and len(values[1]) == 2 * COUNTER_BYTES
    if not is_plain:
        raise CardMessageInvalid
    return SunLink(mac, uid=bytes.fromhex(values[0]), counter=int(values[1], 16))


def _encrypted(pairs: list[str], values: list[str], mac: bytes) -> SunLink:
    picc = bytes.fromhex(values[0])
    if len(values) == 2:
        return SunLink(mac, picc=picc)
    file_data = bytes.fromhex(values[1])
    if len(values) != 3 or not file_data or len(file_data) % BLOCK_BYTES:
        raise CardMessageInvalid
    # NXP's own example has the MAC over all that stands between the file data and the MAC, "&cmac=" too.
    data = values[1].encode()
    name = pairs[2].partition("=")[0].encode()
    return SunLink(mac, picc=picc, file_data=file_data, mac_inputs=(data, data + b"&" + name + b"="))


def read_tap(link: SunLink, meta_key: bytes) -> ChipTap:
    """Which chip and which tap, still unproved.

    Raises: CardMessageInvalid: the encrypted data were not made with `meta_key`.
    """
    if not link.picc:
        return ChipTap(link.uid, link.counter)
    plain = decrypt(meta_key, link.picc)
    if plain[0] != _UID_AND_COUNTER:
        raise CardMessageInvalid
    counter = plain[1 + UID_BYTES : 1 + UID_BYTES + COUNTER_BYTES]
    return ChipTap(plain[1 : 1 + UID_BYTES], int.from_bytes(counter, "little"))


def require_genuine(link: SunLink, tap: ChipTap, file_key: bytes) -> None:
    """Check the MAC under the chip's own key.

    Raises: CardMessageInvalid.
    """
    if not any(compare_digest(sun_mac(file_key, tap, covered), link.mac) for covered in link.mac_inputs):
        raise CardMessageInvalid


def sun_mac(file_key: bytes, tap: ChipTap, mac_input: bytes = b"") -> bytes:
    """The 8 bytes that a chip puts at the end of its link."""
    return truncated_cmac(session_mac_key(file_key, tap), mac_input)


def session_mac_key(file_key: bytes, tap: ChipTap) -> bytes:
    """KSesSDMFileReadMAC."""
    return cmac(file_key, _SESSION_MAC + _tap_bytes(tap))


def session_file_key(file_key: bytes, tap: ChipTap) -> bytes:
    """KSesSDMFileReadENC."""
    return cmac(file_key, _SESSION_ENC + _tap_bytes(tap))


def open_file_data(link: SunLink, tap: ChipTap, file_key: bytes) -> bytes:
    """The part of the card's file that the link carries; check the link first."""
    key = session_file_key(file_key, tap)
    iv = encrypt(key, tap.counter.to_bytes(COUNTER_BYTES, "little").ljust(BLOCK_BYTES, b"\x00"))
    return decrypt(key, link.file_data, iv)


def _tap_bytes(tap: ChipTap) -> bytes:
    return tap.uid + tap.counter.to_bytes(COUNTER_BYTES, "little")
