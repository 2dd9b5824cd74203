"""Listening with a limit: one connection too many is told so, instead of nobody being let in any more."""

import asyncio
import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import structlog
from aiohttp import web

from loyalty.limits.web import HTTP_CONNECTIONS_MAX, HTTP_FILES_RESERVED

log = structlog.get_logger("central.web")

_FULL: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\nContent-Length: 0\r\n"
    b"Server: officine\r\n\r\n"
)


class _Refusal(asyncio.Protocol):
    """Tells a peer to come back, and hangs up."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(_FULL)
        transport.close()


@asynccontextmanager
async def listening(
    server: web.Server, host: str, port: int, connections_max: int
) -> AsyncIterator[tuple[str, int]]:
    """Let peers in, `connections_max` at a time; the address at which they are.

    Raises: OSError: the address is taken.
    """

    def protocol() -> asyncio.BaseProtocol:
        if len(server.connections) >= connections_max:
            log.warning("connections_full", connections_max=connections_max)
            return _Refusal()
        return server()

    listener = await asyncio.get_running_loop().create_server(protocol, host, port, backlog=128)
    try:
        address = listener.sockets[0].getsockname()
        yield address[0], address[1]
    finally:
        listener.close()


def allowed_connections() -> int:
    """How many connections this process may hold; it takes as many files as it is allowed to.

    The usual soft limit of 1,024 files is for programs that use select(2), which we do not.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = HTTP_CONNECTIONS_MAX + HTTP_FILES_RESERVED
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return max(1, min(HTTP_CONNECTIONS_MAX, wanted - HTTP_FILES_RESERVED))
