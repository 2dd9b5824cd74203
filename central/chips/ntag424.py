"""What writes an NTAG 424 DNA: its keys, its link, and that the chip completes the link at each tap.

Commands in bytes, for a session of `ev2first`. Source: NXP NT4H2421Gx rev. 3.0 par. 10.6 (ChangeKey,
GetKeyVersion), 10.7 (ChangeFileSettings, GetFileSettings); AN12196 rev. 2.0 par. 5 and 6.
"""

import zlib
from dataclasses import dataclass
from typing import Final

from central.chips.aes import BLOCK_BYTES
from central.chips.ev2first import Session, response_mac, seal_command
from loyalty.errors import LoyaltyError

KEY_NUMBERS: Final = range(5)
FACTORY_KEY: Final = bytes(BLOCK_BYTES)
FACTORY_VERSION: Final = 0
KEY_VERSION_MAX: Final = 255
NDEF_FILE_NO: Final = 2
NDEF_FILE_BYTES: Final = 256
GET_UID: Final = bytes.fromhex("FFCA000000")
SELECT_APPLICATION: Final = bytes.fromhex("00A4040007D276000085010100")
SELECT_NDEF_FILE: Final = bytes.fromhex("00A4000C02E104")
GET_FILE_SETTINGS: Final = bytes((0x90, 0xF5, 0x00, 0x00, 0x01, NDEF_FILE_NO, 0x00))
OK: Final = bytes.fromhex("9000")
DONE: Final = bytes.fromhex("9100")

_CHANGE_KEY: Final = 0xC4
_CHANGE_FILE_SETTINGS: Final = 0x5F
_PICC_DIGITS: Final = 2 * BLOCK_BYTES
_MAC_DIGITS: Final = BLOCK_BYTES
_HEAD_BYTES: Final = 7
"""NLEN (2), record header (D1 01 length 55) and URI identifier (04): what comes before the link."""
_RECORD_OVERHEAD: Final = 5
_HTTPS: Final = 0x04
_MAC_NAME: Final = "&c="


class LinkTooLong(LoyaltyError):
    """The link that cards shall carry does not fit."""

    code = "card_link_unfit"
    text = (
        "Cards cannot carry the link {url}: it must begin with https://, have letters, digits and .-/:_~"
        " alone, and at most {most} characters."
    )


@dataclass(frozen=True, slots=True)
class CardLink:
    """The link of a version of cards: https without its scheme, such as "loy.example/t"."""

    address: str

    @property
    def text(self) -> str:
        """The whole link as it lies in the file, with zeros where the chip writes."""
        return f"{self.address}?e={'0' * _PICC_DIGITS}{_MAC_NAME}{'0' * _MAC_DIGITS}"

    def file(self) -> bytes:
        """The beginning of the NDEF file: length, one URI record."""
        payload = bytes((_HTTPS,)) + self.text.encode()
        record = bytes((0xD1, 0x01, len(payload))) + b"U" + payload
        return len(record).to_bytes(2) + record

    def settings(self) -> bytes:
        """What ChangeFileSettings writes: read freely, changed with key 0, mirrored and signed at each tap.

        SDM with UID, counter, ASCII (C1); meta key 1, file key 2, the counter is read by nobody (FF12). The
        MAC is over the empty string: it begins where it ends.
        """
        picc_at = _HEAD_BYTES + len(self.address) + len("?e=")
        mac_at = picc_at + _PICC_DIGITS + len(_MAC_NAME)
        offsets = b"".join(at.to_bytes(3, "little") for at in (picc_at, mac_at, mac_at))
        return bytes.fromhex("4000E0C1FF12") + offsets


def card_link(url: str) -> CardLink:
    """The link that cards carry, from an https address. Raises: LinkTooLong."""
    most = 255 - 1 - _PICC_DIGITS - len(_MAC_NAME) - _MAC_DIGITS - len("?e=") - _RECORD_OVERHEAD
    address = url.removeprefix("https://")
    is_plain = address.isascii() and all(char.isalnum() or char in ".-/:_~" for char in address)
    if address == url or not is_plain or not 1 <= len(address) <= most or "." not in address:
        raise LinkTooLong(url=url[:120], most=most + len("https://"))
    return CardLink(address)


def get_key_version(key_no: int) -> bytes:
    """The APDU that asks for a key's version; answered without authentication."""
    return bytes((0x90, 0x64, 0x00, 0x00, 0x01, key_no, 0x00))


def write_file(content: bytes) -> bytes:
    """UPDATE BINARY of the selected file, from its beginning (ISO/IEC 7816-4 par. 11.3.5)."""
    assert len(content) <= 248, "one frame of the chip"
    return bytes((0x00, 0xD6, 0x00, 0x00, len(content))) + content


def read_file(offset: int, length: int) -> bytes:
    """READ BINARY of the selected file."""
    return bytes((0x00, 0xB0)) + offset.to_bytes(2) + bytes((length,))


def change_file_settings(session: Session, counter: int, settings: bytes) -> bytes:
    """The APDU; `counter`: how many commands the session has had."""
    header = bytes((NDEF_FILE_NO,))
    sealed = seal_command(
        session, command=_CHANGE_FILE_SETTINGS, counter=counter, header=header, plain=settings
    )
    return _apdu(_CHANGE_FILE_SETTINGS, header + sealed)


def change_key(
    session: Session, counter: int, *, key_no: int, new: bytes, old: bytes, version: int, is_own: bool
) -> bytes:
    """The APDU that changes a key; `is_own`: the one the session was opened with."""
    plain = new + bytes((version,))
    if not is_own:
        mixed = bytes(a ^ b for a, b in zip(new, old, strict=True))
        plain = mixed + bytes((version,)) + key_checksum(new)
    header = bytes((key_no,))
    sealed = seal_command(session, command=_CHANGE_KEY, counter=counter, header=header, plain=plain)
    return _apdu(_CHANGE_KEY, header + sealed)


def key_checksum(key: bytes) -> bytes:
    """CRC-32 of IEEE 802.3 without its last inversion, least significant byte first (AN12196 par. 6.16.1)."""
    return (zlib.crc32(key) ^ 0xFFFFFFFF).to_bytes(4, "little")


def is_done(session: Session, counter: int, answer: bytes, *, is_last: bool = False) -> bool:
    """Whether the card carried out command number `counter` and signed that it did.

    `is_last`: the key of the session itself was changed: the session is over, the answer bears no MAC.
    """
    if answer[-2:] != DONE:
        return False
    return is_last or answer[:-2] == response_mac(session, status=0x00, counter=counter)


def _apdu(command: int, body: bytes) -> bytes:
    return bytes((0x90, command, 0x00, 0x00, len(body))) + body + b"\x00"
