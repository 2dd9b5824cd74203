"""A receipt printer that is not there: it prints to a sheet to be looked at, and has the troubles it is told.

With a folder each slip becomes a picture there when it is cut off, for a demo or a shop that tries printing.

It takes all that comes, and what it cannot print it keeps, as real ones do: with a new roll it goes on where
it stopped, whoever stands there by then, unless it was told to forget.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from loyalty.limits.printing import PRINTED_BYTES_KEPT_MAX, SLIP_PICTURES_KEPT_MAX
from terminal.escpos.said import ASK_WHEN_DONE, CLEAR, CLEARED
from terminal.escpos.stream import Token, Tokens
from terminal.printer.escpos import (
    COVER_OPEN,
    ERROR,
    FIXED,
    OFFLINE,
    OFFLINE_CAUSE,
    PAPER_LOW,
    PAPER_OUT,
    PAPER_SENSOR,
    PRINTER,
    STOPPED_BY_PAPER,
)
from terminal.printer.sheet import Sheet

DLE, EOT = 0x10, 0x04
_READ_BYTES: Final = 4096
_SLIP: Final = "slip-"


def slips_in(folder: Path) -> list[Path]:
    """The pictures of slips that a simulated printer wrote there, oldest first."""
    return sorted(folder.glob(f"{_SLIP}*.png"))


@dataclass(slots=True)
class Switches:
    """What is wrong with it."""

    is_offline: bool = False
    is_cover_open: bool = False
    has_error: bool = False
    paper_low: bool = False
    paper_out: bool = False
    is_mute: bool = False
    """Takes the connection and says nothing, as a printer does that hangs."""
    confirms: bool = True
    """Answers GS r and DLE DC4; some cheap ones do not."""
    dots_left: int | None = None
    """The roll ends after so much more paper; None: it does not."""

    @property
    def is_stopped(self) -> bool:
        """Nothing is printed now."""
        return self.is_offline or self.is_cover_open or self.paper_out or self.has_error

    def answer(self, number: int) -> int:
        """The byte that a real one answers to DLE EOT `number`."""
        bits = {
            PRINTER: {OFFLINE: self.is_stopped},
            OFFLINE_CAUSE: {
                COVER_OPEN: self.is_cover_open,
                STOPPED_BY_PAPER: self.paper_out,
                ERROR: self.has_error,
            },
            PAPER_SENSOR: {PAPER_LOW: self.paper_low or self.paper_out, PAPER_OUT: self.paper_out},
        }
        return FIXED | sum(bit for bit, is_set in bits.get(number, {}).items() if is_set)


@dataclass(slots=True)
class Mechanism:
    """What takes bytes and answers some, wherever it is plugged in."""

    switches: Switches = field(default_factory=Switches)
    sheet: Sheet = field(default_factory=Sheet)
    printed: deque[int] = field(default_factory=lambda: deque(maxlen=PRINTED_BYTES_KEPT_MAX))
    """The last bytes that were printed; questions are not among them."""
    folder: Path | None = None
    """Where slips go as they are cut off; None: all stays on the sheet."""
    _kept: bytes = b""
    _tokens: Tokens = field(default_factory=Tokens)
    _waiting: deque[Token] = field(default_factory=deque)

    @property
    def waiting(self) -> int:
        """Pieces that were received and are not printed."""
        return len(self._waiting)

    def take(self, data: bytes) -> bytes:
        """Receive this, print what can be printed; what is answered."""
        answers = bytearray()
        data, self._kept = self._kept + data, b""
        at = start = 0
        while (at := data.find(DLE, at)) >= 0:
            if data.startswith(CLEAR[:2], at) and len(data) - at < len(CLEAR):
                break
            if len(data) - at < 3:
                break
            if data[at + 1] == EOT:
                self._receive(data[start:at])
                answers.append(self.switches.answer(data[at + 2]))
                at = start = at + 3
            elif data.startswith(CLEAR, at) and self.switches.confirms:
                self._forget()
                answers += CLEARED
                at = start = at + len(CLEAR)
            else:
                at += 1
        end = len(data) if at < 0 else at
        self._receive(data[start:end])
        self._kept = data[end:]
        answers += self.work()
        return b"" if self.switches.is_mute else bytes(answers)

    def work(self) -> bytes:
        """Print what waits, as far as nothing is wrong; the answers to the questions among it."""
        answers = bytearray()
        while self._waiting and not self.switches.is_stopped:
            token = self._waiting.popleft()
            if token.data == ASK_WHEN_DONE:
                if self.switches.confirms:
                    answers.append(0x03 if self.switches.paper_low else 0)
                continue
            before = self.sheet.length
            self.sheet.take_token(token)
            self.printed.extend(token.data)
            self._use(self.sheet.length - before)
            if token.kind == "cut" and self.folder is not None:
                self._hand_out(self.folder)
        return bytes(answers)

    def _use(self, dots: int) -> None:
        switches = self.switches
        if switches.dots_left is not None:
            switches.dots_left = max(0, switches.dots_left - dots)
            switches.paper_out = switches.dots_left == 0

    def _hand_out(self, folder: Path) -> None:
        """Write what was cut off beside the slips before it; the oldest go where they are too many."""
        slip = self.sheet.tear_off()
        if slip is None:
            return
        folder.mkdir(parents=True, exist_ok=True)
        names = slips_in(folder)
        number = 1 + (int(names[-1].stem.removeprefix(_SLIP)) if names else 0)
        slip.save(folder / f"{_SLIP}{number:06d}.png", format="PNG")
        for old in names[: max(0, len(names) + 1 - SLIP_PICTURES_KEPT_MAX)]:
            old.unlink(missing_ok=True)

    def new_roll(self) -> bytes:
        """Put in paper and close the cover: it goes on with what it kept."""
        switches = self.switches
        switches.dots_left, switches.paper_out, switches.paper_low = None, False, False
        switches.is_cover_open = False
        return self.work()

    def _receive(self, data: bytes) -> None:
        self._waiting.extend(self._tokens.feed(data))

    def _forget(self) -> None:
        self._waiting.clear()
        self._tokens = Tokens()
        self.sheet.forget_line()


@dataclass(slots=True)
class SimulatedPrinter:
    """Serves raw TCP, one caller after the other. Use as a context; `address` is what the settings name."""

    switches: Switches = field(default_factory=Switches)
    port: int = 0
    host: str = "127.0.0.1"
    dots: int = 576
    folder: Path | None = None
    """Where each slip becomes a picture."""
    mechanism: Mechanism = field(init=False)
    _server: asyncio.Server | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        """As it is after it was switched on."""
        self.mechanism = Mechanism(switches=self.switches, sheet=Sheet(dots=self.dots), folder=self.folder)

    @property
    def address(self) -> str:
        """As `printer` in the settings."""
        return f"tcp://{self.host}:{self.port}"

    @property
    def printed(self) -> deque[int]:
        """The last bytes that were printed."""
        return self.mechanism.printed

    @property
    def sheet(self) -> Sheet:
        """The paper."""
        return self.mechanism.sheet

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with self._turn:
                while data := await reader.read(_READ_BYTES):
                    if answers := await asyncio.to_thread(self.mechanism.take, data):
                        writer.write(answers)
                        await writer.drain()
        except ConnectionError:
            pass  # the caller left
        finally:
            writer.close()
