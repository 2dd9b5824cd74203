"""The agent as a process of its own: killed in the middle of work, asked to stop."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from tests.agent_process import an_agent_process
from tests.central_fixture import CARD, MEMBER, CentralUnderTest, a_central
from tests.helpers import eventually
from tests.terminal_fixture import CREAM
from tools.till import SimulatedTill
from wire.nexo import json_codec

AGENT = """
import asyncio, sys
from pathlib import Path
from terminal.run import run
from terminal.settings import TerminalSettings

state, sockets, url, token = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4]
settings = TerminalSettings(
    central_url=url, token=token, state_dir=state, nexo_port=0, plain_nexo=True,
    socket=sockets / "terminal.sock", reader_socket=sockets / "reader.sock",
)
asyncio.run(run(settings, on_ready=lambda agent: print("port", agent.nexo_port, flush=True)))
"""
KILLS = 3
ACKED_BEFORE_A_KILL = 8


async def test_killed_in_the_middle_every_ticket_is_booked_once(tmp_path: Path, socket_dir: Path) -> None:
    requests: list[bytes] = []
    async with a_central(tmp_path) as central:
        for _ in range(KILLS):
            async with (
                an_agent(central, tmp_path / "state", socket_dir) as (process, port),
                SimulatedTill(f"https://127.0.0.1:{port}") as till,
            ):
                sending = asyncio.create_task(_sell_for_ever(till, requests))
                enough = len(requests) + ACKED_BEFORE_A_KILL
                await eventually(lambda enough=enough: len(requests) > enough)  # type: ignore[misc]
                process.kill()
                await process.wait()
                await asyncio.wait([sending])
        async with (
            an_agent(central, tmp_path / "state", socket_dir) as (_, port),
            SimulatedTill(f"https://127.0.0.1:{port}") as till,
        ):
            answers = [await till.post(request) for request in requests]

            async def is_drained() -> bool:
                answer = await till.diagnosis()
                return "outbox=0" in str(answer.response.additional_response)

            await eventually(is_drained)
        assert {status for status, _ in answers} == {200}
        assert await central.points_of(MEMBER) == 39 * len(requests)


async def test_a_stop_ends_the_agent_in_order(tmp_path: Path, socket_dir: Path) -> None:
    async with (
        a_central(tmp_path) as central,
        an_agent(central, tmp_path / "state", socket_dir) as (process, _),
    ):
        process.send_signal(signal.SIGTERM)

        assert await process.wait() == 0
        assert not await asyncio.to_thread((socket_dir / "terminal.sock").exists)


async def _sell_for_ever(till: SimulatedTill, requests: list[bytes]) -> None:
    """Noted before it is sent, as a till does: what got no answer is repeated later, unchanged."""
    with contextlib.suppress(aiohttp.ClientError):
        while True:
            requests.append(json_codec.encode(till.message(till.award_request([CREAM], card=CARD))))
            await till.post(requests[-1])


@asynccontextmanager
async def an_agent(
    central: CentralUnderTest, state: Path, sockets: Path
) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    """The agent running, and its port for tills."""
    async with an_agent_process(
        AGENT,
        str(state),
        str(sockets),
        central.base_url,
        central.tokens["terminal"],
    ) as (process, port):
        yield process, port
