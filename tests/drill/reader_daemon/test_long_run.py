"""Twenty-four shop hours of taps, with faults: reader and terminal hold no more at the end (C-03, C-32).

What is real: the programs, pcscd, the virtual reader, the sockets; 10,000 taps one after the other, each
waiting for the terminal's answer, each 40th a chip card on pcscd (its virtual reader takes 0.4 s to see
one), the others from the simulated reader; each 20th with a ticket of the till. Simulated is the time
between. The clocks of central, reader and terminal, wall and monotonic, leap 8.6 s before each tap, so that
24 hours pass by them; before that, 1,000 taps warm up over 48 hours, so that what terminals forget after so
long is forgotten during the day. What is due every 8.6 s or less often happens as often as in a day; what
is due more often (central is looked at every 2 s, the readers every 0.5 s) happens once per leap and as
often as in the run's own minutes. Faults: cards torn away, the reader unplugged, pcscd killed, central's
network cut.
"""

import asyncio
import os
import signal
import statistics
from pathlib import Path

import apsw
import pytest

from loyalty.limits.readers import READER_PROOF_MAX_S
from loyalty.limits.tills import TILL_FORGET_INTERVAL_S, TRANSPORT_KEY_LIFETIME_S
from tests.drill.conftest import Drill
from tests.drill.reader_daemon.day import ServiceManager, Shop, terminal_database
from tests.helpers import eventually
from tests.integration.reader_daemon.running import Daemon, Held, held_by, listening
from tests.pcscd import own_pcscd
from tools.cards.vpcd import VirtualReaderSlot
from tools.demo.run import TILL_ID, make_group
from tools.demo.stack import Stack, StackPlan, short_directory
from tools.faults.failing_fsync import NoCompiler
from tools.faults.leaping_clock import LeapingClock
from tools.till import SimulatedTill
from wire.messages import FromAgent, Hello
from wire.peer import connect_forever

TAPS = 10_000
HOURS = 24
WARM_UP_TAPS = 1_000
WARM_UP_HOURS = 48
SAMPLE_EVERY = 250
GROWTH_MAX = 0.05
WATCHDOG_S = 45
"""As the terminal's unit has it."""

pytestmark = [pytest.mark.drill, pytest.mark.timeout(3_600)]


def growth(samples: list[Held]) -> float:
    """By how much the last quarter's resident memory is above the first quarter's."""
    resident = [sample.resident_kib for sample in samples]
    quarter = len(resident) // 4
    return statistics.median(resident[-quarter:]) / statistics.median(resident[:quarter]) - 1


async def test_a_day_of_taps_with_faults_leaves_memory_threads_and_files_flat(
    tmp_path: Path, drill: Drill, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        clock = LeapingClock(tmp_path)
    except NoCompiler as error:
        pytest.skip(str(error))
    token_file = tmp_path / "terminal.token"
    with (
        own_pcscd(tmp_path / "pcscd.log") as pcscd,
        short_directory() as sockets,
        VirtualReaderSlot() as slot,
    ):
        await make_group(tmp_path, token_file, lambda *_: None)
        options = {"driver": ["simulated", "pcsc"]}
        stack = Stack(
            StackPlan(state=tmp_path, sockets=sockets, terminal_token_file=token_file, reader_options=options)
        )
        till = SimulatedTill(stack.nexo_url, sale_id=TILL_ID, poi_id=stack.plan.poi_id)
        shop = Shop(stack, pcscd, slot, till, clock)
        samples: dict[str, list[Held]] = {"reader": [], "terminal": []}
        manager = await ServiceManager.at(sockets / "notify")
        try:
            with monkeypatch.context() as patch:
                for name, value in (clock.environ | manager.environ(WATCHDOG_S)).items():
                    patch.setenv(name, value)
                await stack.start(("central", "reader", "terminal"))
            hello = Hello(program="kiosk", version="0")
            hears = shop.to_kiosk.on_message
            async with (
                till,
                connect_forever(stack.plan.agent_socket, hello, FromAgent, hears, lambda is_up: None),
            ):
                began_ms = shop.now_ms
                for number in range(WARM_UP_TAPS + TAPS):
                    await shop.suffer(number)
                    is_warming = number < WARM_UP_TAPS
                    hours, taps = (WARM_UP_HOURS, WARM_UP_TAPS) if is_warming else (HOURS, TAPS)
                    await shop.visit(number, hours * 3_600 / taps)
                    if not is_warming and number % SAMPLE_EVERY == 0:
                        for name, held in samples.items():
                            process = stack.programs[name].process
                            assert process is not None
                            held.append(await asyncio.to_thread(held_by, process.pid))
                hours_passed = (shop.now_ms - began_ms) // 3_600_000
        finally:
            await stack.stop()
            manager.close()
    kept, oldest_ms = _kept_answers(stack)
    drill.tell(
        taps=sum(shop.answers.values()),
        hours_by_their_clocks=hours_passed,
        answers=dict(shop.answers),
        asked_again=shop.asked_again,
        tickets=dict(shop.tickets),
        till_answers_kept=kept,
        watchdog_pings=manager.pings,
        chip_taps=shop.chips,
        torn=shop.torn,
        unplugged=shop.unplugged,
        pcscd_kills=shop.kills,
        cuts=shop.cuts,
        **{f"{name}_growth_percent": round(100 * growth(held), 2) for name, held in samples.items()},
        **{f"{name}_mib": round(held[-1].resident_kib / 1024, 1) for name, held in samples.items()},
        **{f"{name}_threads": (held[0].threads, held[-1].threads) for name, held in samples.items()},
        **{f"{name}_files": (held[0].files, held[-1].files) for name, held in samples.items()},
    )
    _judge(shop, samples, hours_passed, kept, oldest_ms)


def _judge(shop: Shop, samples: dict[str, list[Held]], hours_passed: int, kept: int, oldest_ms: int) -> None:
    for name, held in samples.items():
        assert growth(held) <= GROWTH_MAX, (name, [sample.resident_kib for sample in held])
        assert held[-1].threads == held[0].threads, name
        assert abs(held[-1].files - held[0].files) <= 2, name
    assert sum(shop.answers.values()) == WARM_UP_TAPS + TAPS
    assert shop.answers["member_refused"] == 0, "no tap of a member's card is lost while central is there"
    assert set(shop.tickets) == {"Success"}
    assert hours_passed >= HOURS + WARM_UP_HOURS
    # The hours did their work: the terminal forgot the tickets of the first day, each hour a look.
    lifetime_ms = (TRANSPORT_KEY_LIFETIME_S + TILL_FORGET_INTERVAL_S + 60) * 1_000
    assert 0 < kept < sum(shop.tickets.values())
    assert oldest_ms >= shop.now_ms - lifetime_ms - 600_000


def _kept_answers(stack: Stack) -> tuple[int, int]:
    """How many answers to tills the terminal still keeps, and when the oldest was given."""
    database = apsw.Connection(str(terminal_database(stack)), flags=apsw.SQLITE_OPEN_READONLY)
    count, oldest_ms = database.execute("SELECT count(*), min(at_ms) FROM till_answer").fetchone() or (0, 0)
    database.close()
    return int(str(count)), int(str(oldest_ms))


async def test_a_reader_that_hangs_starves_the_watchdog(
    tmp_path: Path, socket_dir: Path, monkeypatch: pytest.MonkeyPatch, drill: Drill
) -> None:
    manager = socket_dir / "notify"
    loop = asyncio.get_running_loop()
    pings: list[float] = []

    class Manager(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, addr: object) -> None:
            if b"WATCHDOG=1" in data:
                pings.append(loop.time())

    transport, _ = await loop.create_datagram_endpoint(Manager, local_addr=str(manager), family=1)
    monkeypatch.setenv("NOTIFY_SOCKET", str(manager))
    monkeypatch.setenv("WATCHDOG_USEC", "1500000")
    with own_pcscd(tmp_path / "pcscd.log") as pcscd:
        daemon = Daemon(socket_dir, driver=["pcsc"])
        async with daemon.running(), listening(daemon.socket):
            await eventually(lambda: len(pings) >= 3)
            os.kill(pcscd.pid, signal.SIGSTOP)
            stopped_s = loop.time()
            try:
                # Starved: no ping for two periods of the watchdog.
                await eventually(lambda: loop.time() - pings[-1] > 3, deadline_s=READER_PROOF_MAX_S + 20)
                assert pings[-1] - stopped_s <= READER_PROOF_MAX_S + 2
            finally:
                os.kill(pcscd.pid, signal.SIGCONT)
            fed = len(pings)
            await eventually(lambda: len(pings) > fed, deadline_s=20)
    transport.close()
    drill.tell(last_ping_after_s=round(pings[fed - 1] - stopped_s, 1))
