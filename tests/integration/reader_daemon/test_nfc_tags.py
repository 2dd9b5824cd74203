"""Emulated NFC tags on nfcpy's udp device, each a process that is killed to take the tag away (C-03)."""

import asyncio
import statistics
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.helpers import eventually
from tests.integration.reader_daemon.running import Daemon, Listener, listening
from tools.demo.stack import free_port
from wire.messages import Evidence

UID = "04A2B3C4D5E680"
SUN_URL = "https://loy.example/t?e=EF963FF7828658A599F3041510671E88&c=94EED9EE65337086"


@asynccontextmanager
async def a_tag(path: str, *arguments: str) -> AsyncIterator[int]:
    """An emulated tag in the field; when it was put there (monotonic ns)."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tools.cards", "tag", path, *arguments, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), 20) == b"in the field\n"
        yield time.monotonic_ns()
    finally:
        process.kill()
        await process.wait()


async def until_gone(kiosk: Listener) -> None:
    await eventually(lambda: len(kiosk.removed) == len(kiosk.taps), deadline_s=20)


async def test_a_tag_is_a_tap_when_it_comes_and_removed_when_it_goes(
    socket_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = f"udp:localhost:{free_port()}"
    daemon = Daemon(socket_dir, driver=["nfc"], nfc_device=path)
    took_ms = []
    async with daemon.running(), listening(daemon.socket) as kiosk:
        for arguments in ([UID], [UID, "--uri", SUN_URL], [UID, "--uri", "https://pharmacie.example/"]):
            before = len(kiosk.taps)
            async with a_tag(path, *arguments) as put_ns:
                await eventually(lambda before=before: len(kiosk.taps) > before, deadline_s=20)
                took_ms.append((kiosk.taps[-1].at_monotonic_ns - put_ns) / 1e6)
            await until_gone(kiosk)

        assert [tap.evidence for tap in kiosk.taps] == [
            Evidence(medium="nfc_uid", value=UID),
            Evidence(medium="ntag424", value=SUN_URL),
            Evidence(medium="nfc_uid", value=UID),
        ]
        assert kiosk.removed == [tap.tap_id for tap in kiosk.taps]
    with capsys.disabled():
        sys.stdout.write(
            f"\nin the field to event, NFC by udp (whose empty field takes 1 s to sense): "
            f"{statistics.median(took_ms):.0f} ms (max {max(took_ms):.0f} ms)\n"
        )


async def test_a_reader_that_is_not_there_is_lost_in_words(socket_dir: Path) -> None:
    daemon = Daemon(socket_dir, driver=["nfc"], nfc_device="tty:NoSuchPort:pn532")
    async with daemon.running(until="lost"), listening(daemon.socket) as kiosk:
        assert "No reader at tty:NoSuchPort:pn532" in kiosk.last_state.detail
