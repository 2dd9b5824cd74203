"""The pairing messages on the till's port: small bodies, few at once, one place that words their errors."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from http import HTTPStatus
from typing import Final, TypeVar

import msgspec
import structlog
from aiohttp import web

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.till_pairing import (
    TILL_PAIRING_BODY_BYTES_MAX,
    TILL_PAIRING_BODY_DEADLINE_S,
    TILL_PAIRING_REQUESTS_MAX,
    TILL_PAIRING_REQUESTS_PER_ADDRESS,
)
from terminal.till.pairing.desk import PairingDesk
from terminal.till.pairing.offer import source_of
from wire.till_pairing import PATH, BeginBody, FinishBody, ProveBody

log = structlog.get_logger(__name__)

B = TypeVar("B", bound=msgspec.Struct)

STATUS: Final = {
    Trouble.NOT_FOUND: HTTPStatus.NOT_FOUND,
    Trouble.CONFLICT: HTTPStatus.CONFLICT,
    Trouble.FORBIDDEN: HTTPStatus.FORBIDDEN,
    Trouble.TOO_MANY: HTTPStatus.TOO_MANY_REQUESTS,
    Trouble.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
}


class PairingMessageInvalid(LoyaltyError):
    """A pairing message that is none."""

    code = "till_pairing_message_invalid"
    text = "This is no pairing message: {reason}"


class PairingBusy(LoyaltyError):
    """Too many at once."""

    code = "till_pairing_busy"
    trouble = Trouble.TOO_MANY
    text = "Too many pairing messages at once. Send this one again in a moment."


class PairingRoutes:
    """begin, prove and finish."""

    def __init__(self, desk: PairingDesk) -> None:
        self._desk = desk
        self._running: Counter[str] = Counter()

    def add_to(self, app: web.Application) -> None:
        """Put the three paths beside /nexo."""
        app.router.add_post(f"{PATH}/begin", self._begin)
        app.router.add_post(f"{PATH}/prove", self._prove)
        app.router.add_post(f"{PATH}/finish", self._finish)

    async def _begin(self, request: web.Request) -> web.Response:
        address = request.remote or ""
        return await self._answer(request, BeginBody, lambda body: self._desk.begin(body, address))

    async def _prove(self, request: web.Request) -> web.Response:
        return await self._answer(request, ProveBody, self._desk.prove)

    async def _finish(self, request: web.Request) -> web.Response:
        return await self._answer(request, FinishBody, self._desk.finish)

    async def _answer(
        self, request: web.Request, kind: type[B], work: Callable[[B], Awaitable[msgspec.Struct]]
    ) -> web.Response:
        source = source_of(request.remote or "")
        try:
            with self._counted(source):
                view = await work(_decode(await _read(request), kind))
        except LoyaltyError as error:
            status = STATUS.get(error.trouble, HTTPStatus.BAD_REQUEST)
            return _json(status, {"code": error.code, "detail": str(error)})
        return web.Response(body=msgspec.json.encode(view), content_type="application/json")

    @contextlib.contextmanager
    def _counted(self, source: str) -> Iterator[None]:
        """Who sends slowly, or much, holds up themselves. Raises: PairingBusy."""
        is_much = self._running[source] >= TILL_PAIRING_REQUESTS_PER_ADDRESS
        if is_much or self._running.total() >= TILL_PAIRING_REQUESTS_MAX:
            raise PairingBusy
        self._running[source] += 1
        try:
            yield
        finally:
            self._running[source] -= 1
            if not self._running[source]:
                del self._running[source]


async def _read(request: web.Request) -> bytes:
    """The whole body, never more than is allowed. Raises: PairingMessageInvalid."""
    content = bytearray()
    try:
        async with asyncio.timeout(TILL_PAIRING_BODY_DEADLINE_S):
            async for chunk in request.content.iter_any():
                content += chunk
                if len(content) > TILL_PAIRING_BODY_BYTES_MAX:
                    raise PairingMessageInvalid(reason=f"more than {TILL_PAIRING_BODY_BYTES_MAX} bytes.")
    except TimeoutError:
        raise PairingMessageInvalid(reason="it did not arrive in time.") from None
    return bytes(content)


def _decode(data: bytes, kind: type[B]) -> B:
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PairingMessageInvalid(reason=f"{error}.") from None


def _json(status: HTTPStatus, told: dict[str, str]) -> web.Response:
    return web.Response(status=status, body=msgspec.json.encode(told), content_type="application/json")
