"""ESC/POS printers, by python-escpos: over the network, USB or a serial port.

Status is asked in real time (DLE EOT n), which printers answer even when they are offline or out of paper.
Source: Epson, ESC/POS command reference, DLE EOT.
"""

import socket
from collections.abc import Callable, Sequence
from typing import Any, Final

from loyalty.limits_printing import PRINTER_DEADLINE_S
from terminal.printer.base import (
    Address,
    Paper,
    PrinterNotUnderstood,
    PrinterStatus,
    PrinterUnreachable,
    PrintLine,
    SerialAddress,
    TcpAddress,
    UsbAddress,
    parse_address,
)
from terminal.printer.trouble import Cause, cause_of

ASK: Final = b"\x10\x04"
PRINTER, OFFLINE_CAUSE, PAPER_SENSOR = 1, 2, 4
FIXED_MASK, FIXED = 0x93, 0x12
"""Bits 0, 1, 4 and 7 of every answer are fixed: by them an answer is told from noise."""
OFFLINE, COVER_OPEN, STOPPED_BY_PAPER, ERROR = 0x08, 0x04, 0x20, 0x40
PAPER_LOW, PAPER_OUT = 0x0C, 0x60
_CODES: Final = {
    "EAN13": "EAN13",
    "EAN8": "EAN8",
    "UPCA": "UPC-A",
    "Code128": "CODE128",
    "Code25": "ITF",
    "PDF417": "CODE128",
}


class EscposPrinter:
    """One printer; each question opens and closes it, for a network printer serves one caller at a time."""

    def __init__(self, address: str) -> None:
        """Raises: PrinterAddressInvalid."""
        self._address = address
        self._open = _opener(parse_address(address))

    def status(self) -> PrinterStatus:
        """See `Printer`."""
        device = self._reach()
        try:
            answers = [self._ask(device, number) for number in (PRINTER, OFFLINE_CAUSE, PAPER_SENSOR)]
        finally:
            device.close()
        return read_status(*answers)

    def print_document(self, lines: Sequence[PrintLine]) -> None:
        """See `Printer`."""
        from escpos.exceptions import Error

        device = self._reach()
        try:
            for line in lines:
                _print_line(device, line)
            device.cut()
        except (Error, OSError, ValueError, RuntimeError) as error:
            raise PrinterUnreachable(self._address, cause_of(error), str(error)) from error
        finally:
            device.close()

    def _reach(self) -> Any:
        from escpos.exceptions import Error

        try:
            return self._open()
        except (Error, OSError, ValueError, RuntimeError) as error:  # each way of plugging in has its own
            raise PrinterUnreachable(self._address, cause_of(error), str(error)) from error

    def _ask(self, device: Any, number: int) -> int:
        try:
            answer = bytes(device.query_status(ASK + bytes([number])))
        except (OSError, ValueError) as error:
            raise PrinterUnreachable(self._address, cause_of(error), str(error)) from error
        if not answer:
            raise PrinterUnreachable(self._address, Cause.CLOSED)
        if len(answer) != 1 or answer[0] & FIXED_MASK != FIXED:
            raise PrinterNotUnderstood(address=self._address, answer=answer[:8].hex(" "))
        return answer[0]


def _print_line(device: Any, line: PrintLine) -> None:
    if line.code == "QRCode":
        device.qr(line.text, native=True, size=6)
    elif line.code:
        device.barcode(_coded(line), _CODES[line.code], function_type="B")
    else:
        device.set(bold=line.is_bold, align="center" if line.is_centred else "left")
        device.text(line.text + ("\n" if line.ends_line else ""))


def _coded(line: PrintLine) -> str:
    return "{B" + line.text if line.code == "Code128" else line.text


def read_status(printer: int, cause: int, paper: int) -> PrinterStatus:
    """The three answers as one status. Pure."""
    sensed: Paper = "enough"
    if paper & PAPER_OUT or cause & STOPPED_BY_PAPER:
        sensed = "out"
    elif paper & PAPER_LOW:
        sensed = "low"
    return PrinterStatus(
        is_online=not printer & OFFLINE,
        is_cover_open=bool(cause & COVER_OPEN),
        has_error=bool(cause & ERROR),
        paper=sensed,
    )


def _opener(address: Address) -> Callable[[], Any]:
    """How python-escpos is asked for that kind of printer; it is imported only then."""

    def open_one() -> Any:
        from escpos import printer

        match address:
            case TcpAddress():
                device = printer.Network(address.host, address.port, timeout=PRINTER_DEADLINE_S)
                # Its own open() speaks IPv4 only and leaves the socket open where nobody answers (3.1).
                device.device = socket.create_connection((address.host, address.port), PRINTER_DEADLINE_S)
                return device
            case UsbAddress():
                device = printer.Usb(address.vendor, address.product, timeout=PRINTER_DEADLINE_S * 1000)
            case SerialAddress():
                device = printer.Serial(address.device, baudrate=address.baud, timeout=1)
        device.open()
        return device

    return open_one
