"""Each program, as systemd starts it: ready once it serves, watchdog fed by its work, stopping when asked."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers import eventually

SETTINGS = """
[central]
database = "sqlite:///{dir}/central.db"
port = 0

[terminal]
central_url = "http://127.0.0.1:9"
state_dir = "{dir}/terminal"
socket = "{dir}/terminal.sock"
reader_socket = "{dir}/reader.sock"
token = "unused"
nexo_port = 0

[reader]
socket = "{dir}/reader.sock"
control_socket = "{dir}/control.sock"

[kiosk]
agent_socket = "{dir}/terminal.sock"
reader_socket = "{dir}/reader.sock"
live_screen_socket = "{dir}/live.sock"
is_windowed = false
"""


@pytest.fixture
def manager(socket_dir: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as made:
        made.bind(str(socket_dir / "notify"))
        made.setblocking(False)
        yield made


@pytest.mark.parametrize("program", ["central", "reader", "terminal", "kiosk"])
async def test_a_program_tells_systemd_when_it_is_ready_alive_and_stopping(
    program: str, manager: socket.socket, socket_dir: Path
) -> None:
    settings = socket_dir / "officine.toml"
    settings.write_text(SETTINGS.format(dir=socket_dir), encoding="utf-8")
    environ = os.environ | {"NOTIFY_SOCKET": str(socket_dir / "notify"), "WATCHDOG_USEC": "1000000"}
    told: list[str] = []

    def has_told(state: str) -> bool:
        assert process.poll() is None, f"{program} ended: {log.read_text(encoding='utf-8')}"
        return _read_into(told, manager).count(state) >= 1

    log = socket_dir / "log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "officine.main", "--config", str(settings), program, "run"]
        process = subprocess.Popen(command, env=environ, stdout=output, stderr=output)  # noqa: ASYNC220
    try:
        await eventually(lambda: has_told("READY=1"), deadline_s=60)
        await eventually(lambda: has_told("WATCHDOG=1"), deadline_s=10)
        process.send_signal(signal.SIGTERM)
        await eventually(lambda: process.poll() is not None, deadline_s=30)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
    assert process.returncode == 0
    _read_into(told, manager)
    assert told[-1] == "STOPPING=1"
    assert told.index("READY=1") < told.index("STOPPING=1")


def _read_into(told: list[str], manager: socket.socket) -> list[str]:
    while True:
        try:
            told.append(manager.recv(4096).decode())
        except BlockingIOError:
            return told


async def test_an_agent_that_waits_to_be_paired_is_ready_and_alive(
    manager: socket.socket, socket_dir: Path
) -> None:
    settings = socket_dir / "officine.toml"
    settings.write_text(SETTINGS.format(dir=socket_dir).replace('token = "unused"\n', ""), encoding="utf-8")
    environ = os.environ | {"NOTIFY_SOCKET": str(socket_dir / "notify"), "WATCHDOG_USEC": "1000000"}
    told: list[str] = []
    log = socket_dir / "log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "officine.main", "--config", str(settings), "terminal", "run"]
        process = subprocess.Popen(command, env=environ, stdout=output, stderr=output)  # noqa: ASYNC220
    try:
        await eventually(lambda: _read_into(told, manager).count("WATCHDOG=1") >= 2, deadline_s=60)
        assert told.index("READY=1") < told.index("WATCHDOG=1")
        assert "STOPPING=1" not in told, "systemd would kill what says that it stops"
        process.send_signal(signal.SIGTERM)
        await eventually(lambda: process.poll() is not None, deadline_s=30)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
    assert process.returncode == 0
    assert "terminal_unpaired" in log.read_text(encoding="utf-8")


HANGING = """
import asyncio, sys, time
from kiosk.app import run
from kiosk.flow import Screen
from kiosk.screens import DRAWS
from officine.programs import settings_of

def hangs(canvas, model):
    print("hangs", flush=True)
    time.sleep(3_600)

DRAWS[Screen.AGENT_LOST] = hangs
asyncio.run(run(settings_of("kiosk", sys.argv[1])))
"""


async def test_a_kiosk_whose_drawing_hangs_feeds_its_watchdog_no_more(
    manager: socket.socket, socket_dir: Path
) -> None:
    settings = socket_dir / "officine.toml"
    settings.write_text(SETTINGS.format(dir=socket_dir), encoding="utf-8")
    environ = os.environ | {"NOTIFY_SOCKET": str(socket_dir / "notify"), "WATCHDOG_USEC": "1000000"}
    told: list[str] = []
    log = socket_dir / "log"
    with log.open("wb") as output:
        command = [sys.executable, "-c", HANGING, str(settings)]
        process = subprocess.Popen(command, env=environ, stdout=output, stderr=output)  # noqa: ASYNC220
    try:
        await eventually(lambda: _read_into(told, manager).count("WATCHDOG=1") >= 1, deadline_s=60)
        await eventually(lambda: b"hangs" in log.read_bytes(), deadline_s=60)
        _read_into(told, manager)
        manager.settimeout(2)  # of a period of one second: systemd would have killed it
        with pytest.raises(TimeoutError):
            manager.recv(4096)
        assert process.poll() is None
    finally:
        process.kill()
        process.wait()
