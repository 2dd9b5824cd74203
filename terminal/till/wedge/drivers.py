"""How a text reaches the till: a virtual keyboard, a USB gadget, or a serial line. Blocking."""

import os
import time
from typing import Any, Final, Protocol

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.other_tills import WEDGE_KEY_MS
from terminal.printer.base import SerialAddress
from terminal.till.wedge.keys import SHIFT, reports_of, strokes_of, used_keys

NAME: Final = "Officine member number"
WRITE_S: Final = 2
SERIAL_SIGNS: Final = {"{enter}": "\r\n", "{tab}": "\t"}


class WedgeUnusable(LoyaltyError):
    """The keyboard or the line is not there, or this user may not open it."""

    code = "wedge_unusable"
    trouble = Trouble.UNAVAILABLE
    text = "The wedge {place} cannot be used: {reason}. docs/tills.md says what it needs."


class Wedge(Protocol):
    """Types a text. `asks`: where a till can ask for it, a file to watch; None: it cannot."""

    asks: int | None

    def type_text(self, text: str) -> None:
        """Type it all. Raises: WedgeUnusable."""
        ...

    def take_request(self) -> bytes:
        """What the till asked since. Raises: WedgeUnusable."""
        ...

    def close(self) -> None:
        """Let go."""
        ...


class KeyboardWedge:
    """A keyboard of this computer that is not there (uinput): for a till that runs on it."""

    asks: int | None = None

    def __init__(self, layout: str) -> None:
        """Raises: WedgeUnusable."""
        self._layout = layout
        try:
            from evdev import UInput, ecodes

            self._codes: Any = ecodes
            self._device: Any = UInput({ecodes.EV_KEY: used_keys()}, name=NAME)
        except Exception as error:  # of evdev, and of the system
            raise WedgeUnusable(place="keyboard", reason=_told(error)) from error

    def type_text(self, text: str) -> None:
        """See `Wedge`."""
        try:
            for stroke in strokes_of(text, self._layout):
                keys = [SHIFT, stroke.key] if stroke.is_shifted else [stroke.key]
                for key in keys:
                    self._press(key, 1)
                for key in reversed(keys):
                    self._press(key, 0)
                time.sleep(WEDGE_KEY_MS / 1000)
        except OSError as error:
            raise WedgeUnusable(place="keyboard", reason=_told(error)) from error

    def take_request(self) -> bytes:
        """See `Wedge`."""
        return b""

    def close(self) -> None:
        """See `Wedge`."""
        self._device.close()

    def _press(self, key: int, value: int) -> None:
        self._device.write(self._codes.EV_KEY, key, value)
        self._device.syn()


class GadgetWedge:
    """A USB keyboard that this computer is for the till: Linux's HID gadget (/dev/hidg0)."""

    asks: int | None = None

    def __init__(self, device: str, layout: str) -> None:
        """Raises: WedgeUnusable."""
        self._layout = layout
        self._place = device
        try:
            self._file = os.open(device, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise WedgeUnusable(place=device, reason=_told(error)) from error

    def type_text(self, text: str) -> None:
        """See `Wedge`."""
        try:
            for report in reports_of(strokes_of(text, self._layout)):
                os.write(self._file, report)
                time.sleep(WEDGE_KEY_MS / 1000)
        except OSError as error:  # a till that is off does not take reports
            raise WedgeUnusable(place=self._place, reason=_told(error)) from error

    def take_request(self) -> bytes:
        """See `Wedge`."""
        return b""

    def close(self) -> None:
        """See `Wedge`."""
        os.close(self._file)


class SerialWedge:
    """A serial line to the till; on it the till may ask."""

    def __init__(self, address: SerialAddress) -> None:
        """Raises: WedgeUnusable."""
        self._place = address.device
        try:
            import serial

            self._port: Any = serial.Serial(
                address.device, baudrate=address.baud, timeout=0, write_timeout=WRITE_S
            )
            self.asks: int | None = self._port.fileno()
        except (ImportError, OSError, ValueError) as error:
            raise WedgeUnusable(place=self._place, reason=_told(error)) from error

    def type_text(self, text: str) -> None:
        """See `Wedge`."""
        for name, sign in SERIAL_SIGNS.items():
            text = text.replace(name, sign)
        try:
            self._port.write(text.encode("ascii"))
            self._port.flush()
        except OSError as error:
            raise WedgeUnusable(place=self._place, reason=_told(error)) from error

    def take_request(self) -> bytes:
        """See `Wedge`."""
        try:
            return bytes(self._port.read(64))
        except OSError as error:
            raise WedgeUnusable(place=self._place, reason=_told(error)) from error

    def close(self) -> None:
        """See `Wedge`."""
        self._port.close()


def _told(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).rstrip(".")[:200]
