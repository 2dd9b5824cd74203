"""kill -9 of the agent in the middle of Caisse-AP payments: repeated by the till, each is taken once."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from reader_daemon import control
from reader_daemon.settings import ReaderSettings
from tests.agent_process import an_agent_process
from tests.central_fixture import MEMBER, UID, CentralUnderTest, a_central, by_uid
from tests.helpers import eventually
from tests.integration.central.stored import new_id, sound, trust
from tests.integration.terminal.test_caisse_ap import CHF, CaisseApTill
from tests.terminal_fixture import _run_reader
from wire.messages import Evidence

AGENT = """
import asyncio, sys
from pathlib import Path
from terminal.run import run
from terminal.settings import TerminalSettings

state, sockets, url, token = Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:]
settings = TerminalSettings(
    central_url=url, token=token, state_dir=state, nexo_port=0, plain_nexo=True,
    socket=sockets / "terminal.sock", reader_socket=sockets / "reader.sock",
    caisse_ap_tills={"127.0.0.1": "TILL-1"}, caisse_ap_port=0,
)
def ready(agent):
    print("port", agent.others.caisse_ap.port, flush=True)
asyncio.run(run(settings, on_ready=ready))
"""
KILLS = 3
AMOUNT = 100


async def test_killed_at_any_moment_each_payment_that_is_repeated_is_taken_once(
    tmp_path: Path, socket_dir: Path
) -> None:
    seed = random.randrange(1_000_000)
    chance = random.Random(seed)
    async with AsyncExitStack() as stack:
        central = await stack.enter_async_context(a_central(tmp_path))
        await trust(central)
        body = {"top_up_id": new_id(), "holder": by_uid(), "amount_minor": 5000}
        topped = await central.post("purses/top-ups", body)
        assert topped.status == 200, topped.body
        reader = ReaderSettings(socket=socket_dir / "reader.sock", control_socket=socket_dir / "control.sock")
        await _run_reader(stack, reader)
        for number in range(KILLS):
            async with an_agent(central, tmp_path / "state", socket_dir) as (process, till):
                await control.tap(reader.control_socket, Evidence(medium="nfc_uid", value=UID))
                paying = asyncio.create_task(till.debit(str(AMOUNT), CHF, CH=f"T{number}"))
                await asyncio.wait({paying}, timeout=chance.uniform(0.02, 0.6))
                process.kill()
                await process.wait()
                with contextlib.suppress(OSError, ValueError, KeyError):
                    await paying

            async with an_agent(central, tmp_path / "state", socket_dir) as (_, till):
                await control.tap(reader.control_socket, Evidence(medium="nfc_uid", value=UID))
                answer = await till.debit(str(AMOUNT), CHF, CH=f"T{number}")
                assert answer["AE"] == "10", (seed, answer)
                assert await till.debit(str(AMOUNT), CHF, CH=f"T{number}") == answer

        await eventually(lambda: held_is(central, KILLS * AMOUNT), deadline_s=30)
        assert await sound(central)


async def held_is(central: CentralUnderTest, minor: int) -> bool:
    """What tickets on their way keep of the purse; what a killed agent asked for and forgot is let go."""
    reply = await central.get(f"members/{MEMBER}/purse", token="office")
    assert reply.body["purse_minor"] == 5000
    return bool(reply.body["purse_held_minor"] == minor)


@asynccontextmanager
async def an_agent(
    central: CentralUnderTest, state: Path, sockets: Path
) -> AsyncIterator[tuple[asyncio.subprocess.Process, CaisseApTill]]:
    """The agent running, and a till."""
    async with an_agent_process(
        AGENT,
        str(state),
        str(sockets),
        central.base_url,
        central.tokens["terminal"],
    ) as (process, port):
        yield process, CaisseApTill(port)
