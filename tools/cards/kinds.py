"""What a card answers, bytes in and bytes out; the same on a virtual PC/SC reader and an emulated tag."""

from typing import Final, Protocol

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

OK: Final = b"\x90\x00"
NOT_FOUND: Final = b"\x6a\x82"
NO_FUNCTION: Final = b"\x6a\x81"
NO_INSTRUCTION: Final = b"\x6d\x00"
WRONG_OFFSET: Final = b"\x6b\x00"

NDEF_APPLICATION: Final = bytes.fromhex("D2760000850101")
CONTAINER_FILE: Final = 0xE103
NDEF_FILE: Final = 0xE104
CONTACTLESS_ATR: Final = bytes.fromhex("3B8180018080")
"""PC/SC part 3 par. 3.1.3.2.3.1: ISO/IEC 14443-4, one historical byte."""


class AnyCard(Protocol):
    """What a virtual reader asks of a card."""

    @property
    def atr(self) -> bytes:
        """The answer to reset."""
        ...

    def power_on(self) -> None:
        """Begin anew: nothing is selected."""
        ...

    def answer(self, apdu: bytes) -> bytes:
        """The response APDU to a command APDU."""
        ...


class FileCard:
    """Elementary files that can be selected and read; the ground of the cards below."""

    def __init__(self, atr: bytes, files: dict[int, bytes]) -> None:
        self.atr = atr
        self.files = dict(files)
        self._selected: int | None = None

    def power_on(self) -> None:
        """See `AnyCard.power_on`."""
        self._selected = None

    def answer(self, apdu: bytes) -> bytes:
        """See `AnyCard.answer`: SELECT by file identifier and READ BINARY."""
        if len(apdu) < 4:
            return b"\x67\x00"
        match apdu[1]:
            case 0xA4 if apdu[2] == 0x00:
                file_id = int.from_bytes(apdu[5:7])
                if file_id not in self.files:
                    return NOT_FOUND
                self._selected = file_id
                self.selected(file_id)
                return OK
            case 0xB0:
                if self._selected is None:
                    return b"\x69\x86"
                return self._read(self.files[self._selected], int.from_bytes(apdu[2:4]), apdu[4:5])
            case _:
                return NO_INSTRUCTION

    def selected(self, file_id: int) -> None:
        """A file was selected: subclasses may make its content."""

    @staticmethod
    def _read(content: bytes, offset: int, le: bytes) -> bytes:
        if offset > len(content):
            return WRONG_OFFSET
        return content[offset : offset + ((le[0] if le else 0) or 256)] + OK


class ContactCard(FileCard):
    """A contact chip card with a serial number in EF.GDO (2F02), as health cards have."""

    def __init__(self, serial: bytes) -> None:
        content = bytes((0x5A, len(serial))) + serial
        super().__init__(
            bytes.fromhex("3B9F1381B180371F038031F8694D54434F5370020102810786"), {0x2F02: content}
        )


class ContactlessCard(FileCard):
    """An ISO/IEC 14443-4 card behind a PC/SC reader: a UID, and an NDEF message when it has one."""

    def __init__(self, uid: bytes, message: bytes | None = None, *, answer_bytes_max: int = 0x80) -> None:
        files = {} if message is None else ndef_files(message, answer_bytes_max)
        super().__init__(CONTACTLESS_ATR, files)
        self.uid = uid

    def answer(self, apdu: bytes) -> bytes:
        """See `AnyCard.answer`; GET DATA UID is the reader's own answer (PC/SC part 3)."""
        if apdu[:4] == b"\xff\xca\x00\x00":
            return self.uid + OK
        if apdu[:4] == b"\x00\xa4\x04\x00":
            is_there = apdu[5 : 5 + apdu[4]] == NDEF_APPLICATION and NDEF_FILE in self.files
            return OK if is_there else NOT_FOUND
        return super().answer(apdu)


class SunCard(ContactlessCard):
    """An NTAG 424 DNA with SUN: each tap shows a fresh message, made by the chip's keys (NXP AN12196)."""

    def __init__(
        self, uid: bytes, url: str = "https://loy.example/t", *, meta_key: bytes, mac_key: bytes
    ) -> None:
        super().__init__(uid, b"")
        self.counter = 0
        self._url = url
        self._meta_key = meta_key
        self._mac_key = mac_key

    def selected(self, file_id: int) -> None:
        """The counter rises with the first read after the file is selected."""
        if file_id == NDEF_FILE:
            self.counter += 1
            self.files[NDEF_FILE] = ndef_files(uri_message(self.sun_url()), 0x80)[NDEF_FILE]

    def sun_url(self) -> str:
        """The link that the chip shows at its present counter."""
        counter = self.counter.to_bytes(3, "little")
        plain = b"\xc7" + self.uid + counter + bytes(5)
        encryptor = Cipher(algorithms.AES(self._meta_key), modes.CBC(bytes(16))).encryptor()
        picc = (encryptor.update(plain) + encryptor.finalize()).hex().upper()
        session_key = cmac(self._mac_key, bytes.fromhex("3CC300010080") + self.uid + counter)
        return f"{self._url}?e={picc}&c={cmac(session_key, b'')[1::2].hex().upper()}"


def cmac(key: bytes, message: bytes) -> bytes:
    """AES-CMAC (NIST SP 800-38B)."""
    mac = CMAC(algorithms.AES(key))
    mac.update(message)
    return mac.finalize()


def uri_message(uri: str) -> bytes:
    """An NDEF message of one URI record, long form where it must be."""
    payload = b"\x04" + uri.removeprefix("https://").encode()
    if len(payload) < 256:
        return bytes((0xD1, 1, len(payload))) + b"U" + payload
    return bytes((0xC1, 1)) + len(payload).to_bytes(4) + b"U" + payload


def ndef_files(message: bytes, answer_bytes_max: int) -> dict[int, bytes]:
    """Capability container and NDEF file of a Type 4 tag (NFC Forum Type 4 Tag 1.2 par. 5.1)."""
    size = min(max(len(message) + 2, 256), 0xFFFE)
    container = (
        bytes.fromhex("000F20")
        + answer_bytes_max.to_bytes(2)
        + bytes.fromhex("00340406")
        + NDEF_FILE.to_bytes(2)
        + size.to_bytes(2)
        + b"\x00\x00"
    )
    return {CONTAINER_FILE: container, NDEF_FILE: (len(message) & 0xFFFF).to_bytes(2) + message}
