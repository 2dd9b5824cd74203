"""A cable in bad weather: answers come late, break off, never come, and requests arrive twice.

Central is behind it; the terminal sees one port that stays the same. All draws come from one seeded source.
"""

import asyncio
import contextlib
import random
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tools.demo.network import Cable, End

CHUNK_BYTES: Final = 65_536
REPEAT_WITHIN_S: Final = 10


class Fate(StrEnum):
    """What the network does to one request."""

    PASS = "pass"  # noqa: S105  (no password)
    LATE = "late"
    """The request waits on the way."""
    CUT_REQUEST = "cut_request"
    """A part of the request arrives, then both ends are reset."""
    CUT_ANSWER = "cut_answer"
    """The request arrives whole, a part of the answer comes back, then both ends are reset."""
    SILENT = "silent"
    """Half open: the request arrives, the answer never does, nobody is told."""
    TWICE = "twice"
    """The request arrives once more, later, on a connection of its own."""


@dataclass(frozen=True, kw_only=True)
class Weather:
    """How bad it is: weights of the fates, and delays in seconds (each drawn from 0 to the maximum)."""

    weights: dict[Fate, int]
    delay_max_s: float = 0.0
    late_max_s: float = 0.0
    repeat_after_max_s: float = 0.0


CALM: Final = Weather(weights={Fate.PASS: 1})


class RoughCable(Cable):
    """Draws a fate for every request that goes through. `fates` counts them."""

    def __init__(self, target_host: str, target_port: int, rng: random.Random, weather: Weather) -> None:
        super().__init__(target_host, target_port)
        self._rng = rng
        self.weather = weather
        self.fates: Counter[Fate] = Counter()
        self._repeats: set[asyncio.Task[None]] = set()

    async def calm(self) -> None:
        """From now on everything passes, and what was held back has arrived."""
        self.weather = CALM
        if self._repeats:
            await asyncio.wait(self._repeats)

    async def _carry(self, near: End, far: End) -> None:
        line = _Line()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pump_requests(near.reader, far.writer, line))
                group.create_task(self._pump_answers(far.reader, near.writer, line))
        except* _Reset:
            pass

    async def _pump_requests(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, line: "_Line"
    ) -> None:
        with contextlib.suppress(ConnectionError):
            while chunk := await source.read(CHUNK_BYTES):
                fate = self._draw() if _begins_a_request(chunk) else Fate.PASS
                await self._delay(self.weather.delay_max_s)
                match fate:
                    case Fate.LATE:
                        await self._delay(self.weather.late_max_s)
                    case Fate.CUT_REQUEST:
                        sink.write(chunk[: self._rng.randrange(len(chunk))])
                        await sink.drain()
                        raise _Reset
                    case Fate.CUT_ANSWER:
                        line.answer_bytes_left = self._rng.randrange(300)
                    case Fate.SILENT:
                        line.is_silent = True
                    case Fate.TWICE if _is_whole_request(chunk):
                        self._send_again(chunk)
                sink.write(chunk)
                await sink.drain()
            if sink.can_write_eof():
                sink.write_eof()

    async def _pump_answers(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, line: "_Line"
    ) -> None:
        with contextlib.suppress(ConnectionError):
            while chunk := await source.read(CHUNK_BYTES):
                await self._delay(self.weather.delay_max_s)
                if line.is_silent:
                    continue
                if line.answer_bytes_left is not None:
                    sink.write(chunk[: line.answer_bytes_left])
                    await sink.drain()
                    raise _Reset
                sink.write(chunk)
                await sink.drain()
            if sink.can_write_eof() and not line.is_silent:
                sink.write_eof()

    def _draw(self) -> Fate:
        (fate,) = self._rng.choices(list(self.weather.weights), list(self.weather.weights.values()))
        self.fates[fate] += 1
        return fate

    async def _delay(self, most_s: float) -> None:
        if most_s:
            await asyncio.sleep(self._rng.uniform(0, most_s))

    def _send_again(self, request: bytes) -> None:
        after_s = self._rng.uniform(0, self.weather.repeat_after_max_s)
        task = asyncio.create_task(self._repeat(request, after_s))
        self._repeats.add(task)
        task.add_done_callback(self._repeats.discard)

    async def _repeat(self, request: bytes, after_s: float) -> None:
        await asyncio.sleep(after_s)
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(REPEAT_WITHIN_S):
                reader, writer = await asyncio.open_connection(*self._target)
                try:
                    writer.write(request)
                    await writer.drain()
                    await reader.read(CHUNK_BYTES)
                finally:
                    writer.transport.abort()


@dataclass(slots=True)
class _Line:
    """One connection's state, shared by its two directions."""

    is_silent: bool = False
    answer_bytes_left: int | None = None


class _Reset(Exception):
    """Both ends of this connection are to be reset."""


def _begins_a_request(chunk: bytes) -> bool:
    return chunk.startswith((b"GET ", b"POST ", b"PUT "))


def _is_whole_request(chunk: bytes) -> bool:
    head, separator, body = chunk.partition(b"\r\n\r\n")
    if not separator:
        return False
    for line in head.lower().split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name == b"content-length":
            return int(value) == len(body)
    return not body
