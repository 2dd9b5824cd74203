"""All programs of a group in miniature: settings written, processes started in order and stopped."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import ssl
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import aiohttp

from tools.demo.network import Cable
from tools.demo.programs import READY_WITHIN_S, Program

HOST: Final = "127.0.0.1"
PROGRAMS: Final = ("central", "reader", "terminal", "kiosk")
STOP_ORDER: Final = ("kiosk", "terminal", "reader", "central")


@dataclass(frozen=True, kw_only=True)
class StackPlan:
    """What to run and where. A port of 0 takes a free one; `sockets` must be short (AF_UNIX: 107 bytes)."""

    state: Path
    sockets: Path
    terminal_token_file: Path
    poi_id: str = "OFFICINE-00000001"
    central_port: int = 0
    nexo_port: int = 0
    kiosk_width: int = 800
    kiosk_height: int = 480
    language: str = "fr"
    is_windowed: bool = False
    reader_options: Mapping[str, object] = field(default_factory=dict)
    """Settings of the reader daemon beside its sockets, such as its driver."""
    terminal_options: Mapping[str, object] = field(default_factory=dict)
    """Settings of the terminal agent beside its own."""
    messages_folder: Path | None = None
    """Where e-mails and SMS become files; None: no way out is set up."""
    public_url: str | None = ""
    """Where members reach their pages, as central writes it into links; empty: nobody is sent a link; None:
    at central's own address, good for a browser on this machine."""
    server: str | None = None
    """The PostgreSQL address of central's database, where it is not the file `database`."""

    @property
    def database(self) -> Path:
        """Central's database file."""
        return self.state / "central.db"

    @property
    def database_address(self) -> str:
        """Central's database as its settings name it."""
        return self.server or f"sqlite:///{self.database}"

    @property
    def secrets_file(self) -> Path:
        """Central's keys."""
        return self.state / "central.keys"

    @property
    def reader_control_socket(self) -> Path:
        """The hand of the simulated reader."""
        return self.sockets / "control.sock"

    @property
    def reader_socket(self) -> Path:
        """Where the reader daemon serves."""
        return self.sockets / "reader.sock"

    @property
    def agent_socket(self) -> Path:
        """Where the terminal agent serves the kiosk."""
        return self.sockets / "agent.sock"

    @property
    def live_screen_socket(self) -> Path:
        """Where the kiosk shows its screen."""
        return self.sockets / "screen.sock"


class Stack:
    """Central, reader daemon, terminal agent and kiosk as processes, with a cable that can be cut between."""

    def __init__(self, plan: StackPlan) -> None:
        self.plan = plan
        self.central_port = plan.central_port or free_port()
        self.nexo_port = plan.nexo_port or free_port()
        self.cable = Cable(HOST, self.central_port)
        self.programs: dict[str, Program] = {}
        self.central_host = HOST
        self.ready_within_s: float = READY_WITHIN_S
        self.launchers: dict[str, tuple[str, ...]] = {}
        """By program, what starts it elsewhere than here."""

    @property
    def central_url(self) -> str:
        """Central without the cable."""
        return f"http://{self.central_host}:{self.central_port}"

    @property
    def central_url_of_terminal(self) -> str:
        """Where the terminal finds central: through the cable."""
        return f"http://{HOST}:{self.cable.port}"

    @property
    def nexo_url(self) -> str:
        """Where the till finds the terminal (it adds /nexo)."""
        return f"https://{HOST}:{self.nexo_port}"

    async def start(
        self,
        names: Sequence[str] = PROGRAMS,
        on_progress: Callable[[str, int, int | None], None] | None = None,
        *,
        is_mended: bool = True,
    ) -> None:
        """Start the named programs in order, each ready before the next; the cable is mended first, or stays.

        Raises: ProgramFailed: the text has the end of the program's log.
        """
        logs = self.plan.state / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        if is_mended:
            await self.cable.mend()
        config = self._write_settings()
        environ = {key: value for key, value in os.environ.items() if not key.startswith("OFFICINE_")}
        readiness = {
            "central": self.is_central_ready,
            "reader": self._is_reader_ready,
            "terminal": self.is_terminal_ready,
            "kiosk": lambda: _is_listening(self.plan.live_screen_socket),
        }
        for done, name in enumerate(names):
            if on_progress is not None:
                on_progress("Programs", done, len(names))
            arguments = ("--config", str(config), name, "run")
            launcher = self.launchers.get(name, ())
            program = Program(name, arguments, logs / f"{name}.log", environ, launcher)
            self.programs[name] = program
            await program.start()
            await program.wait_ready(readiness[name], self.ready_within_s)
        if on_progress is not None:
            on_progress("Programs", len(names), len(names))

    async def any_ended(self) -> Program:
        """Wait until any program ends by itself."""
        waits = {asyncio.ensure_future(program.ended()): program for program in self.programs.values()}
        try:
            done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            return waits[done.pop()]
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    async def stop(self) -> None:
        """Stop all programs, the screen first and central last, so that nothing is lost on the way."""
        for name in STOP_ORDER:
            if name in self.programs:
                await self.programs[name].stop()
        await self.cable.cut()

    async def kill(self, name: str) -> None:
        """Kill one program as a crash would."""
        await self.programs[name].stop(signal.SIGKILL)

    def _write_settings(self) -> Path:
        """Write the settings file of all four programs."""
        plan = self.plan
        tables: dict[str, dict[str, object]] = {
            "central": {
                "database": plan.database_address,
                "secrets_file": str(plan.secrets_file),
                "host": self.central_host,
                "port": self.central_port,
                "public_url": self.central_url if plan.public_url is None else plan.public_url,
            },
            "messages": {"folder": str(plan.messages_folder)} if plan.messages_folder else {},
            "reader": {
                "socket": str(plan.reader_socket),
                "control_socket": str(plan.reader_control_socket),
                **plan.reader_options,
            },
            "terminal": {
                "central_url": self.central_url_of_terminal,
                "state_dir": str(plan.state / "terminal"),
                "socket": str(plan.agent_socket),
                "reader_socket": str(plan.reader_socket),
                "token_file": str(plan.terminal_token_file),
                "poi_id": plan.poi_id,
                "nexo_host": HOST,
                "nexo_port": self.nexo_port,
                "plain_nexo": True,
                **plan.terminal_options,
            },
            "kiosk": {
                "agent_socket": str(plan.agent_socket),
                "reader_socket": str(plan.reader_socket),
                "live_screen_socket": str(plan.live_screen_socket),
                "size": [plan.kiosk_width, plan.kiosk_height],
                "is_windowed": plan.is_windowed,
                "language": plan.language,
                "live_screen_touch": True,
            },
        }
        lines = ["# Written by the demo at every start; your own settings go into officine.toml."]
        for name, table in tables.items():
            lines += ["", f"[{name}]"] + [f"{key} = {_toml(value)}" for key, value in table.items()]
        path = plan.state / "officine.toml"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    async def is_central_ready(self) -> bool:
        """Whether central answers that it can work."""
        return await _answers(f"{self.central_url}/readyz")

    async def _is_reader_ready(self) -> bool:
        is_simulated = "simulated" in str(self.plan.reader_options.get("driver", "simulated"))
        plan = self.plan
        return await _is_listening(plan.reader_control_socket if is_simulated else plan.reader_socket)

    async def is_terminal_ready(self) -> bool:
        """Whether the agent serves; before pairing it serves the kiosk alone."""
        is_paired = await asyncio.to_thread(self.plan.terminal_token_file.is_file)
        is_served = await _is_listening(self.plan.agent_socket)
        return is_served and (not is_paired or await _is_tls_open(self.nexo_port))


@contextlib.contextmanager
def short_directory() -> Iterator[Path]:
    """A private directory with a short path for AF_UNIX sockets, removed at the end."""
    path = Path(tempfile.mkdtemp(prefix="officine-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


async def _answers(url: str) -> bool:
    timeout = aiohttp.ClientTimeout(total=2)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url) as response:
            return response.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False


async def _is_listening(path: Path) -> bool:
    try:
        _, writer = await asyncio.open_unix_connection(path)
    except OSError:
        return False
    writer.close()
    return True


async def _is_tls_open(port: int) -> bool:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        _, writer = await asyncio.open_connection(HOST, port, ssl=context)
    except OSError:
        return False
    writer.close()
    return True


def free_port() -> int:
    """A port of this machine that is free now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _toml(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
