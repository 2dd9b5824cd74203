"""sd_notify over a real datagram socket: who is told, what, and when the watchdog is fed."""

import asyncio
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers import eventually
from wire import notify


class Manager:
    """The service manager's end of NOTIFY_SOCKET."""

    def __init__(self, address: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(address)
        self.socket.setblocking(False)
        self.told: list[str] = []

    def read(self) -> list[str]:
        while True:
            try:
                self.told.append(self.socket.recv(4096).decode())
            except BlockingIOError:
                return self.told


@pytest.fixture
def manager(socket_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Manager]:
    path = str(socket_dir / "notify")
    made = Manager(path)
    monkeypatch.setenv("NOTIFY_SOCKET", path)
    monkeypatch.delenv("WATCHDOG_USEC", raising=False)
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    yield made
    made.socket.close()


def test_without_a_service_manager_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    assert not notify.ready()


def test_states_reach_the_service_manager_in_order(manager: Manager) -> None:
    assert all((notify.ready(), notify.status("3 tickets\nwaiting"), notify.ping(), notify.stopping()))
    assert manager.read() == ["READY=1", "STATUS=3 tickets waiting", "WATCHDOG=1", "STOPPING=1"]


def test_an_abstract_socket_is_served_too(monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"officine-test-{os.getpid()}"
    made = Manager("\0" + name)
    monkeypatch.setenv("NOTIFY_SOCKET", "@" + name)
    try:
        assert notify.ready()
        assert made.read() == ["READY=1"]
    finally:
        made.socket.close()


def test_a_service_manager_that_left_is_survived(manager: Manager) -> None:
    manager.socket.close()
    assert not notify.ping()


@pytest.mark.parametrize(
    ("environ", "period_s"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "5000000"}, 5.0),
        ({"WATCHDOG_USEC": "5000000", "WATCHDOG_PID": str(os.getpid())}, 5.0),
        ({"WATCHDOG_USEC": "5000000", "WATCHDOG_PID": "1"}, None),
    ],
)
def test_the_watchdog_is_ours_only_when_it_names_us(
    manager: Manager, monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], period_s: float | None
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert notify.watchdog_period_s() == period_s


async def test_a_program_is_ready_then_alive_then_stopping(
    manager: Manager, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "30000")
    proofs = 0

    async def proof() -> None:
        nonlocal proofs
        proofs += 1

    async with notify.in_service(proof):
        await eventually(lambda: manager.read().count("WATCHDOG=1") >= 3)
    told = manager.read()
    assert told[0] == "READY=1"
    assert told[-1] == "STOPPING=1"
    assert proofs >= told.count("WATCHDOG=1")


async def test_work_that_fails_or_hangs_feeds_no_watchdog(
    manager: Manager, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "30000")
    tries = 0
    hangs = asyncio.Event()

    async def proof() -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            return
        if tries < 4:
            raise OSError("the disk does not answer")
        hangs.set()
        await asyncio.Event().wait()

    async with notify.in_service(proof):
        await asyncio.wait_for(hangs.wait(), 10)
    assert manager.read() == ["READY=1", "WATCHDOG=1", "STOPPING=1"]


async def test_nobody_watching_means_no_work_for_the_watchdog(manager: Manager) -> None:
    async def proof() -> None:
        raise AssertionError("asked without a watchdog")

    async with notify.in_service(proof):
        await asyncio.sleep(0)
    assert manager.read() == ["READY=1", "STOPPING=1"]
