"""A serial scanner on a real pseudo-terminal and on a socket (C-04)."""

import asyncio
import os
import socket
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers import eventually
from tests.integration.reader_daemon.running import Daemon, listening
from wire.messages import Evidence

CARD = Evidence(medium="barcode", value="2900000000018")


@pytest.fixture
def line() -> Iterator[tuple[int, str]]:
    """(the scanner's end, the path of the daemon's end)"""
    scanner, port = os.openpty()
    tty.setraw(port)
    yield scanner, os.ttyname(port)
    for end in (scanner, port):
        try:
            os.close(end)
        except OSError:
            continue  # the test pulled the plug


async def test_codes_are_taps_and_damaged_ones_are_said_so(socket_dir: Path, line: tuple[int, str]) -> None:
    scanner, path = line
    daemon = Daemon(socket_dir, driver="serial", serial_port=path)
    async with daemon.running(), listening(daemon.socket) as kiosk:
        os.write(scanner, b"2900000000018\r\n]d2010340093595583817261231\r")
        await eventually(lambda: len(kiosk.taps) == 2)
        assert [tap.evidence for tap in kiosk.taps] == [
            CARD,
            Evidence(medium="barcode", value="3400935955838"),
        ]

        os.write(scanner, b"2900000000019\r\n")
        await eventually(lambda: "check digit" in kiosk.last_state.detail)

        os.write(scanner, b"\xff\x00garbage\r\n" + b"9" * 100_000 + b"\r\n" + b"2900000000018\n")
        await eventually(lambda: len(kiosk.taps) == 3)
        assert kiosk.taps[-1].evidence == CARD
        assert kiosk.removed == []
    assert "29000000000" not in daemon.log.read_text()


async def test_a_scanner_that_is_unplugged_is_lost_and_read_again_when_it_is_back(socket_dir: Path) -> None:
    server = socket.create_server(("127.0.0.1", 0))
    port = server.getsockname()[1]
    server.setblocking(False)
    loop = asyncio.get_running_loop()
    daemon = Daemon(socket_dir, driver=["serial"], serial_port=f"socket://127.0.0.1:{port}")
    with server:
        async with daemon.running(), listening(daemon.socket) as kiosk:
            scanner, _ = await loop.sock_accept(server)
            scanner.close()
            await eventually(lambda: "lost" in kiosk.states)
            scanner, _ = await loop.sock_accept(server)
            with scanner:
                await eventually(lambda: kiosk.last_state.state == "ready")
                scanner.sendall(b"2900000000018\n")
                await eventually(lambda: kiosk.taps)


async def test_a_port_that_is_not_there_asks_for_help_in_words(socket_dir: Path) -> None:
    daemon = Daemon(socket_dir, driver=["serial"], serial_port="/dev/no-such-scanner")
    async with daemon.running(until="lost"), listening(daemon.socket) as kiosk:
        await eventually(lambda: kiosk.last_state.state == "needs_help", deadline_s=20)
        assert "/dev/no-such-scanner does not exist" in kiosk.last_state.detail


async def test_a_keyboard_that_is_not_there_leaves_the_other_scanner_alone(
    socket_dir: Path, line: tuple[int, str]
) -> None:
    scanner, path = line
    daemon = Daemon(
        socket_dir, driver=["keyboard", "serial"], serial_port=path, keyboard_device="/dev/input/no-such"
    )
    async with daemon.running(), listening(daemon.socket) as kiosk:
        os.write(scanner, b"2900000000018\n")
        await eventually(lambda: kiosk.taps)
        await eventually(lambda: "no-such" in kiosk.last_state.detail)
        assert kiosk.last_state.state == "ready"
