"""A scanner that types: its event device is grabbed, so that no other program gets its keys.

Scanners send the keys of an American keyboard whatever the shop's language, so keys are read, not characters.
"""

import select
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from loyalty.limits.readers import READER_POLL_S
from reader_daemon.barcodes import LineOfCodes, present_code
from reader_daemon.readers.base import ReaderFault
from reader_daemon.readers.worker import Means, ReaderFailedError, ThreadDriver, Worker

_KEY_EVENT: Final = 1
_PRESSED: Final = 1
_SHIFTS: Final = frozenset({42, 54})
_CONTROLS: Final = frozenset({29, 97})
_CLOSING_BRACKET: Final = 27

KEYS: Final = {
    **dict(zip(range(2, 12), zip("1234567890", "!@#$%^&*()", strict=True), strict=True)),
    12: ("-", "_"),
    13: ("=", "+"),
    **{code: (char, char.upper()) for code, char in zip(range(16, 26), "qwertyuiop", strict=True)},
    26: ("[", "{"),
    27: ("]", "}"),
    28: ("\n", "\n"),
    **{code: (char, char.upper()) for code, char in zip(range(30, 39), "asdfghjkl", strict=True)},
    39: (";", ":"),
    40: ("'", '"'),
    41: ("`", "~"),
    43: ("\\", "|"),
    **{code: (char, char.upper()) for code, char in zip(range(44, 51), "zxcvbnm", strict=True)},
    51: (",", "<"),
    52: (".", ">"),
    53: ("/", "?"),
    57: (" ", " "),
    **{
        code: (char, char)
        for code, char in zip((71, 72, 73, 75, 76, 77, 79, 80, 81, 82), "7894561230", strict=True)
    },
    96: ("\n", "\n"),
}
"""Key codes (linux/input-event-codes.h) of the American layout: (plain, with shift)."""


class Keys:
    """From key presses to characters; Ctrl-] is the group separator of GS1 (ASCII 29)."""

    def __init__(self) -> None:
        self._held: set[int] = set()

    def feed(self, kind: int, code: int, value: int) -> Iterator[str]:
        """The character of one event of the input layer, if it makes one."""
        if kind != _KEY_EVENT:
            return
        if code in _SHIFTS | _CONTROLS:
            if value:
                self._held.add(code)
            else:
                self._held.discard(code)
        elif value == _PRESSED:
            if self._held & _CONTROLS:
                yield from ("\x1d",) if code == _CLOSING_BRACKET else ()
            elif code in KEYS:
                yield KEYS[code][bool(self._held & _SHIFTS)]


class KeyboardWedge(ThreadDriver):
    """The scanner behind one event device (evdev)."""

    def __init__(self, device: Path, means: Means) -> None:
        super().__init__(f"Scanner {device.name}", means)
        self._device = device

    def use(self, worker: Worker) -> None:
        """See `ThreadDriver.use`."""
        try:
            import evdev
        except ImportError as error:
            reason = f"Keyboards cannot be read here (evdev: {error})"
            raise ReaderFailedError(
                reason=reason, fault="not_installed", cure="apt install python3-evdev"
            ) from error
        try:
            device = evdev.InputDevice(str(self._device))
            device.grab()
        except OSError as error:
            cure = "see /dev/input/by-id, correct keyboard_device"
            fault: ReaderFault = "cannot_be_opened"
            reason = f"{self._device} cannot be opened ({error.strerror})"
            if isinstance(error, FileNotFoundError):
                reason, fault = f"{self._device} does not exist", "not_there"
            elif isinstance(error, PermissionError):
                reason, fault = f"{self._device} is closed to this user", "not_permitted"
                cure = "put the reader's user into the group input"
            raise ReaderFailedError(reason=reason, fault=fault, cure=cure) from error
        try:
            worker.ready(device.name)
            self._read(device, worker)
        except OSError as error:
            raise ReaderFailedError(
                reason=f"{self._device} went away ({error.strerror})", fault="went_away"
            ) from error
        finally:
            device.close()

    def _read(self, device: Any, worker: Worker) -> None:
        keys, codes = Keys(), LineOfCodes()
        while True:
            worker.go_on()
            if not select.select([device.fd], [], [], READER_POLL_S)[0]:
                continue
            for event in device.read():
                for char in keys.feed(event.type, event.code, event.value):
                    for code in codes.feed(char):
                        present_code(worker, code)
