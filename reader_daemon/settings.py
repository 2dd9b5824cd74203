"""What the reader daemon must be told to run."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from loyalty.errors import LoyaltyError
from wire.settings import SettingRefused, require_between

PIN_MAX: Final = 27
"""The last GPIO number on the Pi's header of 40 pins."""
BAUDS: Final = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400)

DriverName = Literal["simulated", "pcsc", "nfc", "serial", "keyboard"]


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
        """Raises: ControlSocketMissing, SettingRefused."""
        if "simulated" in self.drivers and self.control_socket is None:
            raise ControlSocketMissing
        if self.serial_baud not in BAUDS:
            why = f"must be one of {', '.join(str(baud) for baud in BAUDS)}."
            raise SettingRefused(section="reader", setting="serial_baud", value=self.serial_baud, why=why)
        self._require_pins_apart()

    def _require_pins_apart(self) -> None:
        taken: dict[int, str] = {}
        for name in ("led_pin", "buzzer_pin", "button_pin"):
            pin: int | None = getattr(self, name)
            if pin is None:
                continue
            require_between("reader", name, pin, lowest=0, highest=PIN_MAX)
            if pin in taken:
                why = f"is {taken[pin]} already. Each needs a pin of its own."
                raise SettingRefused(section="reader", setting=name, value=pin, why=why)
            taken[pin] = name

    @property
    def drivers(self) -> tuple[DriverName, ...]:
        """The drivers to run, each once."""
        named = (self.driver,) if isinstance(self.driver, str) else self.driver
        return tuple(dict.fromkeys(named)) or ("simulated",)
