"""A receipt printer that is not there: takes what is printed, and answers DLE EOT as its switches say."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Final, Self

from loyalty.limits_printing import PRINTED_BYTES_KEPT_MAX
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

DLE, EOT = 0x10, 0x04
_READ_BYTES: Final = 4096


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

    def answer(self, number: int) -> int:
        """The byte that a real one answers to DLE EOT `number`."""
        is_stopped = self.is_offline or self.is_cover_open or self.paper_out or self.has_error
        bits = {
            PRINTER: {OFFLINE: is_stopped},
            OFFLINE_CAUSE: {
                COVER_OPEN: self.is_cover_open,
                STOPPED_BY_PAPER: self.paper_out,
                ERROR: self.has_error,
            },
            PAPER_SENSOR: {PAPER_LOW: self.paper_low or self.paper_out, PAPER_OUT: self.paper_out},
        }
        return FIXED | sum(bit for bit, is_set in bits.get(number, {}).items() if is_set)


@dataclass(slots=True)
class SimulatedPrinter:
    """Serves raw TCP, one caller after the other. Use as a context; `address` is what the settings name."""

    switches: Switches = field(default_factory=Switches)
    port: int = 0
    printed: deque[int] = field(default_factory=lambda: deque(maxlen=PRINTED_BYTES_KEPT_MAX))
    """The last bytes that were to be printed; questions of status are not among them."""
    _server: asyncio.Server | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def address(self) -> str:
        """As `printer` in the settings."""
        return f"tcp://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with self._turn:
                await self._talk(reader, writer)
        except ConnectionError:
            pass  # the caller left
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Questions may come anywhere in the data, and be cut in two by the network."""
        kept = b""
        while data := await reader.read(_READ_BYTES):
            kept, answers = self._take(kept + data)
            if answers and not self.switches.is_mute:
                writer.write(answers)
                await writer.drain()
        self.printed.extend(kept)

    def _take(self, data: bytes) -> tuple[bytes, bytes]:
        """What is not complete yet, and the answers to the questions among the rest."""
        answers = bytearray()
        at = 0
        while at < len(data):
            if data[at] != DLE:
                self.printed.append(data[at])
                at += 1
            elif len(data) - at < 3:
                break
            elif data[at + 1] == EOT:
                answers.append(self.switches.answer(data[at + 2]))
                at += 3
            else:
                self.printed.append(data[at])
                at += 1
        return data[at:], bytes(answers)
