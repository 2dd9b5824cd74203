"""What the reader daemon must be told to run."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from loyalty.errors import LoyaltyError
from wire.messages import DriverName, TalkPurpose
from wire.settings import Faults

PIN_MAX: Final = 27
"""The last GPIO number on the Pi's header of 40 pins."""
BAUDS: Final = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400)


_SERIAL_PORT: Final = re.compile(r"/dev/\S+|[a-z0-9]+://\S+")
_NFC_DEVICE: Final = re.compile(
    r"usb(:[0-9a-fA-F]{4}){0,2}|usb(:[0-9]{1,3}){1,2}|tty(:[a-zA-Z0-9-]*(:[a-z0-9]+)?)?|udp(:[^:\s]*(:[0-9]{1,5})?)?"
)
"""What transport.py and device.py of nfcpy 1.0 understand; anything else finds no device, without a word."""


class ControlSocketMissing(LoyaltyError):
    """The simulated reader cannot be reached without one."""

    code = "control_socket_missing"
    text = (
        "[reader] control_socket is not set: the simulated reader needs it. Set it, or name a real driver"
        " (pcsc, nfc, serial, keyboard)."
    )


@dataclass(frozen=True, kw_only=True)
class ReaderSettings:
    """Paths of AF_UNIX sockets end at 107 bytes; their directories must exist.

    `control_socket` is the simulated reader's hand (`officine reader tap`, the demo desk); only it needs one.
    `allowed_uids` may connect to `socket`; None leaves it to the file's mode (0660).
    card_talks: what programs may exchange commands with a card for: proof (a challenge of central), till
    (a till's own commands), personalise (writing).
    insured_card_key_file: the group's key for Swiss insured-person cards; without it they are refused.
    `talk_uids` may do so; None leaves it to who may connect, and to the name it gives.
    driver: one, or several that run side by side; each has its options below.
    pcsc_readers: names of PC/SC readers begin with one of these; empty takes all.
    pcsc_restart_command, power_cycle_command: run when a reader does not come back; empty: not done.
    nfc_device: as nfcpy names it (usb, usb:072f:2200, tty:USB0:pn532, udp:localhost:54321).
    serial_port: a path, or a URL of pyserial (socket://host:port).
    keyboard_device: the scanner's event device; a path under /dev/input/by-id stays the same.
    led_pin, buzzer_pin, button_pin: GPIO numbers (BCM); None is absent.
    """

    socket: Path
    control_socket: Path | None = None
    card_talks: tuple[TalkPurpose, ...] = ("proof",)
    talk_uids: frozenset[int] | None = None
    insured_card_key_file: Path | None = None
    driver: tuple[DriverName, ...] | DriverName = ("simulated",)
    allowed_uids: frozenset[int] | None = None
    pcsc_readers: tuple[str, ...] = ()
    pcsc_restart_command: tuple[str, ...] = ()
    power_cycle_command: tuple[str, ...] = ()
    nfc_device: str = "usb"
    serial_port: str = "/dev/ttyACM0"
    serial_baud: int = 9600
    keyboard_device: Path = Path("/dev/input/by-id/scanner-event-kbd")
    led_pin: int | None = None
    buzzer_pin: int | None = None
    button_pin: int | None = None

    def __post_init__(self) -> None:
        """Raises: SettingRefused."""
        faults = Faults("reader")
        self._look_at_drivers(faults)
        faults.users("allowed_uids", self.allowed_uids)
        faults.users("talk_uids", self.talk_uids)
        if self.serial_baud not in BAUDS:
            why = f"must be one of {', '.join(str(baud) for baud in BAUDS)}."
            faults.note("serial_baud", self.serial_baud, why)
        if not _SERIAL_PORT.fullmatch(self.serial_port):
            why = "must be a path such as /dev/serial/by-id/NAME or /dev/ttyACM0, or socket://host:port."
            faults.note("serial_port", self.serial_port, why)
        if not _NFC_DEVICE.fullmatch(self.nfc_device):
            why = "must be as nfcpy names devices: usb, usb:072f:2200, tty:USB0:pn532, udp:localhost:54321."
            faults.note("nfc_device", self.nfc_device, why)
        self._look_at_pins(faults)
        faults.tell()

    def _look_at_drivers(self, faults: Faults) -> None:
        named = (self.driver,) if isinstance(self.driver, str) else self.driver
        if not named:
            faults.note("driver", "[]", "names no driver. Write pcsc, nfc, serial, keyboard or simulated.")
        for name in sorted({name for name in named if named.count(name) > 1}):
            faults.note("driver", name, "stands there twice. Write each driver once.")
        if "simulated" in named and self.control_socket is None:
            why = (
                "the simulated reader needs it. Set it, or name a real driver (pcsc, nfc, serial, keyboard)."
            )
            faults.note("control_socket", "not set", why)

    def _look_at_pins(self, faults: Faults) -> None:
        taken: dict[int, str] = {}
        for name in ("led_pin", "buzzer_pin", "button_pin"):
            pin: int | None = getattr(self, name)
            if pin is None:
                continue
            faults.between(name, pin, lowest=0, highest=PIN_MAX)
            if pin in taken:
                faults.note(name, pin, f"is {taken[pin]} already. Each needs a pin of its own.")
            taken.setdefault(pin, name)

    @property
    def drivers(self) -> tuple[DriverName, ...]:
        """The drivers to run."""
        return (self.driver,) if isinstance(self.driver, str) else self.driver
