"""HTTP to central: one request, one whole answer. What it means is `central_link`'s affair."""

from typing import Final, Protocol

import aiohttp

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.terminal import CENTRAL_ANSWER_BYTES_MAX, CENTRAL_CONNECTIONS_MAX

API: Final = "/api/v1"


class CentralUnreachable(LoyaltyError):
    """No usable answer from central; nothing is known about what it did. Ask again with the same id."""

    code = "central_unreachable"
    trouble = Trouble.UNAVAILABLE
    text = "Central cannot be reached ({reason}). Check the network; the terminal goes on trying."


class CentralHttp(Protocol):
    """The way to central."""

    async def open(self) -> None:
        """Make ready; nothing is sent yet."""

    async def close(self) -> None:
        """Drop all connections."""

    async def exchange(
        self, method: str, path: str, data: bytes | None, headers: dict[str, str], timeout_s: float
    ) -> tuple[int, bytes]:
        """Send one request to `path` under the API; status and body of the answer.

        Raises: TimeoutError, aiohttp.ClientError, OSError, CentralUnreachable: the answer is too long.
        """
        ...


class AiohttpCentral:
    """Over real connections, kept between requests."""

    def __init__(self, url: str, token: str) -> None:
        self._base = url.rstrip("/") + API
        self._headers = {"Authorization": f"Bearer {token}"}
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Make the session."""
        connector = aiohttp.TCPConnector(limit=CENTRAL_CONNECTIONS_MAX)
        self._session = aiohttp.ClientSession(connector=connector, headers=self._headers)

    async def close(self) -> None:
        """Drop all connections."""
        if self._session is not None:
            await self._session.close()

    async def exchange(
        self, method: str, path: str, data: bytes | None, headers: dict[str, str], timeout_s: float
    ) -> tuple[int, bytes]:
        """See `CentralHttp`."""
        assert self._session is not None, "open() comes first"
        async with self._session.request(
            method,
            self._base + path,
            data=data,
            headers=headers,
            timeout=aiohttp.ClientTimeout(total=timeout_s),
            allow_redirects=False,
        ) as response:
            return response.status, await _read_whole(response)


async def _read_whole(response: aiohttp.ClientResponse) -> bytes:
    """The answer to its end: one read gives only what has arrived so far.

    Raises: CentralUnreachable: it is longer than any answer of central.
    """
    content = bytearray()
    async for chunk in response.content.iter_any():
        content += chunk
        if len(content) > CENTRAL_ANSWER_BYTES_MAX:
            raise CentralUnreachable(reason=f"an answer of more than {CENTRAL_ANSWER_BYTES_MAX} bytes")
    return bytes(content)
