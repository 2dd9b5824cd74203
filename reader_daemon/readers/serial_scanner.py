"""A barcode scanner on a serial line (USB CDC or RS-232): one code between two line ends."""

import errno
import os
from typing import Any, Final

from loyalty.limits.readers import READER_POLL_S
from reader_daemon.barcodes import LineOfCodes, present_code
from reader_daemon.readers.worker import Means, ReaderFailedError, ThreadDriver, Worker

_CABLE: Final = "check its cable; see /dev/serial/by-id, correct serial_port"


class SerialScanner(ThreadDriver):
    """`port` is a path or a URL of pyserial; 8N1 without flow control, as scanners leave the factory."""

    def __init__(self, port: str, baud: int, means: Means) -> None:
        super().__init__(f"Scanner on {port}", means)
        self._port = port
        self._baud = baud

    def use(self, worker: Worker) -> None:
        """See `ThreadDriver.use`."""
        import serial

        try:
            line = serial.serial_for_url(self._port, self._baud, timeout=READER_POLL_S, exclusive=True)
        except (OSError, ValueError) as error:  # SerialException is an OSError
            raise self._unopened(error) from error
        with line:
            worker.ready(self.name)
            self._read(line, worker)

    def _unopened(self, error: OSError | ValueError) -> ReaderFailedError:
        """By cause: pyserial's own texts name the port and the error twice."""
        number = error.errno if isinstance(error, OSError) else None
        match number:
            case errno.ENOENT:
                cure = "see /dev/serial/by-id, correct serial_port"
                return ReaderFailedError(reason=f"{self._port} does not exist", fault="not_there", cure=cure)
            case errno.EACCES | errno.EPERM:
                cure = "put the reader's user into the group dialout"
                return ReaderFailedError(
                    reason=f"{self._port} is closed to this user", fault="not_permitted", cure=cure
                )
            case errno.EBUSY | errno.EAGAIN:
                cure = "stop the other program, or correct serial_port"
                return ReaderFailedError(
                    reason=f"{self._port} is used by another program", fault="in_use", cure=cure
                )
            case None if isinstance(error, ValueError):
                cure = "write a path under /dev/serial/by-id, or socket://HOST:PORT"
                return ReaderFailedError(
                    reason=f"serial_port {self._port} is no port", fault="wrong_setting", cure=cure
                )
        words = f" ({os.strerror(number).lower()})" if number else ""
        reason = f"{self._port} cannot be opened{words}"
        return ReaderFailedError(reason=reason, fault="cannot_be_opened", cure=_CABLE)

    def _read(self, line: Any, worker: Worker) -> None:
        codes = LineOfCodes()
        while True:
            worker.go_on()
            try:
                octets = line.read(max(1, line.in_waiting))
            except OSError as error:
                raise ReaderFailedError(
                    reason=f"{self._port} went away", fault="went_away", cure=_CABLE
                ) from error
            for code in codes.feed(octets.decode("latin-1")):
                present_code(worker, code)
