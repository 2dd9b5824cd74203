"""A serial line (a real pty) to a printer, what a crash leaves behind, and the command that prints."""

import asyncio
import os
import threading
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from click.testing import CliRunner
from PIL import Image

from officine.main import cli
from terminal.clock import wall_clock
from terminal.database import Database
from terminal.printer.compose import Paper, composed
from terminal.printer.desk import Job, PrintDesk
from terminal.printer.escpos import EscposPrinter
from terminal.printer.examples import example
from terminal.printer.jobs import PrintJobs
from terminal.printer.simulated import Mechanism, SimulatedPrinter
from tests.helpers import eventually

PAPER = Paper(width_mm=58)
SLIP = example("balance", "fr", PAPER)


@pytest.fixture
def serial_printer() -> Iterator[tuple[str, Mechanism]]:
    """A printer at the other end of a serial line."""
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    mechanism = Mechanism()

    def serve() -> None:
        try:
            while data := os.read(ours, 4096):
                os.write(ours, mechanism.take(data))
        except OSError:
            return  # the line was closed

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield os.ttyname(theirs), mechanism
    os.close(theirs)
    thread.join(5)
    os.close(ours)


def test_a_serial_printer_prints_confirms_and_tells_how_it_is(serial_printer: tuple[str, Mechanism]) -> None:
    device, mechanism = serial_printer
    printer = EscposPrinter(f"serial://{device}?baud=115200")
    assert printer.status().may_print
    assert printer.print_bytes(composed(SLIP, PAPER))[0] == "printed"
    assert ("Votre solde" in mechanism.sheet.texts, mechanism.sheet.cuts) == (True, 1)

    mechanism.switches.dots_left = 100
    ending, status = printer.print_bytes(composed(SLIP, PAPER))
    assert (ending, status and status.paper) == ("stopped", "out")
    mechanism.new_roll()
    assert (mechanism.waiting, mechanism.sheet.cuts) == (0, 1)
    assert printer.status().may_print
    printer.close()


@pytest.mark.parametrize(("state", "outcome"), [("waiting", "not_now"), ("printing", "uncertain")])
async def test_what_a_crash_interrupted_is_never_printed_again(
    tmp_path: Path, state: str, outcome: str
) -> None:
    job = Job(job_id="slip.1", asked="balance", lines=SLIP)
    async with SimulatedPrinter() as printer, Database(tmp_path / "terminal.db") as database:
        jobs = PrintJobs(database)
        assert await jobs.begin(job.job_id, job.fingerprint, now_ms=wall_clock()) is None
        if state == "printing":
            await jobs.printing(job.job_id)

        desk = PrintDesk(printer.address, PAPER, database, clock=wall_clock, on_change=lambda: None)
        await desk.load()  # the next start
        assert await desk.print(job) == outcome
        assert not printer.printed
        other = Job(job_id="slip.2", asked="balance", lines=SLIP)
        assert await desk.print(other) == "printed"
        assert printer.sheet.cuts == 1
        await desk.close()


async def _refuse(database: Database, statement: str) -> None:
    """From now on the file takes no such statement on print jobs, as a full disk would not."""
    await database.write(
        lambda connection: connection.execute(
            f"CREATE TRIGGER full BEFORE {statement} BEGIN SELECT RAISE(ABORT, 'no room'); END"
        )
    )


async def test_what_is_on_paper_is_told_as_printed_where_the_disk_no_longer_takes_it(tmp_path: Path) -> None:
    job = Job(job_id="slip.1", asked="balance", lines=SLIP)
    async with SimulatedPrinter() as printer, Database(tmp_path / "terminal.db") as database:
        desk = PrintDesk(printer.address, PAPER, database, clock=wall_clock, on_change=lambda: None)
        await _refuse(database, "UPDATE ON print_job WHEN NEW.state = 'ended'")
        assert await desk.print(job) == "printed"
        assert await desk.print(job) == "uncertain", "the same id never prints again"
        assert printer.sheet.cuts == 1
        await desk.close()


async def test_where_the_disk_takes_nothing_before_printing_nothing_is_printed(tmp_path: Path) -> None:
    job = Job(job_id="slip.1", asked="balance", lines=SLIP)
    async with SimulatedPrinter() as printer, Database(tmp_path / "terminal.db") as database:
        desk = PrintDesk(printer.address, PAPER, database, clock=wall_clock, on_change=lambda: None)
        await _refuse(database, "UPDATE ON print_job WHEN NEW.state = 'printing'")
        assert await desk.print(job) == "offline"
        assert not printer.printed
        await desk.close()


async def test_the_printer_is_looked_after_where_old_jobs_cannot_be_forgotten(tmp_path: Path) -> None:
    async with SimulatedPrinter() as printer, Database(tmp_path / "terminal.db") as database:
        await PrintJobs(database).begin("old", b"", now_ms=0)
        await _refuse(database, "DELETE ON print_job")
        desk = PrintDesk(printer.address, PAPER, database, clock=wall_clock, on_change=lambda: None)
        with structlog.testing.capture_logs() as logs:
            caretaker = asyncio.create_task(desk.run())
            await eventually(lambda: any(each["event"] == "print_jobs_not_forgotten" for each in logs))
        assert not caretaker.done()
        caretaker.cancel()
        await desk.close()


def test_a_preview_needs_neither_printer_nor_agent(tmp_path: Path) -> None:
    path = tmp_path / "slip.png"
    arguments = ["terminal", "print", "--preview", str(path), "--what", "voucher", "--language", "zh"]
    done = CliRunner().invoke(cli, [*arguments, "--paper", "58"])
    assert done.exit_code == 0, done.output
    with Image.open(path) as picture:
        assert picture.width == PAPER.dots + 64
