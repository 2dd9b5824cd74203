"""The cable of demo and drills: cut at any moment, it leaves no connection open."""

import asyncio
import contextlib
import socket

import pytest

from tools.demo.network import Cable

MOMENTS = 12
"""Steps of the loop between a call and the cut: from before it is accepted to after it goes through."""


def is_broken(connection: socket.socket) -> bool:
    connection.settimeout(5)
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


async def stay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A central that says nothing and hangs up last."""
    with contextlib.suppress(ConnectionError):
        await reader.read()
    writer.transport.abort()


@pytest.mark.parametrize("steps", range(MOMENTS))
async def test_a_connection_is_broken_whenever_the_cable_is_cut(steps: int) -> None:
    server = await asyncio.start_server(stay, "127.0.0.1", 0)
    cable = Cable("127.0.0.1", server.sockets[0].getsockname()[1])
    await cable.mend()
    port = cable.port
    with socket.create_connection(("127.0.0.1", port)) as caller:
        for _ in range(steps):
            await asyncio.sleep(0)
        await cable.cut()

        assert await asyncio.to_thread(is_broken, caller)
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)
    await cable.mend()
    assert cable.port == port
    await cable.cut()
    server.close()
    await server.wait_closed()
