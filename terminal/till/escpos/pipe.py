"""One connection of a till to its printer through the agent: every byte goes on, in order, both ways.

Only the cut is kept back for a moment, with the line feeds before it: what the member is told stands above
them. Whatever goes wrong, the bytes go on as they came.
"""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import structlog

from loyalty.limits.other_tills import CAPTURE_CHUNK_BYTES, CAPTURE_HOLD_MS, CAPTURE_LINGER_S, CAPTURE_TAIL_MS
from terminal.escpos.stream import Token, Tokens
from terminal.till.escpos.paper import Paper
from terminal.till.escpos.weave import Extra, woven

log = structlog.get_logger(__name__)

FEED: Final = b"\x1bd\x05"
"""Brings rows past the cutter that were printed after the till's own feed."""
HELD_BYTES_MAX: Final = 256
ASKING: Final = (b"\x10", b"\x1dr", b"\x1dI", b"\x1da", b"\x1bu", b"\x1bv")
"""Commands that the printer answers, or does at once (status, drawer): a till may be waiting for it."""
Ask = Callable[[Sequence[str]], Awaitable[Extra | None]]
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def break_off(writer: asyncio.StreamWriter) -> None:
    """End a connection so that the other side hears of an error (TCP reset), and not of an end."""
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()


class Pipe:
    """`ask`: what a whole ticket is to say more; it may take as long as it likes and is not waited for."""

    def __init__(self, till: Streams, printer: Streams, ask: Ask, *, default_page: str = "cp437") -> None:
        self._till, self._printer, self._ask = till, printer, ask
        self._tokens = Tokens()
        self._paper = Paper(default_page)
        self._held = b""
        self._is_held_in_line = False
        self._is_fed = False
        self._is_broken_off = False
        self._asking: set[asyncio.Task[Extra | None]] = set()

    async def run(self) -> None:
        """Until the till has ended and the printer has had all of it, or one of them broke off."""
        back = asyncio.create_task(self._pump_back(), name="printer-answers")
        down = asyncio.create_task(self._pump_down(), name="printer-ticket")
        is_whole = False
        try:
            await asyncio.wait({back, down}, return_when=asyncio.FIRST_COMPLETED)
            is_whole = down.done() and down.exception() is None
            if is_whole:
                await asyncio.wait({back}, timeout=CAPTURE_LINGER_S)
        finally:
            if not is_whole:  # the till must not take it for printed
                break_off(self._till[1])
            for task in (back, down):
                task.cancel()
            await asyncio.wait({back, down})

    async def close(self) -> None:
        """What is asked still is noted and goes on by itself: forget it."""
        for task in self._asking:
            task.cancel()
        if self._asking:
            await asyncio.wait(self._asking)

    async def _pump_back(self) -> None:
        """The printer's word on paper and cover goes to the till as it is; ends when the printer does.

        A till that sent all and left hears nothing any more: its ticket is printed to the end all the same.
        """
        while data := await self._printer[0].read(CAPTURE_CHUNK_BYTES):
            with contextlib.suppress(ConnectionError):
                self._till[1].write(data)
                await self._till[1].drain()

    async def _pump_down(self) -> None:
        while (data := await self._next()) != b"":
            if data is None:
                await self._send(b"")
                continue
            for token in self._tokens.feed(data):
                await self._take(token)
            await self._printer[1].drain()
        await self._end()

    async def _next(self) -> bytes | None:
        """The till's next bytes; None when it pauses while something is kept back, empty at its end."""
        try:
            async with asyncio.timeout(CAPTURE_TAIL_MS / 1000 if self._held else None):
                return await self._till[0].read(CAPTURE_CHUNK_BYTES)
        except TimeoutError:
            self._is_fed = True
            return None
        except ConnectionError:  # the till broke off: what it sent is printed, and nothing made of it
            self._is_broken_off = True
            return b""

    async def _take(self, token: Token) -> None:
        if token.kind == "cut":
            await self._cut(token.data)
        elif self._is_kept_back(token):
            if not self._held:
                self._is_held_in_line = self._paper.is_line_begun
            self._held += token.data
            self._paper.take(token)
        else:
            self._is_fed = False
            await self._send(token.data)
            self._paper.take(token)

    def _is_kept_back(self, token: Token) -> bool:
        """Feeds and changes of mode after whole lines: the cut may come next."""
        if len(self._held) + len(token.data) > HELD_BYTES_MAX:
            return False
        if token.data.startswith(ASKING):
            return False
        if token.kind == "newline":
            return bool(self._held) or not self._paper.is_line_begun
        return token.kind == "feed" or (token.kind == "command" and bool(self._held))

    async def _cut(self, data: bytes) -> None:
        extra = await self._asked()
        if extra is None:
            return await self._send(data)
        is_in_line = self._is_held_in_line if self._held else self._paper.is_line_begun
        more = woven(extra, self._paper, is_line_begun=is_in_line)
        held, self._held = self._held, b""
        feed = FEED if self._is_fed and more else b""
        self._paper.next_ticket()
        return await self._send(more + held + feed + data)

    async def _end(self) -> None:
        """The till has no more. A ticket that it never cut is one nevertheless."""
        rest = self._tokens.rest()
        await self._send(rest)
        extra = None if self._is_broken_off else await self._asked()
        if extra is not None:
            more = woven(extra, self._paper, is_line_begun=self._paper.is_line_begun)
            self._printer[1].write(more + FEED)
        await self._printer[1].drain()
        self._printer[1].write_eof()

    async def _asked(self) -> Extra | None:
        """What to print more, if it is known in time."""
        rows, is_read = self._paper.lines, not (self._tokens.is_lost or self._paper.is_too_long)
        if not rows or not is_read:
            self._paper.next_ticket()
            return None
        await self._printer[1].drain()
        asking = asyncio.create_task(self._asking_for(rows), name="printed-ticket")
        self._asking.add(asking)
        asking.add_done_callback(self._asking.discard)
        done, _ = await asyncio.wait({asking}, timeout=CAPTURE_HOLD_MS / 1000)
        extra = asking.result() if done else None
        if extra is None:
            self._paper.next_ticket()
            log.info("ticket_prints_unchanged", in_time=bool(done))
        return extra

    async def _asking_for(self, rows: Sequence[str]) -> Extra | None:
        return await self._ask(rows)

    async def _send(self, data: bytes) -> None:
        """What was kept back goes first, always."""
        held, self._held = self._held, b""
        if held or data:
            self._printer[1].write(held + data)
        if self._printer[1].transport.get_write_buffer_size() > CAPTURE_CHUNK_BYTES:
            await self._printer[1].drain()
