"""kill -9 of the agent between till and printer: no ticket is lost, torn apart, or earned twice."""

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from reader_daemon import control
from reader_daemon.settings import ReaderSettings
from terminal.printer.simulated import SimulatedPrinter
from tests.agent_process import an_agent_process
from tests.central_fixture import MEMBER, SUN_CREAM, UID, CentralUnderTest, a_central
from tests.helpers import eventually
from tests.integration.terminal.test_printer_in_the_middle import added, print_it, text
from tests.terminal_fixture import _run_reader
from tools.till.tickets import Paper, Sold, printed
from wire.messages import Evidence

AGENT = """
import asyncio, sys
from pathlib import Path
from terminal.run import run
from terminal.settings import TerminalSettings
from terminal.till_settings import TicketPrinter

state, sockets, url, token, printer = Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:]
settings = TerminalSettings(
    central_url=url, token=token, state_dir=state, nexo_port=0, plain_nexo=True,
    socket=sockets / "terminal.sock", reader_socket=sockets / "reader.sock",
    ticket_printers={"TILL-1": TicketPrinter(printer=printer, port=0)},
)
def ready(agent):
    print("port", agent.others.captures["TILL-1"].port, flush=True)
asyncio.run(run(settings, on_ready=ready))
"""
PLACES = 5
"""Kills spread over the ticket's bytes, the last after all of them, while the cut waits for central."""


def a_ticket(number: int) -> bytes:
    zone = ZoneInfo("Europe/Zurich")
    moment = datetime.now(UTC).astimezone(zone).replace(tzinfo=None, second=0)
    creams = Sold(code=SUN_CREAM, label="Crème solaire", amount_minor=3980, quantity=2, tax="1")
    return printed("pharmacie-ch", Paper(number=str(number), moment=moment, lines=[creams]))


async def test_killed_between_any_bytes_a_ticket_prints_whole_afterwards_and_earns_once(
    tmp_path: Path, socket_dir: Path
) -> None:
    async with AsyncExitStack() as stack:
        central = await stack.enter_async_context(a_central(tmp_path))
        printer = await stack.enter_async_context(SimulatedPrinter())
        reader = ReaderSettings(socket=socket_dir / "reader.sock", control_socket=socket_dir / "control.sock")
        await _run_reader(stack, reader)
        for place in range(PLACES):
            ticket = a_ticket(1000 + place)
            printer.printed.clear()
            async with an_agent(central, tmp_path / "state", socket_dir, printer) as (process, port):
                await control.tap(reader.control_socket, Evidence(medium="nfc_uid", value=UID))
                await _print_and_kill(process, port, ticket[: len(ticket) * (place + 1) // PLACES])
            _require_a_beginning(bytes(printer.printed), ticket)

            printer.printed.clear()
            async with an_agent(central, tmp_path / "state", socket_dir, printer) as (_, port):
                await control.tap(reader.control_socket, Evidence(medium="nfc_uid", value=UID))
                again = functools.partial(_prints_with_points, printer, port, ticket)
                await eventually(again, deadline_s=30)

        assert await central.points_of(MEMBER) == 39 * PLACES
        reply = await central.get(f"members/{MEMBER}/tickets", token="office")
        assert len(reply.body["tickets"]) == PLACES


async def _print_and_kill(process: asyncio.subprocess.Process, port: int, part: bytes) -> None:
    """The till hears that its printer broke off: it does not take the ticket for printed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(part)
    await writer.drain()
    process.kill()
    await process.wait()
    with contextlib.suppress(ConnectionError):
        assert await reader.read() == b""
    writer.close()


def _require_a_beginning(paper: bytes, ticket: bytes) -> None:
    """What is on the paper is the ticket's beginning, and perhaps the member's rows, before the cut."""
    same = next((at for at, pair in enumerate(zip(paper, ticket, strict=False)) if pair[0] != pair[1]), None)
    if same is None:
        assert ticket.startswith(paper)
    else:
        assert ticket[same:].startswith((b"\x1bd\x06", b"\x1dV")), "rows stand before the cut alone"


async def _prints_with_points(printer: SimulatedPrinter, port: int, ticket: bytes) -> bool:
    """The clerk prints it again until the member's rows stand on it: each time it is whole."""
    printer.printed.clear()
    await print_it(port, ticket)
    return "39 points" in text(added(printer, ticket))


@asynccontextmanager
async def an_agent(
    central: CentralUnderTest, state: Path, sockets: Path, printer: SimulatedPrinter
) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    """The agent running, and the port that the till prints to."""
    async with an_agent_process(
        AGENT,
        str(state),
        str(sockets),
        central.base_url,
        central.tokens["terminal"],
        printer.address,
    ) as (process, port):
        yield process, port
