"""The network: requests and answers travel, get lost, doubled, late, out of order; machines are cut off.

What is modelled is one HTTP exchange as a client sees it. What is real are the bytes of body and answer.
"""

import asyncio
import random
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, NoReturn, TypeVar

import aiohttp

from tools.simulation.machine import Machine, Surroundings

T = TypeVar("T")

RUSH_S: Final = (0.002, 0.012)
"""How far apart requests of one moment arrive: one of them may be decided while another is being written."""
TWIN_S: Final = 0.008
"""A copy so soon after the first is decided while that is being written."""
SILENCE_S: Final = 600.0
"""Longer than any client waits."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Copies:
    """How many copies of a request were made, and how many may still reach their goal."""

    made: int = 0
    under_way: int = 0

    def start(self) -> None:
        """One more."""
        self.made += 1
        self.under_way += 1

    def next_is_alone(self) -> "Alone":
        """Ask before a send; afterwards it tells whether no other copy was about meanwhile."""
        return Alone(self, self.made + 1, self.under_way == 0)


@dataclass(frozen=True, slots=True)
class Alone:
    """Whether an answer speaks for all copies: a twin that came through meanwhile may say otherwise."""

    copies: Copies
    made: int
    was_first: bool

    def __bool__(self) -> bool:
        return self.was_first and self.copies.made == self.made and self.copies.under_way == 0


@dataclass(frozen=True, slots=True)
class _Fate:
    out_s: float
    back_s: float
    is_request_lost: bool = False
    is_answer_lost: bool = False
    is_silent: bool = False
    is_garbled: bool = False
    twice_after_s: float | None = None


Serve = Callable[[Request], Awaitable[Answer]]


class Network:
    """All lines of the world. `is_calm`: they work. `trouble`: how bad they are otherwise, usually 1."""

    def __init__(self, around: Surroundings, *, trouble: float = 1.0) -> None:
        self._around = around
        self._rng: random.Random = around.rng
        self._cut: set[tuple[str, str]] = set()
        self.is_calm = False
        self._trouble = trouble
        self._rush = 0

    def rush(self, requests: int) -> None:
        """The next requests are sent in the same moment and arrive together."""
        self._rush = requests

    def cut(self, one: str, other: str) -> None:
        """A line fails in one direction or both."""
        self._cut.add((one, other))
        self._around.trace.note("cut", one, other)

    def heal(self, one: str | None = None) -> None:
        """All lines of a machine work again, or all."""
        self._cut = {pair for pair in self._cut if one is not None and one not in pair}
        self._around.trace.note("heal", one or "*")

    async def exchange(
        self,
        client: str,
        server: Machine,
        serve: Serve,
        request: Request,
        *,
        timeout_s: float,
        copies: Copies | None = None,
    ) -> Answer:
        """Send and wait. Raises: TimeoutError, aiohttp.ClientError."""
        copies = copies or Copies()
        async with asyncio.timeout(timeout_s):
            fate = self._draw()
            sum_ = zlib.crc32(request.body)
            self._around.trace.note("send", client, server.name, request.method, request.path, sum_)
            if fate.twice_after_s is not None:
                self._send_again(client, server, serve, request, fate.twice_after_s, copies)
            copies.start()
            is_handed_over = False
            try:
                await asyncio.sleep(fate.out_s)
                if (client, server.name) in self._cut or fate.is_request_lost:
                    await self._lose(fate)
                is_handed_over = True
                delivery = self._deliver(server, serve, request, copies)
            finally:
                if not is_handed_over:
                    copies.under_way -= 1
            answer = await delivery
            await asyncio.sleep(fate.back_s)
            if (server.name, client) in self._cut or fate.is_answer_lost:
                await self._lose(fate)
            if fate.is_garbled:
                return Answer(502, b"<html>Bad gateway</html>")
        self._around.trace.note("answer", client, answer.status, zlib.crc32(answer.body))
        return answer

    def _deliver(
        self, server: Machine, serve: Serve, request: Request, copies: Copies
    ) -> "asyncio.Future[Answer]":
        if not server.is_on:
            copies.under_way -= 1
            refused: asyncio.Future[Answer] = self._around.loop.create_future()
            refused.set_exception(aiohttp.ClientOSError("refused"))
            return refused
        delivery: asyncio.Future[Answer] = server.answers(_await(serve, request))
        delivery.add_done_callback(lambda done: _landed(done, copies))
        return asyncio.shield(delivery)

    def _send_again(
        self,
        client: str,
        server: Machine,
        serve: Serve,
        request: Request,
        after_s: float,
        copies: Copies,
    ) -> None:
        """A copy of its own, whose answer nobody hears."""
        copies.start()

        def arrive() -> None:
            self._around.trace.note("twice", client, server.name, request.path)
            self._deliver(server, serve, request, copies).add_done_callback(_ignore)

        self._around.loop.call_later(after_s, arrive)

    async def _lose(self, fate: _Fate) -> NoReturn:
        await asyncio.sleep(SILENCE_S if fate.is_silent else 0.05)
        raise aiohttp.ServerDisconnectedError

    def _draw(self) -> _Fate:
        rng = self._rng
        out_s, back_s = 0.001 + rng.random() * 0.02, 0.001 + rng.random() * 0.02
        if self._rush:
            self._rush -= 1
            out_s = 0.001 + rng.random() * rng.choice(RUSH_S)
        if self.is_calm:
            return _Fate(out_s, back_s)
        draw = rng.random() / self._trouble if self._trouble else 1.0
        is_silent = rng.random() < 0.15
        if draw < 0.04:
            return _Fate(out_s, back_s, is_request_lost=True, is_silent=is_silent)
        if draw < 0.12:
            return _Fate(out_s, back_s, is_answer_lost=True, is_silent=is_silent)
        if draw < 0.17:
            after_s = rng.random() * rng.choice((TWIN_S, 0.05, 1.0, 8.0))
            return _Fate(out_s, back_s, twice_after_s=after_s if after_s > TWIN_S else out_s + after_s)
        if draw < 0.22:
            return _Fate(out_s + rng.random() * 2, back_s + rng.random() * 5)
        if draw < 0.23:
            return _Fate(out_s, back_s, is_garbled=True)
        return _Fate(out_s, back_s)


async def _await(serve: Serve, request: Request) -> Answer:
    return await serve(request)


def _landed(done: "asyncio.Future[Answer]", copies: Copies) -> None:
    copies.under_way -= 1
    _ignore(done)


def _ignore(done: "asyncio.Future[Answer]") -> None:
    if not done.cancelled():
        done.exception()
