"""A day in a shop: its taps and tickets one after the other, the hours between them, and what goes wrong."""

import asyncio
import signal
import threading
from collections import Counter
from pathlib import Path
from socket import AF_UNIX

import msgspec

from reader_daemon import control
from terminal.clock import iso, wall_clock
from tests.helpers import eventually
from tools.cards.kinds import ContactlessCard
from tools.cards.pcscd import Pcscd
from tools.cards.vpcd import VirtualReaderSlot
from tools.demo.desk.facts import Facts
from tools.demo.run import MADE_FILE
from tools.demo.stack import Stack
from tools.faults.leaping_clock import LeapingClock
from tools.till import Item, SimulatedTill
from wire.messages import AgentState, FromAgent, Session
from wire.nexo.base import SaleData, TransactionIdentification

CHIP_EVERY = 40
TICKET_EVERY = 20
NS_PER_MS = 1_000_000


class ToKiosk:
    """What the terminal tells its kiosk: the newest session."""

    def __init__(self) -> None:
        self.session: Session | None = None

    async def on_message(self, message: FromAgent) -> None:
        if isinstance(message, AgentState):
            self.session = message.session

    @property
    def has_session(self) -> bool:
        return self.session is not None

    @property
    def is_unreached(self) -> bool:
        """Central could not be asked about the card; it is asked again when the link is back."""
        return self.session is not None and self.session.refusal == "central_unreachable"

    def has_answered(self, tap_id: str | None = None) -> bool:
        session = self.session
        return session is not None and session.state != "asking" and tap_id in (None, session.tap_id)


class ServiceManager(asyncio.DatagramProtocol):
    """systemd's end of NOTIFY_SOCKET: counts what feeds the watchdogs."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        self._transport: asyncio.BaseTransport | None = None
        self.pings = 0

    @classmethod
    async def at(cls, socket: Path) -> "ServiceManager":
        manager = cls(socket)
        await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: manager, local_addr=str(socket), family=AF_UNIX
        )
        return manager

    def environ(self, watchdog_s: int) -> dict[str, str]:
        return {"NOTIFY_SOCKET": str(self._socket), "WATCHDOG_USEC": str(watchdog_s * 1_000_000)}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: object) -> None:
        self.pings += data.count(b"WATCHDOG=1")

    def close(self) -> None:
        assert self._transport is not None
        self._transport.close()


class Shop:
    """Cards that are tapped, tickets that are paid, clocks that leap, faults."""

    def __init__(
        self, stack: Stack, pcscd: Pcscd, slot: VirtualReaderSlot, till: SimulatedTill, clock: LeapingClock
    ) -> None:
        facts = msgspec.json.decode((stack.plan.state / MADE_FILE).read_bytes(), type=Facts)
        self.to_kiosk = ToKiosk()
        self._stack = stack
        self._hand = stack.plan.reader_control_socket
        self._pcscd = pcscd
        self._slot = slot
        self._till = till
        self._clock = clock
        self._cards = [card for card in facts.cards if card.evidence.medium == "nfc_uid"]
        self._members = [card for card in self._cards if card.kind == "ms_card"]
        code = facts.quick[0]
        self._item = Item(
            line_no=1, code=code, quantity=1, amount_minor=facts.articles[code].price_minor or 0
        )
        self._is_cut = False
        self.answers: Counter[str] = Counter()
        self.tickets: Counter[str] = Counter()
        self.asked_again = 0
        self.chips = self.torn = self.kills = self.cuts = self.unplugged = 0

    @property
    def now_ms(self) -> int:
        """The shop's clock."""
        return wall_clock() + self._clock.ahead_ns // NS_PER_MS

    async def visit(self, number: int, pause_s: float) -> None:
        """So much time passes; then a card comes, is answered, perhaps pays, and goes.

        Members pay; between them come the desk's other cards, which are refused: blocked, unknown ...
        """
        self._clock.leap(pause_s)
        pays = number % TICKET_EVERY == 0
        cards = self._members if pays else self._cards
        card = cards[number // (TICKET_EVERY if pays else 1) % len(cards)]
        is_chip = number % CHIP_EVERY == 0
        tap_id = None
        assert not self.to_kiosk.has_session
        if is_chip:
            self._slot.insert(ContactlessCard(bytes.fromhex(card.evidence.value)))
            self.chips += 1
        else:
            done = await control.tap(self._hand, card.evidence)
            assert not done.error, done.error
            tap_id = done.tap_id
        await eventually(lambda: self.to_kiosk.has_answered(tap_id), deadline_s=30)
        if self.to_kiosk.is_unreached and not self._is_cut:
            self.asked_again += 1
            await eventually(
                lambda: self.to_kiosk.has_answered(tap_id) and not self.to_kiosk.is_unreached, deadline_s=30
            )
        assert self.to_kiosk.session is not None
        state = "offline" if self._is_cut else self.to_kiosk.session.state
        self.answers[f"{'member' if card in self._members else 'other'}_{state}"] += 1
        if pays:
            await self._pay(number)
        if is_chip:
            self._slot.pull()
        else:
            await control.remove(self._hand)
        await eventually(lambda: not self.to_kiosk.has_session, deadline_s=30)

    async def _pay(self, number: int) -> None:
        paid = TransactionIdentification(transaction_id=f"day-{number}", time_stamp=iso(self.now_ms))
        answer = await self._till.award([self._item], ticket=SaleData(sale_transaction_id=paid))
        self.tickets[str(answer.response.result)] += 1

    async def suffer(self, number: int) -> None:
        """The faults of this visit's time, each over before the next tap but for central's network."""
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
            self._is_cut = True
            self.cuts += 1
        if number % 1_000 == 410:
            await self._stack.cable.mend()
            self._is_cut = False


def terminal_database(stack: Stack) -> Path:
    """The terminal's own store."""
    return stack.plan.state / "terminal" / "terminal.db"
