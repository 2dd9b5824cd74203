"""Twenty-four shop hours of taps, with faults: reader and terminal hold no more at the end (C-03, C-32).

A day of a busy shop is 10,000 taps here, one after the other without the hours between them. Each 40th is a
chip card on a real pcscd (its virtual reader takes 0.4 s to see one), the others come from the simulated
reader; each waits for the terminal's answer. Faults: cards torn away, the reader unplugged, pcscd killed,
central's network cut.
"""

import asyncio
import os
import signal
import statistics
import threading
from pathlib import Path

import msgspec
import pytest

from loyalty.limits import READER_PROOF_MAX_S
from reader_daemon import control
from tests.drill.conftest import Drill
from tests.helpers import eventually
from tests.integration.reader_daemon.running import Daemon, Held, held_by, listening
from tests.pcscd import own_pcscd
from tools.cards.kinds import ContactlessCard
from tools.cards.pcscd import Pcscd
from tools.cards.vpcd import VirtualReaderSlot
from tools.demo.desk.server import DeskCard, Facts
from tools.demo.run import MADE_FILE, make_group
from tools.demo.stack import Stack, StackPlan, short_directory
from wire.messages import AgentState, FromAgent, Hello, Session
from wire.peer import connect_forever

TAPS = 10_000
WARM_UP_TAPS = 1_000
SAMPLE_EVERY = 250
CHIP_EVERY = 40
GROWTH_MAX = 0.05

pytestmark = [pytest.mark.drill, pytest.mark.timeout(3_600)]


class Terminal:
    """What the terminal tells its kiosk: the newest session."""

    def __init__(self) -> None:
        self.session: Session | None = None

    async def on_message(self, message: FromAgent) -> None:
        if isinstance(message, AgentState):
            self.session = message.session

    def has_answered(self, tap_id: str | None = None) -> bool:
        session = self.session
        return session is not None and session.state != "asking" and tap_id in (None, session.tap_id)


class Shop:
    """Cards that are tapped one after the other, and what goes wrong meanwhile."""

    def __init__(self, stack: Stack, pcscd: Pcscd, slot: VirtualReaderSlot, cards: list[DeskCard]) -> None:
        self.terminal = Terminal()
        self._stack = stack
        self._hand = stack.plan.reader_control_socket
        self._pcscd = pcscd
        self._slot = slot
        self._cards = cards
        self.chips = self.torn = self.kills = self.cuts = self.unplugged = 0

    async def tap(self, number: int) -> None:
        card = self._cards[number % len(self._cards)]
        if number % CHIP_EVERY == 0:
            await self._chip(card)
            return
        done = await control.tap(self._hand, card.evidence)
        assert not done.error, done.error
        await eventually(lambda: self.terminal.has_answered(done.tap_id), deadline_s=30)
        await control.remove(self._hand)
        await eventually(lambda: self.terminal.session is None, deadline_s=30)

    async def _chip(self, card: DeskCard) -> None:
        assert self.terminal.session is None
        self._slot.insert(ContactlessCard(bytes.fromhex(card.evidence.value)))
        await eventually(
            lambda: self.terminal.session is not None and self.terminal.session.state != "asking",
            deadline_s=30,
        )
        self._slot.pull()
        await eventually(lambda: self.terminal.session is None, deadline_s=30)
        self.chips += 1

    async def suffer(self, number: int) -> None:
        """The faults of this tap's time, each over before the next tap but for central's network."""
        if number % 500 == 100:
            torn = threading.Event()

            def tear(_: bytes) -> None:
                self._slot.pull()
                torn.set()

            self._slot.insert(ContactlessCard(bytes(7)), tear)
            await eventually(torn.is_set)
            self.torn += 1
        if number % 500 == 200:
            await control.plug(self._hand, plugged=False)
            await control.plug(self._hand, plugged=True)
            self.unplugged += 1
        if number % 500 == 300:
            self._pcscd.stop(signal.SIGKILL)
            await asyncio.to_thread(self._pcscd.start)
            self.kills += 1
        if number % 1_000 == 400:
            await self._stack.cable.cut()
            self.cuts += 1
        if number % 1_000 == 410:
            await self._stack.cable.mend()


def growth(samples: list[Held]) -> float:
    """By how much the last quarter's resident memory is above the first quarter's."""
    resident = [sample.resident_kib for sample in samples]
    quarter = len(resident) // 4
    return statistics.median(resident[-quarter:]) / statistics.median(resident[:quarter]) - 1


async def test_a_day_of_taps_with_faults_leaves_memory_threads_and_files_flat(
    tmp_path: Path, drill: Drill
) -> None:
    token_file = tmp_path / "terminal.token"
    with (
        own_pcscd(tmp_path / "pcscd.log") as pcscd,
        short_directory() as sockets,
        VirtualReaderSlot() as slot,
    ):
        await make_group(tmp_path, token_file, lambda *_: None)
        facts = msgspec.json.decode((tmp_path / MADE_FILE).read_bytes(), type=Facts)
        options = {"driver": ["simulated", "pcsc"]}
        stack = Stack(
            StackPlan(state=tmp_path, sockets=sockets, terminal_token_file=token_file, reader_options=options)
        )
        cards = [card for card in facts.cards if card.evidence.medium == "nfc_uid"]
        shop = Shop(stack, pcscd, slot, cards)
        samples: dict[str, list[Held]] = {"reader": [], "terminal": []}
        try:
            await stack.start(("central", "reader", "terminal"))
            hello = Hello(program="kiosk", version="0")
            on_message = shop.terminal.on_message
            async with connect_forever(
                stack.plan.agent_socket, hello, FromAgent, on_message, lambda is_up: None
            ):
                for number in range(WARM_UP_TAPS + TAPS):
                    await shop.suffer(number)
                    await shop.tap(number)
                    if number >= WARM_UP_TAPS and number % SAMPLE_EVERY == 0:
                        for name, held in samples.items():
                            process = stack.programs[name].process
                            assert process is not None
                            held.append(await asyncio.to_thread(held_by, process.pid))
        finally:
            await stack.stop()
    drill.tell(
        taps=TAPS,
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
    for name, held in samples.items():
        assert growth(held) <= GROWTH_MAX, (name, [sample.resident_kib for sample in held])
        assert held[-1].threads == held[0].threads, name
        assert abs(held[-1].files - held[0].files) <= 2, name


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
