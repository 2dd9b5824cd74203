"""A terminal on a simulated machine: the agent's real parts, put together as the agent does, without sockets.

What is left out: the kiosk's and the reader's socket, TLS, and the till's HTTP server around the dispatcher.
"""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from loyalty.errors import LoyaltyError
from loyalty.limits.tills import TICKET_AHEAD_S, TICKET_CAPTURE_S
from terminal.card_proofs import CardProofs
from terminal.card_talk import CardTalk
from terminal.central_http import API
from terminal.central_link import CentralLink
from terminal.central_value import CentralValue
from terminal.clock import TrustedTime
from terminal.database import Database
from terminal.desk import CardDesk
from terminal.leases.keeper import LeaseKeeper
from terminal.nobodys_tickets import NobodysTickets
from terminal.offline.data import OfflineData
from terminal.open_tickets import OpenTickets
from terminal.outbox import Outbox
from terminal.pin_wishes import PinWishes
from terminal.printer.compose import Paper
from terminal.printer.desk import PrintDesk
from terminal.sender import Outcome, Sender
from terminal.settings import TerminalSettings
from terminal.till.nexo.context import Till
from terminal.till.nexo.dispatch import Dispatcher
from terminal.till.nexo.value.booking import capture_forever
from terminal.till.prompts import Prompts
from terminal.till_store import TillStore
from terminal.totals import Totals
from tools.faults.model_disk import Image
from tools.simulation.central import Central
from tools.simulation.disk import End
from tools.simulation.heard import Heard
from tools.simulation.machine import Machine, Surroundings
from tools.simulation.network import Answer, Network, Request
from wire.nexo.json_codec import NotNexo

DATABASE: Final = "terminal.db"


class NetworkToCentral:
    """`CentralHttp` over the simulated network."""

    def __init__(self, network: Network, terminal: str, central: Central, token: str, heard: Heard) -> None:
        self._network = network
        self._terminal = terminal
        self._central = central
        self._heard = heard
        self._headers = {"Authorization": f"Bearer {token}"}

    async def open(self) -> None:
        """See `CentralHttp`."""

    async def close(self) -> None:
        """See `CentralHttp`."""

    async def exchange(
        self, method: str, path: str, data: bytes | None, headers: dict[str, str], timeout_s: float
    ) -> tuple[int, bytes]:
        """See `CentralHttp`."""
        request = Request(method, API + path, self._headers | headers, data or b"")
        since = self._heard.sends(path, data)
        answer = await self._network.exchange(
            self._terminal, self._central, self._central.serve, request, timeout_s=timeout_s
        )
        self._heard.hears(path, data, answer.status, answer.body, since)
        return answer.status, answer.body


class Terminal(Machine):
    """`after_write` hears of everything its store did."""

    def __init__(
        self,
        name: str,
        around: Surroundings,
        contents: Image,
        *,
        network: Network,
        central: Central,
        token: str,
        heard: Heard,
    ) -> None:
        super().__init__(name, around, contents)
        self._way = NetworkToCentral(network, name, central, token, heard)
        self._settings = TerminalSettings(
            central_url="http://central.example",
            state_dir=Path("/"),
            socket=Path(),
            reader_socket=Path(),
            poi_id=name,
        )
        self._stack = contextlib.AsyncExitStack()
        self._dispatcher: Dispatcher | None = None
        self.link: CentralLink | None = None
        self.sender: Sender | None = None
        self.after_write: Callable[[], None] = lambda: None

    async def boot(self) -> None:
        """Start the agent; run on this machine."""
        directory = self.insert_disk()
        epoch = self.epoch
        self._stack = stack = contextlib.AsyncExitStack()
        database = await stack.enter_async_context(Database(directory / DATABASE))
        outbox, store = Outbox(database), TillStore(database)

        def link_changed() -> None:
            if link.state == "up":
                desk.on_link_up()

        def entry_changed(outcome: Outcome | None) -> None:
            if outcome is not None:
                desk.settled(outcome)

        link = CentralLink("", "", clock=self.clock, on_change=link_changed, http=self._way)
        desk = CardDesk(link, clock=self.clock, on_change=lambda: None)
        sender = Sender(outbox, link, clock=self.clock, on_change=entry_changed)
        await sender.recount()
        stack.push_async_callback(desk.close)
        await stack.enter_async_context(link)
        offline = OfflineData(database, link, token="", clock=self.clock, on_change=lambda: None)
        trusted = TrustedTime(store)
        talk = CardTalk(lambda _: False)
        till = Till(
            settings=self._settings,
            desk=desk,
            sender=sender,
            outbox=outbox,
            store=store,
            link=link,
            clock=self.clock,
            group=lambda: link.group,
            value=CentralValue(link),
            tickets=OpenTickets(database),
            nobodys=NobodysTickets(database),
            totals=Totals(database),
            prompts=Prompts(lambda: None),
            pin_wishes=PinWishes(lambda: None),
            # Never fetched here: tickets are only noted while central is away.
            offline=offline,
            # Never run here: no lease is asked for, and no points pay while central is away.
            leases=LeaseKeeper(database, link, offline, clock=self.clock, trusted=trusted),
            time=trusted,
            # None there: nothing is printed.
            print_desk=PrintDesk("", Paper(), database, clock=self.clock, on_change=lambda: None),
            talk=talk,
            proofs=CardProofs(talk, desk, link, on_change=lambda: None),
        )
        dispatcher = Dispatcher(till)
        stack.push_async_callback(dispatcher.close)
        works = (sender.run(), desk.expire_forever(), dispatcher.forget_forever(), capture_forever(till))
        for work in works:
            stack.push_async_callback(_ended, asyncio.create_task(work))
        await dispatcher.resume()
        assert self.epoch == epoch, "a machine that went down cancels its boot"
        self.link, self.sender, self._dispatcher = link, sender, dispatcher
        self.around.trace.note("up", self.name)
        self.after_write()

    def capture_due_ms(self) -> int | None:
        """When the first ticket that value was taken for is booked without an award; None: there is none."""
        now_ms = self.around.now_ms()
        if self._dispatcher is None:
            return now_ms  # booting: looked at again
        query = "SELECT reserved_ms FROM till_ticket WHERE state = 'open' AND is_paying"
        held = self.connections[0].execute(query)
        return min((capture_ms(reserved_ms, now_ms=now_ms) for (reserved_ms,) in held), default=None)

    def after_blocking(self) -> None:
        """See `Machine`."""
        if self._dispatcher is not None:
            self.after_write()

    def go_down(self, end: End) -> None:
        """See `Machine`."""
        self._dispatcher = self.link = self.sender = None
        super().go_down(end)

    async def stop(self) -> None:
        """End the agent as SIGTERM does; run on this machine."""
        self._dispatcher = None
        await self._stack.aclose()
        self.link = self.sender = None

    async def serve(self, request: Request) -> Answer:
        """What the till's server answers; run on this machine (see `terminal.till.nexo.server`)."""
        if self._dispatcher is None:
            raise ConnectionRefusedError
        try:
            return Answer(200, await self._dispatcher.answer(request.body))
        except NotNexo as error:
            return Answer(400, _errors(error))
        except LoyaltyError as error:
            return Answer(503, _errors(error))


def _errors(error: LoyaltyError) -> bytes:
    return msgspec.json.encode({"errors": [str(error)]})


async def _ended(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def capture_ms(reserved_ms: int, *, now_ms: int) -> int:
    """When a ticket is booked without an award: at once where a clock far ahead said when it was held."""
    is_of_wrong_clock = reserved_ms > now_ms + TICKET_AHEAD_S * 1000
    return now_ms if is_of_wrong_clock else reserved_ms + TICKET_CAPTURE_S * 1000 + 1
