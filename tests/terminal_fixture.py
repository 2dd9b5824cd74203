"""A real shop for tests: central behind a cable that can be cut, reader daemon, agent, kiosk's end, till.

async with a_terminal(tmp_path, socket_dir) as shop:
    await shop.tap(UID)
    answer = await shop.till.award([Item(line_no=1, code=SUN_CREAM, quantity=2, amount_minor=3980)])
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from central.services.bundle import NO_OUTLETS
from central.services.members.messages import Outlets
from reader_daemon import control
from reader_daemon.service import run as run_reader
from reader_daemon.settings import ReaderSettings
from terminal.agent import Agent
from terminal.clock import Clock, wall_clock
from terminal.settings import TerminalSettings
from tests.central_fixture import SUN_CREAM, UID, CentralUnderTest, a_central
from tests.helpers import eventually
from tools.demo.network import Cable
from tools.till import Item, SimulatedTill
from wire.files import write_private
from wire.messages import (
    AgentState,
    Answer,
    CommandResult,
    Evidence,
    FromAgent,
    Hello,
    Medium,
    Message,
    Session,
)
from wire.peer import Link, connect_forever

CREAM = Item(line_no=1, code=SUN_CREAM, quantity=2, amount_minor=3980, label="Crème solaire")
"""Earns 39 points."""


@dataclass(slots=True)
class KioskEnd:
    """What a kiosk hears of the agent."""

    states: list[AgentState] = field(default_factory=list)
    results: list[CommandResult] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    """To questions of journeys."""
    link: Link | None = None

    async def on_message(self, message: FromAgent) -> None:
        match message:
            case AgentState():
                self.states.append(message)
            case CommandResult():
                self.results.append(message)
            case Hello():
                pass
            case _:
                self.answers.append(message)

    @property
    def state(self) -> AgentState:
        """The last state."""
        assert self.states, "the agent has not spoken yet"
        return self.states[-1]

    @property
    def session(self) -> Session:
        """The session shown."""
        assert self.state.session is not None, "no session is shown"
        return self.state.session

    def send(self, message: Message) -> None:
        assert self.link is not None
        assert self.link.send(message)


@dataclass(slots=True, kw_only=True)
class Shop:
    """One shop's terminal and its surroundings."""

    central: CentralUnderTest
    cable: Cable
    settings: TerminalSettings
    control_socket: Path
    clock: Clock
    kiosk: KioskEnd
    agent: Agent
    till: SimulatedTill
    stack: AsyncExitStack
    moved: list[int] = field(default_factory=lambda: [0])
    """By how much a test moves the terminal's clock, where it gave one that looks here."""

    async def tap(self, value: str = UID, medium: Medium = "nfc_uid", uid: str = "") -> str:
        """Put a card on the reader."""
        done = await control.tap(self.control_socket, Evidence(medium=medium, value=value), uid)
        assert not done.error, done.error
        return done.tap_id

    async def tap_known(self, value: str = UID) -> None:
        """Put a card on the reader and wait until the kiosk shows its member."""
        await self.tap(value)
        await eventually(lambda: self.kiosk.session.state == "open")

    async def remove(self) -> None:
        """Take the card off the reader."""
        done = await control.remove(self.control_socket)
        assert not done.error, done.error

    async def second_till(self, sale_id: str = "TILL-2") -> SimulatedTill:
        """Another till at the same terminal."""
        till = SimulatedTill(self.till.url.removesuffix("/nexo"), sale_id=sale_id)
        return await self.stack.enter_async_context(till)

    async def cut(self) -> None:
        """Cut the network and wait until the agent knows."""
        await self.cable.cut()
        await eventually(lambda: self.agent.link.state == "down")

    async def mend(self) -> None:
        """Restore the network and wait until the agent knows."""
        await self.cable.mend()
        await eventually(lambda: self.agent.link.state == "up")

    async def drained(self) -> None:
        """Wait until nothing waits in the outbox."""
        await eventually(lambda: self.agent.sender.depth == 0)

    async def sales_booked(self) -> int:
        """Tickets of the member at central, counted there."""
        reply = await self.central.get("members/m-anne/tickets", token="office")
        return len(reply.body["tickets"])


@asynccontextmanager
async def a_terminal(
    tmp_path: Path,
    socket_dir: Path,
    *,
    clock: Clock = wall_clock,
    is_cut: bool = False,
    reader: dict[str, Any] | None = None,
    outlets: Outlets = NO_OUTLETS,
    public_url: str = "",
    token_in: Path | None = None,
    central_clock: Clock = wall_clock,
    **changed: Any,
) -> AsyncIterator[Shop]:
    """Start a shop; `is_cut`: the terminal has never reached central.

    `reader`: other settings of the reader daemon. `outlets`, `public_url`: central's, for messages.
    `central_clock`: its time.
    `token_in`: the file the token lies in, as after a pairing; else it stands in the settings.
    `changed`: other terminal settings.
    """
    async with AsyncExitStack() as stack:
        central = await stack.enter_async_context(
            a_central(tmp_path, central_clock, outlets=outlets, public_url=public_url)
        )
        address = urlsplit(central.base_url)
        cable = Cable(str(address.hostname), int(address.port or 0))
        await cable.mend()
        stack.push_async_callback(cable.cut)
        control_socket = socket_dir / "control.sock"
        reader_socket = socket_dir / "reader.sock"
        read_by = ReaderSettings(socket=reader_socket, control_socket=control_socket, **(reader or {}))
        await _run_reader(stack, read_by)
        settings = TerminalSettings(
            central_url=f"http://127.0.0.1:{cable.port}",
            state_dir=tmp_path / "terminal",
            socket=socket_dir / "terminal.sock",
            reader_socket=reader_socket,
            token="" if token_in else central.tokens["terminal"],
            token_file=token_in,
            nexo_port=0,
            **({"plain_nexo": True} | changed),
        )
        if token_in:
            await asyncio.to_thread(write_private, token_in, central.tokens["terminal"].encode())
        if is_cut:
            await cable.cut()
        agent = await stack.enter_async_context(Agent(settings, clock=clock))
        kiosk = KioskEnd()
        kiosk.link = await stack.enter_async_context(a_kiosk(settings, kiosk))
        till = await stack.enter_async_context(SimulatedTill(f"https://127.0.0.1:{agent.nexo_port}"))
        shop = Shop(
            central=central,
            cable=cable,
            settings=settings,
            control_socket=control_socket,
            clock=clock,
            kiosk=kiosk,
            agent=agent,
            till=till,
            stack=stack,
        )
        await eventually(lambda: agent.link.state == ("down" if is_cut else "up"))
        await eventually(lambda: agent.desk.reader is not None and bool(kiosk.states))
        yield shop


def a_kiosk(settings: TerminalSettings, kiosk: KioskEnd) -> Link:
    """Connect a kiosk's end to the agent."""
    hello = Hello(program="kiosk", version="test")
    return connect_forever(settings.socket, hello, FromAgent, kiosk.on_message, lambda _: None)


async def _run_reader(stack: AsyncExitStack, settings: ReaderSettings) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(run_reader(settings, stop))

    async def end() -> None:
        stop.set()
        await running

    stack.push_async_callback(end)
    await eventually(lambda: settings.control_socket.exists() and settings.socket.exists())
