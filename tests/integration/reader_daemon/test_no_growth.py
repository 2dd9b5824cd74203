"""A daemon of threads that reads for long holds no more than at the start."""

import asyncio
import os
import tty
from pathlib import Path

from tests.helpers import eventually
from tests.integration.reader_daemon.running import Daemon, Listener, held_by, listening

CODES = 2_000
CODES_AT_ONCE = 50
GROWTH_MAX = 0.05


async def scan(scanner: int, kiosk: Listener, count: int) -> None:
    for _ in range(0, count, CODES_AT_ONCE):
        wanted = len(kiosk.taps) + CODES_AT_ONCE
        os.write(scanner, b"2900000000018\r\n" * CODES_AT_ONCE)
        await eventually(lambda wanted=wanted: len(kiosk.taps) >= wanted)
        assert len(kiosk.taps) == wanted


async def test_two_thousand_codes_leave_no_thread_file_or_memory_behind(socket_dir: Path) -> None:
    scanner, port = os.openpty()
    tty.setraw(port)
    daemon = Daemon(socket_dir, driver=["serial", "simulated"], serial_port=os.ttyname(port))
    async with daemon.running() as process, listening(daemon.socket) as kiosk:
        # One reader is enough for "ready"; opening the port forgets what was sent before.
        await eventually(lambda: "Scanner on" in kiosk.last_state.reader)
        await scan(scanner, kiosk, 500)
        before = held_by(process.pid)

        await scan(scanner, kiosk, CODES)

        after = await asyncio.to_thread(held_by, process.pid)
        assert (after.threads, after.files) == (before.threads, before.files)
        assert after.resident_kib <= before.resident_kib * (1 + GROWTH_MAX)
    os.close(scanner)
    os.close(port)
