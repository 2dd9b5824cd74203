"""A till's HTTP client: sends one request until there is a definite answer, and measures each."""

import asyncio
import time
from collections.abc import Callable
from typing import Final, TypeVar

import aiohttp
import msgspec

from loyalty.limits.imports import REPLAY_TRIES_MAX
from wire.api import Problem

ViewT = TypeVar("ViewT", bound=msgspec.Struct)

API: Final = "/api/v1"
_REPLAYED: Final = "Idempotent-Replayed"
_PAUSE_S: Final = 0.05
_TIMEOUT_S: Final = 30
_TRIES_READING: Final = 3
"""A person waits for the first answer; tickets are worth more patience."""
_TRY_AGAIN: Final = frozenset({429, 502, 503, 504})


class Refused(Exception):
    """Central answered with a problem, or gave no answer in all tries."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code


class ApiClient:
    """Requests with one token. `took_us` collects the duration of every answered ticket request."""

    def __init__(self, session: aiohttp.ClientSession, url: str, token: str) -> None:
        self._session = session
        self._base = url.rstrip("/") + API
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.took_us: list[int] = []
        self.retries = 0

    async def get(self, path: str, view: type[ViewT]) -> ViewT:
        """Read something. Raises: Refused."""
        answer, _ = await self._send("GET", path, lambda: b"", view, tries=_TRIES_READING)
        return answer

    async def put(self, path: str, body: msgspec.Struct, view: type[ViewT]) -> ViewT:
        """Put something; the same again changes nothing. Raises: Refused."""
        answer, _ = await self._send("PUT", path, lambda: msgspec.json.encode(body), view)
        return answer

    async def post(self, path: str, body: msgspec.Struct, view: type[ViewT]) -> tuple[ViewT, bool]:
        """Post something that carries its own id; whether central had it already. Raises: Refused."""
        return await self._send("POST", path, lambda: msgspec.json.encode(body), view)

    async def post_ticket(
        self, path: str, body_now: Callable[[], msgspec.Struct], view: type[ViewT]
    ) -> tuple[ViewT, bool]:
        """Post a ticket, measured; `body_now` gives it the moment of sending. Raises: Refused."""
        return await self._send("POST", path, lambda: msgspec.json.encode(body_now()), view, is_measured=True)

    async def _send(
        self,
        method: str,
        path: str,
        data: Callable[[], bytes],
        view: type[ViewT],
        *,
        is_measured: bool = False,
        tries: int = REPLAY_TRIES_MAX,
    ) -> tuple[ViewT, bool]:
        refused = Refused(0, "no_answer", "central gave no answer")
        for attempt in range(tries):
            if attempt:
                self.retries += 1
                await asyncio.sleep(_PAUSE_S * 2**attempt)
            started_ns = time.monotonic_ns()
            try:
                status, body, is_replay = await self._once(method, path, data())
            except (aiohttp.ClientConnectionError, TimeoutError) as error:
                refused = Refused(0, "no_answer", f"central gave no answer ({type(error).__name__})")
                continue
            if is_measured:
                self.took_us.append((time.monotonic_ns() - started_ns) // 1000)
            if status < 300:
                return msgspec.json.decode(body, type=view), is_replay
            refused = _refusal(status, body)
            if status not in _TRY_AGAIN:
                break
        raise refused

    async def _once(self, method: str, path: str, data: bytes) -> tuple[int, bytes, bool]:
        timeout = aiohttp.ClientTimeout(total=_TIMEOUT_S)
        async with self._session.request(
            method, self._base + path, data=data or None, headers=self._headers, timeout=timeout
        ) as response:
            return response.status, await response.read(), response.headers.get(_REPLAYED) == "true"


def _refusal(status: int, body: bytes) -> Refused:
    try:
        problem = msgspec.json.decode(body, type=Problem)
    except msgspec.DecodeError:
        return Refused(status, "no_problem", f"status {status} without a problem document")
    return Refused(status, problem.code, problem.detail)
