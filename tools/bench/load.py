"""A light HTTP load: closed loop (a request follows each answer) and open loop (requests come when due).

aiohttp's client would cost more than the server it measures; this one writes prepared bytes and reads a
status and a length. In the open loop every latency counts from the moment the request was due, so that a
server that stalls is charged for all who waited (no coordinated omission).
"""

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol, cast

from tools.bench.figures import Figures, figures
from tools.bench.traffic import Request

WARM_UP_S: Final = 0.5
OPEN_CONNECTIONS: Final = 256
_LENGTH: Final = b"content-length: "
_BACKLOG_MAX: Final = 100_000
_TOLD_BYTES_MAX: Final = 4_000
"""So much of an answer that is no success is told: its status and its body."""


class Requests(Protocol):
    """Makes requests, and hears how each was answered."""

    def next_request(self) -> Request: ...
    def take_answer(self, request: Request, answer: bytes) -> None: ...


class LoadFailed(Exception):
    """The server answered something else than success, or hung up; the text has its words."""


@dataclass(slots=True)
class LoadFigures:
    """What a stretch of load saw. `latencies_ms` leaves out the warm-up."""

    seconds: float
    latencies_ms: list[float] = field(default_factory=list)
    acknowledged: int = 0
    """All successful answers, those of the warm-up included."""

    @property
    def per_s(self) -> float:
        """Answers per second."""
        return len(self.latencies_ms) / self.seconds

    @property
    def latency_ms(self) -> Figures:
        """The latencies' figures."""
        return figures(self.latencies_ms)


class _Connection(asyncio.Protocol):
    """One keep-alive connection with at most one request under way."""

    def __init__(self, on_answer: Callable[["_Connection", bytes], None]) -> None:
        self._on_answer = on_answer
        self._received = b""
        self._wanted = 0
        self._transport: asyncio.Transport | None = None
        self.due_s = 0.0
        self.request = Request(b"", 0)
        self.is_closing = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but name

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.is_closing:
            self._on_answer(self, b"HTTP/1.1 000 hung up: %r" % (exc,))

    def send(self, request: Request, due_s: float) -> None:
        assert self._transport is not None
        self.due_s = due_s
        self.request = request
        self._transport.write(request.content)

    def data_received(self, data: bytes) -> None:
        self._received = self._received + data if self._received else data
        if not self._wanted:
            head_end = self._received.find(b"\r\n\r\n")
            if head_end < 0:
                return
            head = self._received[:head_end].lower()
            at = head.find(_LENGTH) + len(_LENGTH)
            self._wanted = head_end + 4 + int(head[at : head.find(b"\r", at) if b"\r" in head[at:] else None])
        if len(self._received) >= self._wanted:
            answer, self._received, self._wanted = self._received, b"", 0
            self._on_answer(self, answer)

    def close(self) -> None:
        assert self._transport is not None
        self.is_closing = True
        self._transport.close()


class Load:
    """Sends what `requests` makes to one server."""

    def __init__(self, port: int, requests: Requests) -> None:
        self._port = port
        self._requests = requests

    async def closed(self, seconds: float, connections: int, *, warm_up_s: float = WARM_UP_S) -> LoadFigures:
        """Keep `connections` requests under way all the time. Raises: LoadFailed."""
        loop = asyncio.get_running_loop()
        result = LoadFigures(seconds)
        ended: asyncio.Future[None] = loop.create_future()
        started_s = time.perf_counter() + warm_up_s
        open_now = 0

        def on_answer(connection: _Connection, answer: bytes) -> None:
            nonlocal open_now
            now_s = time.perf_counter()
            if not _is_success(answer):
                _fail(ended, answer)
                return
            result.acknowledged += 1
            self._requests.take_answer(connection.request, answer)
            if started_s <= now_s <= started_s + seconds:
                result.latencies_ms.append((now_s - connection.due_s) * 1000)
            if now_s < started_s + seconds:
                connection.send(self._requests.next_request(), now_s)
                return
            open_now -= 1
            if not open_now and not ended.done():
                ended.set_result(None)

        pool = [await self._connect(on_answer) for _ in range(connections)]
        open_now = len(pool)
        for connection in pool:
            connection.send(self._requests.next_request(), time.perf_counter())
        await _finish(pool, ended)
        return result

    async def open(self, seconds: float, per_s: float, *, seed: int = 1) -> LoadFigures:
        """Send requests at random moments, `per_s` of them in the mean, whatever the answers do.

        Raises: LoadFailed.
        """
        loop = asyncio.get_running_loop()
        result = LoadFigures(seconds)
        ended: asyncio.Future[None] = loop.create_future()
        backlog: deque[float] = deque()
        idle: list[_Connection] = []
        begun_s, waiting = 0.0, 0

        def on_answer(connection: _Connection, answer: bytes) -> None:
            nonlocal waiting
            now_s = time.perf_counter()
            if not _is_success(answer):
                _fail(ended, answer)
                return
            result.acknowledged += 1
            self._requests.take_answer(connection.request, answer)
            if connection.due_s >= begun_s + WARM_UP_S:
                result.latencies_ms.append((now_s - connection.due_s) * 1000)
            waiting -= 1
            if backlog:
                connection.send(self._requests.next_request(), backlog.popleft())
            else:
                idle.append(connection)
            if not waiting and not ended.done():
                ended.set_result(None)

        pool = [await self._connect(on_answer) for _ in range(OPEN_CONNECTIONS)]
        idle.extend(pool)
        # Only now: making the connections takes a second, which no request may be charged for.
        begun_s = time.perf_counter()
        moments = _moments(begun_s, WARM_UP_S + seconds, per_s, random.Random(seed))
        waiting = len(moments)
        while moments and not ended.done():
            now_s = time.perf_counter()
            while moments and moments[-1] <= now_s:
                due_s = moments.pop()
                if idle:
                    idle.pop().send(self._requests.next_request(), due_s)
                elif len(backlog) < _BACKLOG_MAX:
                    backlog.append(due_s)
                else:
                    raise LoadFailed("the server answers slower than requests come: choose a lower rate")
            await asyncio.sleep(max(0.0, moments[-1] - time.perf_counter()) if moments else 0)
        await _finish(pool, ended)
        return result

    async def _connect(self, on_answer: Callable[[_Connection, bytes], None]) -> _Connection:
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(lambda: _Connection(on_answer), "127.0.0.1", self._port)
        return connection


def _moments(begun_s: float, seconds: float, per_s: float, chance: random.Random) -> list[float]:
    """When requests are due, the first one last."""
    moments = [begun_s]
    while moments[-1] < begun_s + seconds:
        moments.append(moments[-1] + chance.expovariate(per_s))
    moments.reverse()
    return moments


def _is_success(answer: bytes) -> bool:
    return answer.startswith(b"HTTP/1.1 20")


def _fail(ended: "asyncio.Future[None]", answer: bytes) -> None:
    if not ended.done():
        head, _, body = answer.partition(b"\r\n\r\n")
        status = head.partition(b"\r\n")[0]
        told = b": ".join(filter(None, (status, body)))
        ended.set_exception(LoadFailed(told[:_TOLD_BYTES_MAX].decode(errors="replace")))


async def _finish(pool: list[_Connection], ended: "asyncio.Future[None]") -> None:
    try:
        await ended
    finally:
        for connection in pool:
            connection.close()
