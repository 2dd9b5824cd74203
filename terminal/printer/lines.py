"""The line to a printer: bytes there and back, over the network, USB or a serial port. Blocking.

python-escpos opens USB and serial printers (docs/adr/0030). Over the network it speaks IPv4 only and leaves
the socket open where nobody answers (3.1), so that one is ours.
"""

import socket
from typing import Any, Final, Protocol

from loyalty.limits.printing import PRINTER_DEADLINE_S
from terminal.printer.base import Address, SerialAddress, TcpAddress, UsbAddress

_READ_BYTES: Final = 64
_SERIAL_CHUNK: Final = 512


class LineClosed(OSError):
    """The printer hung up."""


class LineNotOpened(OSError):
    """python-escpos did not open it; what it says is the cause."""


TROUBLES: Final = (OSError, ValueError, RuntimeError)
"""What opening and using a line raises; pyserial's and pyusb's errors are among them."""


class Line(Protocol):
    """An open line. Its methods raise TROUBLES."""

    def send(self, data: bytes) -> None:
        """Send all of it; gives up when the printer takes nothing for PRINTER_DEADLINE_S."""
        ...

    def receive(self, timeout_s: float) -> bytes:
        """What the printer says next; empty when it says nothing in that time.

        Raises: LineClosed.
        """
        ...

    def close(self) -> None:
        """Hang up."""
        ...


def open_line(address: Address) -> Line:
    """Raises: TROUBLES."""
    if isinstance(address, TcpAddress):
        return _TcpLine(address)
    from escpos.exceptions import Error

    try:
        return _SerialLine(address) if isinstance(address, SerialAddress) else _UsbLine(address)
    except Error as error:
        raise LineNotOpened(str(error)) from error


class _TcpLine:
    def __init__(self, address: TcpAddress) -> None:
        self._socket = socket.create_connection((address.host, address.port), PRINTER_DEADLINE_S)

    def send(self, data: bytes) -> None:
        self._socket.settimeout(PRINTER_DEADLINE_S)
        self._socket.sendall(data)

    def receive(self, timeout_s: float) -> bytes:
        self._socket.settimeout(timeout_s)
        try:
            data = self._socket.recv(_READ_BYTES)
        except TimeoutError:
            return b""
        if not data:
            raise LineClosed
        return data

    def close(self) -> None:
        self._socket.close()


class _SerialLine:
    def __init__(self, address: SerialAddress) -> None:
        from escpos.printer import Serial

        self._device = Serial(address.device, baudrate=address.baud, timeout=1)
        self._device.open()
        self._port: Any = self._device.device
        self._port.write_timeout = PRINTER_DEADLINE_S  # else a printer without paper stops us for ever

    def send(self, data: bytes) -> None:
        """In pieces: each has the whole time, so that a slow line is not taken for a dead one."""
        for at in range(0, len(data), _SERIAL_CHUNK):
            self._port.write(data[at : at + _SERIAL_CHUNK])

    def receive(self, timeout_s: float) -> bytes:
        self._port.timeout = timeout_s
        first = self._port.read(1)
        return bytes(first) + bytes(self._port.read(self._port.in_waiting or 0)) if first else b""

    def close(self) -> None:
        self._device.close()


class _UsbLine:
    """Not tried with a real printer here: there is none (docs/terminal.md)."""

    def __init__(self, address: UsbAddress) -> None:
        from escpos.printer import Usb
        from usb.util import ENDPOINT_IN, ENDPOINT_OUT, endpoint_direction

        self._device = Usb(address.vendor, address.product, timeout=PRINTER_DEADLINE_S * 1000)
        self._device.open()
        ends = self._device.device.get_active_configuration()[(0, 0)].endpoints()
        ways = {endpoint_direction(each.bEndpointAddress): each for each in ends}
        if ENDPOINT_OUT not in ways or ENDPOINT_IN not in ways:
            self._device.close()
            raise RuntimeError("this USB device has no way in and out, as printers have")
        # The library has 0x01 and 0x82 for granted; many printers have others.
        self._out, self._in = ways[ENDPOINT_OUT], ways[ENDPOINT_IN]

    def send(self, data: bytes) -> None:
        self._out.write(data, PRINTER_DEADLINE_S * 1000)

    def receive(self, timeout_s: float) -> bytes:
        from usb.core import USBTimeoutError

        try:
            return bytes(self._in.read(_READ_BYTES, int(timeout_s * 1000)))
        except USBTimeoutError:
            return b""

    def close(self) -> None:
        self._device.close()
