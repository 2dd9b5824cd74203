"""ESC/POS printers: asked how they are, given documents, and believed only what they confirm.

Status is asked in real time (DLE EOT n), which printers answer even when they are offline or out of paper.
That a document was printed a printer says by answering a question that stands behind it (GS r): it works off
one after the other. Source: Epson, ESC/POS command reference.
"""

import time
from collections.abc import Callable
from typing import Final, TypeVar

from loyalty.limits.printing import PRINT_CONFIRM_S, PRINTER_DEADLINE_S
from terminal.escpos import said
from terminal.printer.base import (
    Ending,
    PaperLevel,
    PrinterNotUnderstood,
    PrinterStatus,
    PrinterUnreachable,
    TcpAddress,
    parse_address,
)
from terminal.printer.lines import TROUBLES, Line, LineClosed, open_line
from terminal.printer.trouble import Cause, cause_of

T = TypeVar("T")

ASK: Final = b"\x10\x04"
PRINTER, OFFLINE_CAUSE, PAPER_SENSOR = 1, 2, 4
FIXED_MASK, FIXED = 0x93, 0x12
"""Bits 0, 1, 4 and 7 of every answer are fixed: by them an answer is told from noise."""
DONE_MASK: Final = 0x90
"""Of the answer to GS r these bits are never set, of one to DLE EOT one always is."""
OFFLINE, COVER_OPEN, STOPPED_BY_PAPER, ERROR = 0x08, 0x04, 0x20, 0x40
PAPER_LOW, PAPER_OUT = 0x0C, 0x60
_STOPPED: Final = COVER_OPEN | STOPPED_BY_PAPER | ERROR
_STALE_S: Final = 0.01
_LOOK_S: Final = 0.5
"""While a document prints, the printer is asked so often whether it stopped."""


class EscposPrinter:
    """One printer. A network printer serves one caller at a time: each question opens and closes it.

    A local one is kept open: python-escpos resets a USB printer whenever it opens it.
    """

    def __init__(self, address: str) -> None:
        """Raises: PrinterAddressInvalid."""
        self._address = address
        self._parsed = parse_address(address)
        self._kept: Line | None = None
        self._confirms: bool | None = None

    def status(self) -> PrinterStatus:
        """See `Printer`."""
        return self._talk(self._ask_status)

    def print_bytes(self, data: bytes) -> tuple[Ending, PrinterStatus | None]:
        """See `Printer`."""
        return self._talk(lambda line: self._print(line, data))

    def close(self) -> None:
        """Hang up; the next question opens it again."""
        line, self._kept = self._kept, None
        if line is not None:
            line.close()

    def _talk(self, what: Callable[[Line], T]) -> T:
        try:
            line = self._line()
        except TROUBLES as error:  # each way of plugging in has its own
            raise self._unreachable(error) from error
        self._kept = None
        try:
            result = what(line)
        except BaseException:
            line.close()
            raise
        if isinstance(self._parsed, TcpAddress):
            line.close()
        else:
            self._kept = line
        return result

    def _line(self) -> Line:
        if self._kept is None:
            return open_line(self._parsed)
        self._kept.receive(_STALE_S)  # an answer that came too late is no answer to the next question
        return self._kept

    def _ask_status(self, line: Line) -> PrinterStatus:
        return read_status(*(self._ask(line, number) for number in (PRINTER, OFFLINE_CAUSE, PAPER_SENSOR)))

    def _ask(self, line: Line, number: int) -> int:
        try:
            line.send(ASK + bytes([number]))
            answer = line.receive(PRINTER_DEADLINE_S)
        except TROUBLES as error:
            raise self._unreachable(error) from error
        if not answer:
            raise PrinterUnreachable(self._address, Cause.SILENT)
        if len(answer) != 1 or answer[0] & FIXED_MASK != FIXED:
            raise PrinterNotUnderstood(address=self._address, answer=answer[:8].hex(" "))
        return answer[0]

    def _print(self, line: Line, data: bytes) -> tuple[Ending, PrinterStatus | None]:
        status = self._ask_status(line)
        if not status.may_print:
            return "not_printed", status
        if self._confirms is None:
            self._confirms = self._does_confirm(line)
        try:
            line.send(data + (said.ASK_WHEN_DONE if self._confirms else b""))
            return self._wait_until_done(line)
        except (PrinterUnreachable, PrinterNotUnderstood):
            self.close()
            return "uncertain", None
        except TROUBLES:  # bytes are on their way: only somebody's eyes know what became of them
            self.close()
            return "uncertain", None

    def _does_confirm(self, line: Line) -> bool:
        """Whether it answers GS r at all, asked while nothing is printed: else each document would wait."""
        try:
            line.send(said.ASK_WHEN_DONE)
            answer = line.receive(PRINTER_DEADLINE_S)
        except TROUBLES as error:
            raise self._unreachable(error) from error
        return len(answer) == 1 and not answer[0] & DONE_MASK

    def _wait_until_done(self, line: Line) -> tuple[Ending, PrinterStatus | None]:
        deadline_s = time.monotonic() + (PRINT_CONFIRM_S if self._confirms else PRINTER_DEADLINE_S)
        while time.monotonic() < deadline_s:
            for each in line.receive(_LOOK_S):
                if not each & DONE_MASK:
                    return "printed", None
                if each & FIXED_MASK == FIXED and each & _STOPPED:
                    return self._stop(line)
            line.send(ASK + bytes([OFFLINE_CAUSE]))  # answered in the next round
        return "uncertain", None

    def _stop(self, line: Line) -> tuple[Ending, PrinterStatus | None]:
        """It stopped: what it has not printed must not come out when somebody else stands there."""
        line.send(said.CLEAR)
        deadline_s = time.monotonic() + PRINTER_DEADLINE_S
        answer = b""
        while said.CLEARED not in answer and time.monotonic() < deadline_s:
            answer += line.receive(_LOOK_S)
        ending: Ending = "stopped" if said.CLEARED in answer else "uncertain"
        return ending, self._ask_status(line)

    def _unreachable(self, error: BaseException) -> PrinterUnreachable:
        self.close()
        cause = Cause.CLOSED if isinstance(error, LineClosed) else cause_of(error)
        return PrinterUnreachable(self._address, cause, str(error))


def read_status(printer: int, cause: int, paper: int) -> PrinterStatus:
    """The three answers as one status. Pure."""
    sensed: PaperLevel = "enough"
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
