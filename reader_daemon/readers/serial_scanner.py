"""A barcode scanner on a serial line (USB CDC or RS-232): one code between two line ends."""

from typing import Any

from loyalty.limits import READER_POLL_S
from reader_daemon.barcodes import LineOfCodes, present_code
from reader_daemon.readers.worker import Means, ReaderFailedError, ThreadDriver, Worker


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
            raise ReaderFailedError(reason=f"{self._port} cannot be opened ({error})") from error
        with line:
            worker.ready(self.name)
            self._read(line, worker)

    def _read(self, line: Any, worker: Worker) -> None:
        codes = LineOfCodes()
        while True:
            worker.go_on()
            try:
                octets = line.read(max(1, line.in_waiting))
            except OSError as error:
                raise ReaderFailedError(reason=f"{self._port} went away ({error})") from error
            for code in codes.feed(octets.decode("latin-1")):
                present_code(worker, code)
