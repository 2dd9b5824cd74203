"""The terminal's own printer as the agent has it: one job at a time, each at most once, and how it is.

What is printed is in memory alone, from being asked to being sent.
"""

import asyncio
import hashlib
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import apsw
import structlog

from loyalty.errors import LoyaltyError
from loyalty.limits.printing import (
    PRINT_DOCUMENT_LINES_MAX,
    PRINT_JOBS_FORGET_S,
    PRINT_JOBS_KEPT_S,
    PRINT_QUEUE_MAX,
    PRINTER_POLL_S,
)
from terminal.clock import Clock
from terminal.database import Database
from terminal.printer.base import (
    Ending,
    Printer,
    PrinterNotUnderstood,
    PrinterStatus,
    PrinterUnreachable,
    PrintLine,
)
from terminal.printer.compose import Paper, composed
from terminal.printer.escpos import EscposPrinter
from terminal.printer.jobs import PrintJobs
from wire.printing import PrinterCondition, PrinterState, PrintOutcome

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A document to print.

    `asked`: in the caller's words what is asked for; it tells another wish under the same id, and only a hash
    of it is kept. `is_wanted`: asked when its turn comes; a visit may be over by then.
    """

    job_id: str
    asked: str = field(repr=False)
    lines: Sequence[PrintLine] = field(repr=False)
    is_wanted: Callable[[], bool] = lambda: True

    def __post_init__(self) -> None:
        """A document that no printer ends is a mistake of who wrote it."""
        assert len(self.lines) <= PRINT_DOCUMENT_LINES_MAX, "the caller cuts what is too long"

    @property
    def fingerprint(self) -> bytes:
        """Tells another wish under the same id."""
        return hashlib.sha256(f"{self.job_id}\n{self.asked}".encode()).digest()


class PrintDesk:
    """`address` as in the settings; empty: there is no printer. `on_change` hears when its state changes."""

    def __init__(
        self,
        address: str,
        paper: Paper,
        database: Database,
        *,
        clock: Clock,
        on_change: Callable[[], None],
    ) -> None:
        self._printer: Printer | None = EscposPrinter(address) if address else None
        self.paper = paper
        self._jobs = PrintJobs(database)
        self._clock = clock
        self._on_change = on_change
        self.turn = asyncio.Lock()
        """Held while the printer is spoken to."""
        self._running: dict[str, asyncio.Task[PrintOutcome]] = {}
        self._waiting = 0
        self._condition: PrinterCondition = "offline"
        self._since_ms = clock()
        self._looked = asyncio.Event()

    @property
    def has_printer(self) -> bool:
        """Whether the settings name one."""
        return self._printer is not None

    def state(self) -> PrinterState | None:
        """What the kiosk may know of it; None: there is none."""
        if self._printer is None:
            return None
        return PrinterState(condition=self._condition, since_ms=self._since_ms, waiting=self._waiting)

    async def load(self) -> None:
        """Settle what a crash interrupted."""
        if uncertain := await self._jobs.settle_interrupted():
            log.warning("print_interrupted", uncertain=uncertain)

    async def run(self) -> None:
        """Look after it: how it is, now and then; and forget old jobs."""
        polls = itertools.cycle(range(PRINT_JOBS_FORGET_S // PRINTER_POLL_S))
        while True:
            if not self.turn.locked():
                async with self.turn:
                    if self._printer is not None:
                        await self._look(self._printer)
            if next(polls) == 0:
                await self._forget()
            await asyncio.sleep(PRINTER_POLL_S)

    async def wait_looked(self) -> None:
        """Return when it was asked how it is, once."""
        await self._looked.wait()

    async def print(self, job: Job) -> PrintOutcome:
        """Print a document once, whoever asks how often; the same id is answered as the first time.

        Goes on when the caller leaves: what is on paper is not taken back.
        Raises: CodeNotPrintable.
        """
        if self._printer is None:
            return "no_printer"
        running = self._running.get(job.job_id)
        if running is None:
            running = asyncio.create_task(self._print_once(self._printer, job), name=f"print-{job.job_id}")
            self._running[job.job_id] = running
            running.add_done_callback(lambda _: self._running.pop(job.job_id, None))
        return await asyncio.shield(running)

    async def close(self) -> None:
        """Wait for what is on its way to paper, then let go of the printer."""
        if self._running:
            await asyncio.wait(self._running.values())
        async with self.turn:
            printer, self._printer = self._printer, None
        if printer is not None:
            await asyncio.to_thread(printer.close)

    async def _forget(self) -> None:
        """Drop old jobs; what a full disk does not let go is dropped another time."""
        try:
            await self._jobs.forget(self._clock() - PRINT_JOBS_KEPT_S * 1000)
        except (apsw.Error, LoyaltyError) as error:
            log.warning("print_jobs_not_forgotten", reason=str(error))

    async def _print_once(self, printer: Printer, job: Job) -> PrintOutcome:
        data = await asyncio.to_thread(composed, job.lines, self.paper)
        try:
            known = await self._jobs.begin(job.job_id, job.fingerprint, now_ms=self._clock())
            if known is not None:
                return known.outcome if known.asked == job.fingerprint else "not_here"
            outcome = await self._in_turn(printer, job, data)
        except (apsw.Error, LoyaltyError) as error:  # the disk: without its word nothing is sent
            log.error("print_not_noted", reason=str(error))
            return "offline"
        try:
            await self._jobs.end(job.job_id, outcome)
        except (apsw.Error, LoyaltyError) as error:  # even so this id prints nothing more
            log.error("print_end_not_noted", job_id=job.job_id, reason=str(error))
        log.info("print_ended", job_id=job.job_id, outcome=outcome)
        return outcome

    async def _in_turn(self, printer: Printer, job: Job, data: bytes) -> PrintOutcome:
        if self._waiting >= PRINT_QUEUE_MAX:
            return "busy"
        self._count(1)
        try:
            async with self.turn:
                if not job.is_wanted():
                    return "not_now"
                await self._jobs.printing(job.job_id)
                return await self._send(printer, data)
        finally:
            self._count(-1)

    async def _send(self, printer: Printer, data: bytes) -> PrintOutcome:
        try:
            ending, status = await asyncio.to_thread(printer.print_bytes, data)
        except (PrinterUnreachable, PrinterNotUnderstood) as error:
            log.warning("printer_not_there", reason=str(error))
            self._note("offline")
            return "offline"
        if status is not None:
            self._note(condition_of(status))
        elif ending == "uncertain":
            self._note("offline")
        return outcome_of(ending, status)

    async def _look(self, printer: Printer) -> None:
        try:
            status = await asyncio.to_thread(printer.status)
        except (PrinterUnreachable, PrinterNotUnderstood) as error:
            if self._condition != "offline" or not self._looked.is_set():
                log.warning("printer_not_there", reason=str(error))
            self._note("offline")
        else:
            self._note(condition_of(status))
        self._looked.set()

    def _note(self, condition: PrinterCondition) -> None:
        if condition == self._condition:
            return
        log.info("printer", condition=condition, was=self._condition)
        self._condition, self._since_ms = condition, self._clock()
        self._on_change()

    def _count(self, more: int) -> None:
        self._waiting += more
        self._on_change()


def condition_of(status: PrinterStatus) -> PrinterCondition:
    """One word for a status, the gravest first: a printer with its cover open is offline as well."""
    if status.is_cover_open:
        return "cover_open"
    if status.paper == "out":
        return "paper_out"
    if status.has_error:
        return "error"
    if not status.is_online:
        return "offline"
    return "paper_low" if status.paper == "low" else "ready"


def outcome_of(ending: Ending, status: PrinterStatus | None) -> PrintOutcome:
    """What to tell of a document that ended so."""
    if ending in ("printed", "uncertain"):
        return "printed" if ending == "printed" else "uncertain"
    assert status is not None
    condition = condition_of(status)
    return condition if condition in ("cover_open", "paper_out") else "offline"
