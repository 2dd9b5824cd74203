"""A kiosk with real sockets around it: an agent and a reader that the test speaks for, and a viewer."""

import asyncio
import contextlib
import json
import os
import time
import zlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
os.environ.setdefault("SDL_AUDIODRIVER", "dummy")
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

import msgspec

from kiosk.scenes.demo import an_agent_state
from kiosk.settings import KioskSettings
from tests.helpers import eventually
from wire.live_screen import FRAME_HEAD, FrameHead
from wire.messages import (
    AgentState,
    CardPresented,
    CardRemoved,
    Evidence,
    FrameShown,
    FromKiosk,
    Hello,
    Medium,
    ReaderState,
)
from wire.peer import Peer, Server, serve

DEADLINE_S = 20


@dataclass
class World:
    """Both programs the kiosk talks to, in the test's hand."""

    directory: Path
    agent: Server | None = None
    reader: Server | None = None
    agent_state: AgentState = field(default_factory=an_agent_state)
    reader_state: ReaderState = field(
        default_factory=lambda: ReaderState(state="ready", reader="simulated", since_ms=0)
    )
    received: list[Any] = field(default_factory=list)
    on_message: Callable[[Peer, Any], None] | None = None

    @property
    def shown(self) -> list[FrameShown]:
        return [one for one in self.received if isinstance(one, FrameShown)]

    async def start_agent(self) -> None:
        async def on_message(peer: Peer, message: Any) -> None:
            self.received.append(message)
            if self.on_message:
                self.on_message(peer, message)

        self.agent = await serve(
            self.directory / "agent.sock",
            Hello(program="terminal", version="0"),
            FromKiosk,
            lambda peer: void(peer.send(self.agent_state)),
            on_message,
        )

    async def start_reader(self) -> None:
        async def on_message(peer: Peer, message: Any) -> None:
            self.received.append(message)

        self.reader = await serve(
            self.directory / "reader.sock",
            Hello(program="reader", version="0"),
            Hello,
            lambda peer: void(peer.send(self.reader_state)),
            on_message,
        )

    def say(self, **changes: Any) -> AgentState:
        """The agent changes its state and tells it."""
        revision = self.agent_state.revision + 1
        self.agent_state = msgspec.structs.replace(self.agent_state, revision=revision, **changes)
        assert self.agent is not None
        self.agent.broadcast(self.agent_state)
        return self.agent_state

    def tap(
        self, tap_id: str = "tap-1", medium: Medium = "nfc_uid", *, age_s: int = 0, clock_off_s: int = 0
    ) -> CardPresented:
        """The reader says that a card came `age_s` ago, on a wall clock then off by `clock_off_s`."""
        now_ms = time.time_ns() // 1_000_000 + (clock_off_s - age_s) * 1000
        card = CardPresented(
            tap_id=tap_id,
            evidence=Evidence(medium=medium, value="04A2"),
            at_ms=now_ms,
            at_monotonic_ns=time.monotonic_ns() - age_s * 1_000_000_000,
            expires_ms=now_ms + 5_000,
        )
        assert self.reader is not None
        self.reader.broadcast(card)
        return card

    def remove(self, tap_id: str = "tap-1") -> None:
        assert self.reader is not None
        self.reader.broadcast(CardRemoved(tap_id=tap_id, at_ms=time.time_ns() // 1_000_000))


def void(_value: object) -> None:
    return None


@dataclass
class Viewer:
    """A watcher of the live screen."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def frame(self) -> tuple[FrameHead, bytes]:
        async with asyncio.timeout(DEADLINE_S):
            head_length, picture_length = FRAME_HEAD.unpack(await self.reader.readexactly(FRAME_HEAD.size))
            head = msgspec.json.decode(await self.reader.readexactly(head_length), type=FrameHead)
            return head, await self.reader.readexactly(picture_length)

    async def frame_of(self, screen: str) -> tuple[FrameHead, bytes]:
        async with asyncio.timeout(DEADLINE_S):
            while True:
                head, picture = await self.frame()
                if head.screen == screen:
                    return head, picture

    def touch(self, x: int, y: int, phase: str = "up", *, is_hand: bool = False) -> None:
        line = json.dumps({"kind": "touch", "x": x, "y": y, "phase": phase, "is_hand": is_hand}) + "\n"
        self.writer.write(line.encode())

    def press(self, key: str) -> None:
        """A key of the keypad."""
        self.writer.write((json.dumps({"kind": "touch", "x": 0, "y": 0, "key": key}) + "\n").encode())


@contextlib.asynccontextmanager
async def watching(path: Path) -> AsyncIterator[Viewer]:
    """A viewer, from the moment the kiosk's live screen is there."""

    async def connect() -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        try:
            return await asyncio.open_unix_connection(path, limit=8 * 1024 * 1024)
        except (FileNotFoundError, ConnectionRefusedError):  # not there yet, or bound and not yet listening
            return None

    connected = await eventually(connect, DEADLINE_S)
    assert connected is not None
    reader, writer = connected
    try:
        yield Viewer(reader, writer)
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


def rows_of(picture: bytes) -> tuple[int, int, bytes]:
    """Width, height and raw rows of a PNG of ours (one IDAT)."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    at, width, height, packed = 8, 0, 0, b""
    while at < len(picture):
        length = int.from_bytes(picture[at : at + 4], "big")
        kind, body = picture[at + 4 : at + 8], picture[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            width, height = int.from_bytes(body[:4], "big"), int.from_bytes(body[4:8], "big")
        elif kind == b"IDAT":
            packed += body
        at += 12 + length
    return width, height, zlib.decompress(packed)


def settings_of(world: World, **changes: Any) -> KioskSettings:
    return KioskSettings(
        agent_socket=world.directory / "agent.sock",
        reader_socket=world.directory / "reader.sock",
        live_screen_socket=world.directory / "screen.sock",
        **changes,
    )
