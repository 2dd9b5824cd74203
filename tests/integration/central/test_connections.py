"""Peers that only hold on: too many are told to come back, and those who work are served."""

import asyncio
from pathlib import Path

from tests.central_fixture import a_central, a_sale


async def test_one_connection_too_many_is_told_to_come_back_and_room_is_used_again(tmp_path: Path) -> None:
    async with a_central(tmp_path, connections_max=3) as central:
        assert (await central.post("sales", a_sale(central))).status == 200, "it holds one from now on"
        host, port = central.base_url.removeprefix("http://").split(":")
        idle = [await asyncio.open_connection(host, int(port)) for _ in range(2)]

        reader, writer = await asyncio.open_connection(host, int(port))
        told = (await reader.read()).decode()
        writer.close()

        assert told.startswith("HTTP/1.1 503 ")
        assert "Retry-After: 5" in told
        assert (await central.post("sales", a_sale(central))).status == 200
        for _, held in idle:
            held.close()
            await held.wait_closed()
        assert await _answers(host, int(port))


async def _answers(host: str, port: int) -> bool:
    """Whether a new connection is served, as soon as central saw that others left."""
    for _ in range(100):
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: central\r\nConnection: close\r\n\r\n")
        told = await reader.read()
        writer.close()
        if told.startswith(b"HTTP/1.1 200 "):
            return True
    return False
