"""What we need of a receipt printer, and where it is plugged in."""

import re
from dataclasses import dataclass
from typing import Final, Literal, Protocol
from urllib.parse import parse_qs, urlsplit

from loyalty.errors import LoyaltyError, Trouble
from terminal.printer.codes import Symbology
from terminal.printer.trouble import WORDS, Cause

RAW_PORT: Final = 9100
"""Where network printers take raw data."""
_USB: Final = re.compile(r"usb://(?P<vendor>[0-9a-fA-F]{4}):(?P<product>[0-9a-fA-F]{4})")
_BAUDS: Final = (9600, 19200, 38400, 57600, 115200)

PaperLevel = Literal["enough", "low", "out"]
PaperMm = Literal[58, 80]
TextMode = Literal["cp1252", "cp858", "picture"]
"""Where the printer keeps accents: both are code pages. picture: it has neither, all text is drawn."""
Ending = Literal["printed", "not_printed", "stopped", "uncertain"]
"""not_printed: it was not ready, nothing was sent. stopped: it stopped on the way and forgot the rest, as we
told it. uncertain: it does not say, or was lost on the way; more may still come out.
"""


class PrinterAddressInvalid(LoyaltyError):
    """The setting `printer` names no printer."""

    code = "printer_address_invalid"
    text = (
        "{address} is no printer. Write tcp://192.0.2.40:9100, usb://04b8:0e15 or"
        " serial:///dev/ttyUSB0?baud=19200."
    )


class PrinterUnreachable(LoyaltyError):
    """No printer there, or none that answers. `cause`: why, where it is known."""

    code = "printer_unreachable"
    trouble = Trouble.UNAVAILABLE
    text = "{address}: {reason}."

    def __init__(self, address: str, cause: Cause, said: str = "") -> None:
        """`said`: the system's own words, shown only where ours do not say what happened."""
        lines = said.strip().splitlines() if cause is Cause.OTHER else []
        super().__init__(address=address, reason=WORDS[cause] + (f" ({lines[-1][:200]})" if lines else ""))
        self.cause = cause


class PrinterNotUnderstood(LoyaltyError):
    """Something answers, but not as ESC/POS printers do."""

    code = "printer_not_understood"
    trouble = Trouble.UNAVAILABLE
    text = "{address} does not answer as an ESC/POS printer does ({answer}). Is it another device?"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterStatus:
    """What the printer says of itself just now."""

    is_online: bool
    is_cover_open: bool
    has_error: bool
    paper: PaperLevel

    @property
    def may_print(self) -> bool:
        """Whether it takes a document."""
        return self.is_online and self.paper != "out" and not (self.is_cover_open or self.has_error)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintLine:
    """A line of text, a code to draw, or a picture (a PNG file). `is_large`: twice as wide and high. A row
    is centred and large as its first piece is.
    """

    text: str
    is_bold: bool = False
    is_large: bool = False
    is_centred: bool = False
    ends_line: bool = True
    code: Symbology | Literal[""] = ""
    picture: bytes = b""


class Printer(Protocol):
    """A receipt printer. Blocking: ask it in a thread."""

    def status(self) -> PrinterStatus:
        """Ask the printer itself.

        Raises: PrinterUnreachable, PrinterNotUnderstood.
        """
        ...

    def print_bytes(self, data: bytes) -> tuple[Ending, PrinterStatus | None]:
        """Print a document that was composed; how it is now, where it did not print.

        Raises: PrinterUnreachable, PrinterNotUnderstood: before anything was sent.
        """
        ...

    def close(self) -> None:
        """Let go of it, until it is asked again."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TcpAddress:
    """A network printer."""

    host: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UsbAddress:
    """A USB printer by its numbers (lsusb)."""

    vendor: int
    product: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialAddress:
    """A printer on a serial port."""

    device: str
    baud: int


Address = TcpAddress | UsbAddress | SerialAddress


def parse_address(text: str) -> Address:
    """A printer's address as the settings write it.

    Raises: PrinterAddressInvalid.
    """
    usb = _USB.fullmatch(text)
    if usb:
        return UsbAddress(vendor=int(usb["vendor"], 16), product=int(usb["product"], 16))
    try:
        parts = urlsplit(text)
        port = parts.port or RAW_PORT
    except ValueError as error:
        raise PrinterAddressInvalid(address=text) from error
    if (
        parts.scheme == "tcp"
        and parts.hostname
        and not (parts.username or parts.path.strip("/") or parts.query)
    ):
        return TcpAddress(host=parts.hostname, port=port)
    if parts.scheme == "serial" and not parts.netloc and parts.path.startswith("/dev/"):
        baud = parse_qs(parts.query).get("baud", ["9600"])[0]
        if baud.isdecimal() and int(baud) in _BAUDS:
            return SerialAddress(device=parts.path, baud=int(baud))
    raise PrinterAddressInvalid(address=text)
