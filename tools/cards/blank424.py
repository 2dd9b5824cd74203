"""A virtual NTAG 424 DNA that can be written: files, settings, five keys, secure messaging, SUN at each tap.

It lives as the plastic does: what a command changed stays changed, also when the card is torn away after it.
Written from NXP's data sheet (NT4H2421Gx rev. 3.0 par. 9.1, 10.6, 10.7) and AN12196, not from central's side
of it.
"""

import secrets
import zlib
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tools.cards.kinds import CONTACTLESS_ATR, NDEF_APPLICATION, OK, cmac

DONE: Final = b"\x91\x00"
MORE: Final = b"\x91\xaf"
WRONG_KEY: Final = b"\x91\xae"
NO_KEY: Final = b"\x91\x40"
WRONG_LENGTH: Final = b"\x91\x7e"
NOT_ALLOWED: Final = b"\x91\x9d"
WRONG_SEAL: Final = b"\x91\x1e"
WRONG_PARAMETER: Final = b"\x91\x9e"
NOT_SECURE: Final = b"\x69\x82"
_FREE, _NEVER = 0xE, 0xF
_CONTAINER: Final = bytes.fromhex("001720010000FF0406E104010000000506E10500808283") + bytes(9)


@dataclass(slots=True)
class _File:
    content: bytearray
    option: int = 0
    rights: bytes = b"\xe0\xee"
    sdm: bytes = b""

    @property
    def write_keys(self) -> set[int]:
        """Who may write: RW is the upper nibble of the first byte, W the lower one of the second."""
        return {self.rights[0] >> 4, self.rights[1] & 0xF}


@dataclass(slots=True)
class _Session:
    key_no: int
    enc: bytes
    mac: bytes
    transaction: bytes
    counter: int = 0


@dataclass(slots=True)
class BlankNtag424:
    """As it comes from NXP: keys of zeros, version 0; an empty NDEF file that anybody may write."""

    uid: bytes
    keys: list[bytes] = field(default_factory=lambda: [bytes(16)] * 5)
    versions: list[int] = field(default_factory=lambda: [0] * 5)
    ndef: _File = field(default_factory=lambda: _File(bytearray(256)))
    counter: int = 0
    proofs: int = 0
    atr: bytes = CONTACTLESS_ATR
    _selected: str = ""
    _in_application: bool = False
    _was_read: bool = False
    _waiting: tuple[int, bytes] | None = None
    _session: _Session | None = None

    def power_on(self) -> None:
        """See `AnyCard.power_on`."""
        self._selected, self._in_application, self._was_read = "", False, False
        self._waiting = self._session = None

    def answer(self, apdu: bytes) -> bytes:
        """See `AnyCard.answer`."""
        if apdu[:4] == b"\xff\xca\x00\x00":
            return self.uid + OK
        if len(apdu) < 4:
            return b"\x67\x00"
        if apdu[0] == 0x00:
            return self._iso(apdu)
        waiting, self._waiting = self._waiting, None
        if not self._in_application:
            return NOT_ALLOWED
        data = apdu[5 : 5 + apdu[4]] if len(apdu) > 5 else b""
        match apdu[1]:
            case 0x71:
                return self._challenge(data)
            case 0xAF:
                return self._prove(waiting, data)
            case 0x64:
                return bytes((self.versions[data[0]],)) + DONE if data[:1] and data[0] < 5 else NO_KEY
            case 0xF5:
                return self._settings(data)
            case 0x5F:
                return self._secured(0x5F, data, 1)
            case 0xC4:
                return self._secured(0xC4, data, 1)
            case _:
                return b"\x91\x1c"

    # ISO/IEC 7816-4 ---------------------------------------------------------------------------------------

    def _iso(self, apdu: bytes) -> bytes:
        match apdu[1]:
            case 0xA4:
                return self._select(apdu)
            case 0xB0:
                return self._read(int.from_bytes(apdu[2:4]), (apdu[4] if len(apdu) > 4 else 0) or 256)
            case 0xD6:
                return self._update(int.from_bytes(apdu[2:4]), apdu[5 : 5 + apdu[4]])
            case _:
                return b"\x6d\x00"

    def _select(self, apdu: bytes) -> bytes:
        if apdu[2] == 0x04:
            self._session, self._selected = None, ""
            self._in_application = apdu[5 : 5 + apdu[4]] == NDEF_APPLICATION
            return OK if self._in_application else b"\x6a\x82"
        known = {b"\xe1\x03": "container", b"\xe1\x04": "ndef"}.get(apdu[5:7])
        if known is None or not self._in_application:
            return b"\x6a\x82"
        self._selected, self._was_read = known, False
        return OK

    def _read(self, offset: int, length: int) -> bytes:
        if self._selected == "container":
            return _CONTAINER[offset : offset + length] + OK
        if self._selected != "ndef":
            return b"\x69\x86"
        if self.ndef.option & 0x40 and not self._was_read:
            self.counter += 1
        self._was_read = True
        return bytes(self._mirrored()[offset : offset + length]) + OK

    def _update(self, offset: int, content: bytes) -> bytes:
        if self._selected != "ndef":
            return b"\x69\x86"
        allowed = self.ndef.write_keys
        if _FREE not in allowed and (self._session is None or self._session.key_no not in allowed):
            return NOT_SECURE
        if offset + len(content) > len(self.ndef.content):
            return b"\x6a\x87"
        self.ndef.content[offset : offset + len(content)] = content
        return OK

    def _mirrored(self) -> bytearray:
        """The file with UID, counter and MAC where the settings want them (AN12196 par. 3.3)."""
        content = bytearray(self.ndef.content)
        if not self.ndef.option & 0x40:
            return content
        rights = int.from_bytes(self.ndef.sdm[1:3], "little")
        meta, file_key = rights >> 12 & 0xF, rights >> 8 & 0xF
        offsets = [int.from_bytes(self.ndef.sdm[at : at + 3], "little") for at in (3, 6, 9)]
        number = self.counter.to_bytes(3, "little")
        picc = _cbc(self.keys[meta], b"\xc7" + self.uid + number + secrets.token_bytes(5), is_sealing=True)
        _put(content, offsets[0], picc.hex().upper())
        session = cmac(self.keys[file_key], bytes.fromhex("3CC300010080") + self.uid + number)
        signed = cmac(session, bytes(content[offsets[1] : offsets[2]]))[1::2]
        _put(content, offsets[2], signed.hex().upper())
        return content

    # NTAG's own -------------------------------------------------------------------------------------------

    def _settings(self, data: bytes) -> bytes:
        if data != b"\x02":
            return WRONG_PARAMETER
        head = bytes((0, self.ndef.option)) + self.ndef.rights + len(self.ndef.content).to_bytes(3, "little")
        return head + self.ndef.sdm + DONE

    def _challenge(self, data: bytes) -> bytes:
        self._session = None
        if len(data) < 2:
            return WRONG_LENGTH
        if data[0] >= 5:
            return NO_KEY
        random_b = secrets.token_bytes(16)
        self._waiting = (data[0], random_b)
        return _cbc(self.keys[data[0]], random_b, is_sealing=True) + MORE

    def _prove(self, waiting: tuple[int, bytes] | None, data: bytes) -> bytes:
        if waiting is None or len(data) != 32:
            return WRONG_LENGTH
        number, b = waiting
        key = self.keys[number]
        plain = _cbc(key, data, is_sealing=False)
        a, echo = plain[:16], plain[16:]
        if echo != b[1:] + b[:1]:
            return WRONG_KEY
        transaction = secrets.token_bytes(4)
        seed = a[:2] + bytes(x ^ y for x, y in zip(a[2:8], b[:6], strict=True)) + b[6:] + a[8:]
        self._session = _Session(
            number,
            cmac(key, bytes.fromhex("A55A00010080") + seed),
            cmac(key, bytes.fromhex("5AA500010080") + seed),
            transaction,
        )
        self.proofs += 1
        return _cbc(key, transaction + a[1:] + a[:1] + bytes(12), is_sealing=True) + DONE

    def _secured(self, command: int, data: bytes, header_bytes: int) -> bytes:
        """Check and open a command in full mode, carry it out, sign the answer."""
        session = self._session
        if session is None or session.key_no != 0:
            return NOT_ALLOWED
        header, sealed, mac = data[:header_bytes], data[header_bytes:-8], data[-8:]
        number = session.counter.to_bytes(2, "little")
        signed = bytes((command,)) + number + session.transaction + header + sealed
        if cmac(session.mac, signed)[1::2] != mac or not sealed or len(sealed) % 16:
            self._session = None
            return WRONG_SEAL
        iv = _cbc(session.enc, (b"\xa5\x5a" + session.transaction + number).ljust(16, b"\0"), is_sealing=True)
        plain = _cbc(session.enc, sealed, iv, is_sealing=False).rstrip(b"\0")[:-1]
        status = (
            self._set_settings(header[0], plain) if command == 0x5F else self._set_key(header[0], sealed, iv)
        )
        if status != DONE or self._session is None:
            return status
        session.counter += 1
        answered = b"\x00" + session.counter.to_bytes(2, "little") + session.transaction
        return cmac(session.mac, answered)[1::2] + DONE

    def _set_settings(self, file_no: int, plain: bytes) -> bytes:
        if file_no != 2 or len(plain) < 3:
            return WRONG_PARAMETER
        option, rights, sdm = plain[0], plain[1:3], plain[3:]
        if bool(option & 0x40) != bool(sdm):
            return WRONG_PARAMETER
        if sdm:
            offsets = [int.from_bytes(sdm[at : at + 3], "little") for at in (3, 6, 9)]
            is_right = len(sdm) == 12 and offsets[0] + 32 <= offsets[1] <= offsets[2] <= 256 - 16
            if not is_right:
                return WRONG_PARAMETER
        self.ndef.option, self.ndef.rights, self.ndef.sdm = option, rights, sdm
        return DONE

    def _set_key(self, key_no: int, sealed: bytes, iv: bytes) -> bytes:
        session = self._session
        assert session is not None
        plain = _cbc(session.enc, sealed, iv, is_sealing=False)
        if key_no >= 5 or len(plain) != 32:
            return WRONG_PARAMETER
        if key_no == session.key_no:
            self.keys[key_no], self.versions[key_no] = plain[:16], plain[16]
            self._session = None
            return DONE
        new = bytes(a ^ b for a, b in zip(plain[:16], self.keys[key_no], strict=True))
        if (zlib.crc32(new) ^ 0xFFFFFFFF).to_bytes(4, "little") != plain[17:21]:
            self._session = None
            return WRONG_SEAL
        self.keys[key_no], self.versions[key_no] = new, plain[16]
        return DONE


def _put(content: bytearray, at: int, text: str) -> None:
    content[at : at + len(text)] = text.encode()


def _cbc(key: bytes, data: bytes, iv: bytes = bytes(16), *, is_sealing: bool) -> bytes:
    cipher = Cipher(algorithms.AES(key), modes.CBC(iv))
    run = cipher.encryptor() if is_sealing else cipher.decryptor()
    return run.update(data) + run.finalize()
