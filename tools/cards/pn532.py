"""A PN532 on a serial line made in software, with a virtual card in its field (NXP UM0701-02 rev. 02).

nfcpy's own driver for the chip is at the other end: frames, acknowledgements and checksums are those of the
manual. Air and anticollision are not: a card is there or it is not, and no block is lost.
"""

import os
import pty
import select
import threading
import tty
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

from tools.cards.iso_dep import ATS, answer_block
from tools.cards.kinds import AnyCard

_ACK: Final = bytes.fromhex("0000FF00FF00")
_START: Final = b"\x00\x00\xff"
_TO_CHIP, _FROM_CHIP = 0xD4, 0xD5
_FIRMWARE: Final = bytes.fromhex("32010607")
_SENS_SEL: Final = bytes.fromhex("034420")
"""SENS_RES 4403 as the chip tells it (par. 7.3.5), SEL_RES 20: ISO/IEC 14443-4."""
_FIFO_DATA: Final = 0x6339
_SENS_REQ: Final = 0x26
_LOOK_S: Final = 0.1
_NO_ANSWER: Final = b"\x01"
"""Status of InCommunicateThru: time out, the target has not answered (par. 7.1)."""


class Pn532:
    """The chip. `port` is where a reader opens it: a link to a pseudo terminal, made in /dev by root."""

    def __init__(self, port: Path) -> None:
        self.name: Final = port.name
        self._port = port
        self._chip, self._line = pty.openpty()
        tty.setraw(self._line)
        self._lock = threading.Lock()
        self._card: AnyCard | None = None
        self._uid = b""
        self._before: Callable[[bytes], None] | None = None
        self._is_activated = False
        self._last: bytes | None = None
        self._chained = b""
        self._is_closing = False
        self._thread = threading.Thread(target=self._serve, name="pn532", daemon=True)

    def __enter__(self) -> Self:
        self._port.symlink_to(os.ttyname(self._line))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_closing = True
        self._thread.join(5)
        self._port.unlink(missing_ok=True)
        os.close(self._line)
        os.close(self._chip)

    def insert(self, uid: bytes, card: AnyCard, before: Callable[[bytes], None] | None = None) -> None:
        """Put a card into the field; `before` sees each block first (to tear the card away)."""
        with self._lock:
            self._uid, self._card, self._before = uid, card, before

    def pull(self) -> None:
        """Take it away, in the middle of a command if need be."""
        self._card, self._is_activated = None, False

    def _serve(self) -> None:
        received = b""
        while not self._is_closing:
            if not select.select([self._chip], [], [], _LOOK_S)[0]:
                continue
            with suppress(OSError):
                received += os.read(self._chip, 4096)
            while (frame := _cut(received)) is not None:
                payload, received = frame
                if payload[:1] == bytes((_TO_CHIP,)):
                    answer = bytes((_FROM_CHIP, payload[1] + 1)) + self._obey(payload[1], payload[2:])
                    os.write(self._chip, _ACK + _framed(answer))

    def _obey(self, command: int, data: bytes) -> bytes:
        match command:
            case 0x00:  # Diagnose, the line: echo
                return data
            case 0x02:  # GetFirmwareVersion
                return _FIRMWARE
            case 0x06:  # ReadRegister
                registers = [int.from_bytes(data[at : at + 2]) for at in range(0, len(data), 2)]
                return bytes(_SENS_REQ if register == _FIFO_DATA else 0 for register in registers)
            case 0x16:  # PowerDown
                return b"\x00"
            case 0x32 if data[:1] == b"\x01":  # RFConfiguration, the field
                self._is_activated = False
                return b""
            case 0x4A:  # InListPassiveTarget
                return self._list(data[1])
            case 0x42:  # InCommunicateThru
                with self._lock:
                    return self._through(data)
            case _:  # SetSerialBaudrate, SAMConfiguration, SetParameters, RFConfiguration, WriteRegister
                return b""

    def _list(self, kind: int) -> bytes:
        card = self._card
        if kind != 0 or card is None:  # 0: type A at 106 kbit/s
            return b"\x00"
        card.power_on()
        self._is_activated, self._last, self._chained = True, None, b""
        return b"\x01\x01" + _SENS_SEL + bytes((len(self._uid),)) + self._uid

    def _through(self, block: bytes) -> bytes:
        if self._before is not None and self._is_activated:
            self._before(block)
        card = self._card
        if card is None or not self._is_activated:
            return _NO_ANSWER
        if block[:1] == b"\xe0":  # RATS
            self._last = ATS
        else:
            self._last, self._chained, is_over = answer_block(block, self._chained, card, self._last)
            self._is_activated = not is_over
        return _NO_ANSWER if self._last is None else b"\x00" + self._last


def _framed(payload: bytes) -> bytes:
    """A normal or an extended information frame (par. 6.2.1)."""
    if len(payload) < 256:
        head = bytes((len(payload), -len(payload) & 0xFF))
    else:
        length = len(payload).to_bytes(2)
        head = b"\xff\xff" + length + bytes((-sum(length) & 0xFF,))
    return _START + head + payload + bytes((-sum(payload) & 0xFF, 0))


def _cut(received: bytes) -> tuple[bytes, bytes] | None:
    """(payload of the first whole frame, what comes after it); an ACK has no payload. None: none is whole."""
    start = received.find(_START)
    if start < 0:
        return None
    rest = received[start + len(_START) :]
    if rest[:2] == b"\x00\xff":
        return b"", rest[2:]
    is_extended = rest[:2] == b"\xff\xff"
    head = 5 if is_extended else 2
    if len(rest) < head:
        return None
    length = int.from_bytes(rest[2:4]) if is_extended else rest[0]
    end = head + length + 1  # and the checksum
    if len(rest) < end:
        return None
    payload = rest[head : head + length]
    assert (sum(payload) + rest[end - 1]) & 0xFF == 0, "a frame whose checksum is wrong"
    return payload, rest[end:]
