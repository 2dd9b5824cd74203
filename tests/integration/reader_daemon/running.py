"""The reader daemon as a process of its own, and who listens to it."""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from reader_daemon.settings import ReaderSettings
from tests.helpers import eventually
from wire.messages import CardPresented, CardRemoved, FromReader, Hello, Message, ReaderState
from wire.peer import connect_forever

DAEMON = """
import asyncio, sys
from officine.settings import load
from reader_daemon.service import run
from reader_daemon.settings import ReaderSettings
asyncio.run(run(load(ReaderSettings, "reader", sys.argv[1], environ={})))
"""


@dataclass(frozen=True)
class Held:
    threads: int
    files: int
    resident_kib: int


def held_by(pid: int) -> Held:
    """What a process holds now."""
    fields = {}
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        name, _, value = line.partition(":")
        fields[name] = value.split()
    files = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return Held(int(fields["Threads"][0]), files, int(fields["VmRSS"][0]))


class Listener:
    """A kiosk or an agent as the daemon sees it: keeps what came."""

    def __init__(self) -> None:
        self.received: list[Message] = []

    async def on_message(self, message: FromReader) -> None:
        self.received.append(message)

    @property
    def taps(self) -> list[CardPresented]:
        return [message for message in self.received if isinstance(message, CardPresented)]

    @property
    def removed(self) -> list[str]:
        return [message.tap_id for message in self.received if isinstance(message, CardRemoved)]

    @property
    def last_state(self) -> ReaderState:
        return [message for message in self.received if isinstance(message, ReaderState)][-1]

    @property
    def states(self) -> list[str]:
        return [message.state for message in self.received if isinstance(message, ReaderState)]


@asynccontextmanager
async def listening(path: Path) -> AsyncIterator[Listener]:
    listener = Listener()
    hello = Hello(program="kiosk", version="0")
    async with connect_forever(path, hello, FromReader, listener.on_message, lambda is_up: None):
        await eventually(lambda: listener.states)
        yield listener


class Daemon:
    """The reader daemon with settings of the test; `settings` are the ones of the simulated reader."""

    def __init__(self, directory: Path, **options: object) -> None:
        self.socket = directory / "reader"
        self.control = directory / "control"
        self.log = directory / "log"
        self._config = directory / "officine.toml"
        self._options = options

    @property
    def settings(self) -> ReaderSettings:
        return ReaderSettings(socket=self.socket, control_socket=self.control)

    @asynccontextmanager
    async def running(self, *, until: str = "ready") -> AsyncIterator[asyncio.subprocess.Process]:
        table = {"socket": str(self.socket), "control_socket": str(self.control), **self._options}
        lines = [f"{key} = {json.dumps(value)}" for key, value in table.items()]
        self._config.write_text("\n".join(["[reader]", *lines]))
        with self.log.open("ab") as log:
            command = [sys.executable, "-X", "dev", "-W", "error", "-W", "ignore::DeprecationWarning"]
            command += ["-c", DAEMON, str(self._config)]
            process = await asyncio.create_subprocess_exec(*command, stdout=log, stderr=subprocess.STDOUT)
        try:
            await eventually(lambda: process.returncode is not None or self.socket.exists(), deadline_s=20)
            assert process.returncode is None, self.log.read_text()
            async with listening(self.socket) as listener:
                await eventually(lambda: listener.states[-1] == until, deadline_s=20)
            yield process
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            await asyncio.wait_for(process.wait(), 10)
            sys.stdout.write(self.log.read_text())
