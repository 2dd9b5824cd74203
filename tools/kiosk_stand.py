"""A test stand: the kiosk as a process of its own, with the agent, the reader and a viewer in the hand."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

from kiosk.scenes.demo import an_agent_state
from tools.demo.programs import Program
from tools.demo.stack import short_directory
from tools.screen_viewer import ScreenViewer
from wire.messages import (
    AgentState,
    Answer,
    CardPresented,
    CardRemoved,
    Evidence,
    FromKiosk,
    Hello,
    Medium,
    ReaderState,
)
from wire.peer import Peer, Server, serve

READY: Final = ReaderState(state="ready", reader="simulated", since_ms=0)
TAP_LIFETIME_MS: Final = 5_000

Hear = Callable[[Any], None]


@dataclass(kw_only=True)
class KioskStand:
    """A running kiosk. `hear` is told what it sends to the agent."""

    directory: Path
    program: Program
    size: tuple[int, int]
    hear: Hear = lambda _message: None
    state: AgentState = field(default_factory=an_agent_state)
    reader_state: ReaderState = READY
    started_ns: int = 0
    """When the process was started, CLOCK_MONOTONIC."""
    agent: Server | None = None
    reader: Server | None = None
    viewer: ScreenViewer | None = None

    @property
    def screen(self) -> ScreenViewer:
        """The viewer of the live screen."""
        assert self.viewer is not None, "nobody watches yet"
        return self.viewer

    @property
    def pid(self) -> int:
        """The kiosk's process."""
        assert self.program.process is not None
        return self.program.process.pid

    @property
    def is_alive(self) -> bool:
        """Whether the kiosk still runs."""
        return self.program.process is not None and self.program.process.returncode is None

    @property
    def log(self) -> str:
        """Everything that the kiosk logged."""
        return (self.directory / "kiosk.log").read_text(encoding="utf-8", errors="replace")

    # The agent ----------------------------------------------------------------------------------------------

    async def start_agent(self) -> None:
        """Serve as the agent does: the whole state to whoever comes."""

        async def on_message(_peer: Peer, message: Any) -> None:
            self.hear(message)

        hello = Hello(program="terminal", version="0")
        greet = lambda peer: _void(peer.send(self.state))  # noqa: E731
        self.agent = await serve(self.directory / "agent.sock", hello, FromKiosk, greet, on_message)

    async def stop_agent(self) -> None:
        """Go away as an agent that died."""
        if self.agent is not None:
            agent, self.agent = self.agent, None
            await agent.close()

    def say(self, state: AgentState) -> AgentState:
        """Tell a state, as the next revision."""
        self.state = msgspec.structs.replace(state, revision=self.state.revision + 1)
        if self.agent is not None:
            self.agent.broadcast(self.state)
        return self.state

    def answer(self, answer: Answer) -> None:
        """Answer a question."""
        if self.agent is not None:
            self.agent.broadcast(answer)

    # The reader ---------------------------------------------------------------------------------------------

    async def start_reader(self) -> None:
        """Serve as the reader daemon does."""

        async def on_message(_peer: Peer, _message: Any) -> None:
            return None

        hello = Hello(program="reader", version="0")
        greet = lambda peer: _void(peer.send(self.reader_state))  # noqa: E731
        self.reader = await serve(self.directory / "reader.sock", hello, Hello, greet, on_message)

    async def stop_reader(self) -> None:
        """Go away as a reader daemon that died."""
        if self.reader is not None:
            reader, self.reader = self.reader, None
            await reader.close()

    def tell_reader(self, state: ReaderState) -> None:
        """The reader's health changes."""
        self.reader_state = state
        if self.reader is not None:
            self.reader.broadcast(state)

    def tap(self, tap_id: str, medium: Medium = "nfc_uid") -> int:
        """A card is put there; returns when (CLOCK_MONOTONIC, ns)."""
        now_ms, now_ns = time.time_ns() // 1_000_000, time.monotonic_ns()
        card = CardPresented(
            tap_id=tap_id,
            evidence=Evidence(medium=medium, value="04A2"),
            at_ms=now_ms,
            at_monotonic_ns=now_ns,
            expires_ms=now_ms + TAP_LIFETIME_MS,
        )
        if self.reader is not None:
            self.reader.broadcast(card)
        return now_ns

    def remove(self, tap_id: str) -> None:
        """The card is taken."""
        if self.reader is not None:
            self.reader.broadcast(CardRemoved(tap_id=tap_id, at_ms=time.time_ns() // 1_000_000))

    # The kiosk ----------------------------------------------------------------------------------------------

    async def start_kiosk(self) -> None:
        """Start the process; `watch` sees its screen."""
        self.started_ns = time.monotonic_ns()
        await self.program.start()

    async def watch(self, within_s: float = 60) -> ScreenViewer:
        """Follow the live screen, from the moment that it is there."""
        path = self.directory / "screen.sock"

        async def is_there() -> bool:
            try:
                self.viewer = await ScreenViewer.open(path)
            except OSError:
                return False
            return True

        await self.program.wait_ready(is_there, within_s)
        return self.screen

    async def stop(self) -> None:
        """End everything."""
        if self.viewer is not None:
            await self.viewer.__aexit__()
        await self.program.stop()
        await self.stop_agent()
        await self.stop_reader()


@asynccontextmanager
async def a_kiosk_stand(
    *, size: tuple[int, int] = (800, 480), state: AgentState | None = None, is_started: bool = True
) -> AsyncIterator[KioskStand]:
    """A stand whose kiosk shows its first screen; with `is_started` False nothing is started yet."""
    with short_directory() as directory:
        config = directory / "officine.toml"
        await asyncio.to_thread(config.write_text, _settings(directory, size), encoding="utf-8")
        arguments = ("--config", str(config), "kiosk", "run")
        environ = {"PATH": "/usr/bin:/bin", "HOME": str(Path.home()), "SDL_VIDEODRIVER": "dummy"}
        program = Program("kiosk", arguments, directory / "kiosk.log", environ)
        stand = KioskStand(directory=directory, program=program, size=size, state=state or an_agent_state())
        try:
            if is_started:
                await stand.start_agent()
                await stand.start_reader()
                await stand.start_kiosk()
                viewer = await stand.watch()
                await viewer.wait_for(lambda head: head.screen != "starting", deadline_s=60)
            yield stand
        finally:
            await stand.stop()


def _settings(directory: Path, size: tuple[int, int]) -> str:
    table = {
        "agent_socket": str(directory / "agent.sock"),
        "reader_socket": str(directory / "reader.sock"),
        "live_screen_socket": str(directory / "screen.sock"),
        "size": list(size),
        "is_windowed": False,
        "live_screen_touch": True,
    }
    return "\n".join(["[kiosk]", *(f"{key} = {json.dumps(value)}" for key, value in table.items())]) + "\n"


def _void(_value: object) -> None:
    return None
