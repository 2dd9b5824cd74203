"""One seed: two shops, a central, faults at any moment; then peace, in which all must come right."""

import asyncio
import contextlib
import random
from collections.abc import Callable, Coroutine, Iterator, MutableMapping
from typing import Any, Final, NoReturn

import aiohttp
import structlog

from loyalty.limits.tills import TICKET_CAPTURE_LOOK_S
from tools.simulation import catalogue as it
from tools.simulation.books import Books
from tools.simulation.central import Central
from tools.simulation.client import Client
from tools.simulation.disk import Disks, End
from tools.simulation.entropy import seeded
from tools.simulation.fold import need
from tools.simulation.furnish import Start
from tools.simulation.heard import Heard
from tools.simulation.kinds import check_entry
from tools.simulation.loop import OWNER, SimLoop, Stuck
from tools.simulation.machine import Machine, Surroundings
from tools.simulation.network import Network
from tools.simulation.outboxes import OutboxCheck
from tools.simulation.paying_till import PayingTill
from tools.simulation.promises import Promises
from tools.simulation.rights import Rights
from tools.simulation.rows import Rows
from tools.simulation.swarm import Swarm
from tools.simulation.terminal import Terminal
from tools.simulation.trace import Trace, Violation

PEACE_S: Final = 900.0
"""How long everything may take to come right once nothing fails any more."""
OVERDUE_MAX_S: Final = 4 * TICKET_CAPTURE_LOOK_S
"""So long at most a terminal leaves a ticket that value was taken for once its time is over."""
YEAR_MS: Final = 365 * it.DAY_MS


class World:
    """All machines and people of one seed."""

    def __init__(
        self, seed: int, start: Start, disks: Disks, tell: Callable[[str], None] | None = None
    ) -> None:
        self.rng = random.Random(f"officine/{seed}")
        self.loop = SimLoop(self.rng)
        self.trace = Trace(self.loop, tell)
        self.swarm = Swarm(self.rng)
        began_ms = it.BEGAN_MS + self.rng.randrange(30 * it.DAY_MS)
        self.around = Surroundings(self.loop, self.rng, disks, self.trace, began_ms)
        self.network = Network(self.around, trouble=self.swarm.trouble)
        self.asked = start.asked()
        self.books = Books(self.asked, check_entry)
        self.central = Central(self.around, start.central, start.secrets)
        self.central.after_commit = self._read_books
        self.promises = Promises(self.books, self.trace, self.around.now_ms)
        rights = Rights(self.books, self.asked, self.around.now_ms)
        self.terminals = [
            Terminal(
                name,
                self.around,
                start.terminal,
                network=self.network,
                central=self.central,
                token=start.tokens[name],
                heard=Heard(
                    shop_id,
                    asked=self.asked,
                    books=self.books,
                    promises=self.promises,
                    rights=rights,
                    now_ms=self.around.now_ms,
                ),
            )
            for name, shop_id in zip(("t-1", "t-2"), it.SHOPS, strict=True)
        ]
        self.tills = [
            PayingTill(terminal, shop_id, network=self.network, asked=self.asked, books=self.books)
            for terminal, shop_id in zip(self.terminals, it.SHOPS, strict=True)
        ]
        self.outboxes = [OutboxCheck(till) for till in self.tills]
        self.clients = [
            Client(
                name, network=self.network, central=self.central, tokens=start.tokens, promises=self.promises
            )
            for name in ("desk-1", "desk-2", "office")
        ]
        for desk in self.clients[:2]:
            desk.clock_ms = self.swarm.desk_clock_ms
        self.token_ids = start.token_ids
        self.is_peace = False
        self._known_changes = (-1, -1)
        self._failure: BaseException | None = None
        self._people: dict[asyncio.Task[Any], None] = {}

    @property
    def machines(self) -> list[Machine]:
        """What can go down."""
        return [self.central, *self.terminals]

    def run(self, live: Callable[["World"], Coroutine[Any, Any, None]]) -> None:
        """Live the seed's life, then make peace and check all. Raises: Violation, or what broke."""
        self.loop.set_exception_handler(self._broken)
        try:
            with seeded(self.rng, self.loop, self.around.began_ms), self._hearing_logs():
                main = self.loop.create_task(self._main(live))
                main.add_done_callback(self._ended)
                try:
                    self.loop.run_forever()
                except Stuck:
                    raise Violation("liveness", "somebody waits for ever") from None
                self._raise()
        finally:
            self._tear_down()

    def _ended(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self.fail(error)
        self.loop.stop()

    def fail(self, error: BaseException) -> None:
        """The first failure ends the seed."""
        if self._failure is None:
            self._failure = error
        self.loop.stop()

    def _raise(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _broken(self, _: Any, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, Violation):
            self.fail(error)
        elif "never retrieved" not in context["message"] and "was destroyed" not in context["message"]:
            self.fail(error or RuntimeError(context["message"]))

    def person(self, work: Coroutine[Any, Any, Any]) -> None:
        """Somebody acts, beside everybody else."""
        task = self.loop.create_task(work)
        self._people[task] = None

        def gone(done: "asyncio.Task[Any]") -> None:
            self._people.pop(done, None)
            if not done.cancelled() and (error := done.exception()) is not None:
                self.fail(error)

        task.add_done_callback(gone)

    # Life ---------------------------------------------------------------------------------------------------

    async def _main(self, live: Callable[["World"], Coroutine[Any, Any, None]]) -> None:
        keepers = [self.loop.create_task(self._keep_up(machine)) for machine in self.machines]
        for keeper in keepers:
            keeper.add_done_callback(self._keeper_ended)
        await self._all_up()
        await live(self)
        async with asyncio.timeout(PEACE_S):
            await self._make_peace()
        for keeper in keepers:
            keeper.cancel()
        self._check_all()

    def _keeper_ended(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self.fail(error)

    async def _keep_up(self, machine: Any) -> None:
        """Boot the machine whenever it is down."""
        while True:
            if machine.is_dead:
                await asyncio.sleep(self.rng.choice((0.05, 0.5, 3.0)) * self.rng.random())
                booting = machine.answers(machine.boot())
                if not self.is_peace and self.rng.random() < 0.08:
                    machine.fail_after(self.rng.randint(1, 25), self.rng.choice(tuple(End)))
                try:
                    await booting
                except (aiohttp.ServerDisconnectedError, asyncio.CancelledError):
                    if machine.is_on:
                        raise
            if machine.is_on:
                await machine.goes_down()
            await asyncio.sleep(0.01)

    async def _all_up(self) -> None:
        while self.central.services is None or any(each.link is None for each in self.terminals):  # noqa: ASYNC110
            await asyncio.sleep(0.05)

    async def _make_peace(self) -> None:
        """Nothing fails any more: machines run, clocks are right, everybody asks until they know."""
        self.is_peace = self.network.is_calm = True
        self.trace.note("peace")
        self.network.heal()
        for machine in self.machines:
            machine.skew_ms = 0
            machine.fail_after(10**9, End.POWER)
        await self._all_up()
        while self._people:
            await asyncio.wait(self._people)
        for op in self.promises.ops:
            if op.state == "open":
                await self.clients[0].drive(op, 12)
                need(op.state != "open", "liveness", op.kind, op.op_id, "is never answered")
        for till in self.tills:
            for report in till.reports:
                if report.state == "open":
                    await till.drive(report, 12)
                    need(report.state != "open", "liveness", "a till is never answered:", report.key)
        await self._captured()
        while any(each.sender is None or each.sender.depth for each in self.terminals):  # noqa: ASYNC110
            await asyncio.sleep(2)  # virtual time, but each look costs a turn of the loop
        upkeep = self.central.upkeep
        assert upkeep is not None
        await self.central.answers(upkeep.run_once())

    async def _captured(self) -> None:
        """Tickets that tills left alone are booked by their terminals when their time is over."""
        overdue_s = 0
        while dues := [due for each in self.terminals if (due := each.capture_due_ms()) is not None]:
            wait_ms = min(dues) - self.around.now_ms()
            overdue_s = 0 if wait_ms > 0 else overdue_s + 1
            need(overdue_s <= OVERDUE_MAX_S, "7 clock", "a ticket under way is never booked:", overdue_s)
            self.around.slept_ms += max(0, wait_ms)
            await asyncio.sleep(1)

    # Checks -------------------------------------------------------------------------------------------------

    def rows(self) -> Rows | None:
        """Central's tables, unless it is down."""
        return Rows(self.central.connections[0]) if self.central.services is not None else None

    def _read_books(self) -> None:
        rows = self.rows()
        assert rows is not None
        changes = (self.central.epoch, rows.changes())
        if changes == self._known_changes:
            return
        is_new_boot, self._known_changes = changes[0] != self._known_changes[0], changes
        if is_new_boot:
            self.books.is_unchanged_below(rows)
            self.books.read(rows, self.around.now_ms())
            self.promises.require_all()
        if self.books.read(rows, self.around.now_ms()):
            state = self.books.state
            self.trace.note("commit", state.seq, state.events, state.head.hex()[:12])

    def _check_all(self) -> None:
        self._read_books()
        self.promises.require_all()
        for check in self.outboxes:
            check.at_the_end(self.books.state)
        for till in self.tills:
            till.require_kept(self.books.state)
        rows = self.rows()
        assert rows is not None
        if self.rng.randrange(4) == 0:
            need(rows.all("PRAGMA integrity_check") == [("ok",)], "5 journal", "the file is damaged")
            need(rows.all("PRAGMA foreign_key_check") == [], "5 journal", "a reference leads nowhere")
        self.trace.note("end", self.books.state.seq, self.books.commits)

    @contextlib.contextmanager
    def _hearing_logs(self) -> Iterator[None]:
        """An error in the log of a machine that is well is a failure."""
        before = structlog.get_config()

        def hear(_: Any, method: str, event: MutableMapping[str, Any]) -> NoReturn:
            owner = OWNER.get()
            if method in ("error", "critical", "exception") and isinstance(owner, Machine) and owner.is_on:
                error = event.get("exc_info")
                cause = error if isinstance(error, BaseException) else None
                violation = Violation("no internal error", f"{owner.name}: {event}")
                violation.__cause__ = cause
                self.fail(violation)
            raise structlog.DropEvent

        structlog.configure(
            processors=[structlog.processors.ExceptionRenderer(), hear],
            wrapper_class=structlog.make_filtering_bound_logger(30),
            logger_factory=structlog.ReturnLoggerFactory(),
            cache_logger_on_first_use=False,
        )
        try:
            yield
        finally:
            structlog.configure(**before)

    def _tear_down(self) -> None:
        """Take everything apart without noise."""
        self.loop.set_exception_handler(lambda _loop, _context: None)
        for machine in self.machines:
            machine.go_down(End.KILL)
            machine.contents = {}
        for _ in range(60):
            left = asyncio.all_tasks(self.loop)  # looks through those of all worlds that no collector took
            if not left:
                break
            for task in left:
                task.cancel()
            self.loop.stop()
            self.loop.run_forever()
        self.loop.close()
