"""Tills that speak nothing, from the command line: layouts checked and tried, Caisse-AP, a printed ticket."""

import asyncio
import json
import sys
from datetime import datetime
from pathlib import Path

import pytest

from officine.doctor.base import Machine, Result
from officine.doctor.tills import OtherTills
from terminal.printer.simulated import SimulatedPrinter
from terminal.settings import TerminalSettings
from terminal.till.escpos.layout import BUILT_IN
from terminal.till_settings import TicketPrinter
from tests.integration.central.stored import trust
from tests.integration.officine.cli import run
from tests.integration.terminal.test_caisse_ap import SETTINGS
from tests.integration.terminal.test_terminal_value import load
from tests.terminal_fixture import a_terminal
from tools.till.tickets import Paper, Sold, printed

FRENCH = BUILT_IN / "pharmacie-fr.toml"


def told(*arguments: str) -> tuple[int, str, str]:
    """A command's exit status and what it said."""
    outcome = run(*arguments)
    return outcome.status, outcome.out, outcome.err


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    lines = [Sold(code="3400935955838", label="Sirop", amount_minor=725, tax="A")]
    moment = datetime(2026, 11, 26, 9, 30)  # noqa: DTZ001  (as a till prints it)
    file = tmp_path / "ticket.bin"
    file.write_bytes(printed("pharmacie-fr", Paper(number="815", moment=moment, lines=lines)))
    return file


def test_the_layouts_of_the_program_are_listed_and_good() -> None:
    code, out, _ = told("layouts", "list", "--json")
    names = [each["name"] for each in json.loads(out)]
    assert (code, names) == (0, ["apotheke-ch", "pharmacie-ch", "pharmacie-fr"])
    code, out, _ = told("layouts", "check", str(FRENCH))
    assert code == 0
    assert "pharmacie-fr: good" in out


def test_a_wrong_layout_is_told_with_what_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        FRENCH.read_text(encoding="utf-8").replace("pharmacie-fr", "mine").replace("{amount}", "{sum}")
    )
    code, _, err = told("layouts", "check", str(file))
    assert code != 0
    assert "names {sum}, which is no field" in " ".join(err.split())


def test_a_capture_is_read_and_one_that_is_not_shows_its_rows(capture: Path) -> None:
    code, out, _ = told("layouts", "try", str(FRENCH), "--capture", str(capture), "--json")
    read = json.loads(out)
    assert (code, read["number"], read["total_minor"]) == (0, "815", 725)
    assert read["lines"][0]["tax_rate_bp"] == 210

    capture.write_bytes(capture.read_bytes().replace(b"Ticket", b"Tocket"))
    code, out, err = told("layouts", "try", str(FRENCH), "--capture", str(capture))
    assert code != 0
    assert "PHARMACIE DE LA SEINE" in out
    assert "no number" in err


def test_a_ticket_is_written_as_a_till_prints_it(tmp_path: Path) -> None:
    file = tmp_path / "out.bin"
    code, _, _ = told("till", "print", "pharmacie-ch", "7680475040157*2=15.90", "--out", str(file))
    assert code == 0
    assert b"TOTAL CHF" in file.read_bytes()


async def process(*arguments: str) -> tuple[int, str]:
    """A command as a process of its own, beside the agent of this one."""
    command = [sys.executable, "-m", "officine.main", *arguments]
    running = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    out, _ = await running.communicate()
    assert running.returncode is not None
    return running.returncode, out.decode()


async def test_a_till_pays_by_caisse_ap_and_prints(
    tmp_path: Path,
    socket_dir: Path,
) -> None:
    async with SimulatedPrinter() as printer, a_terminal(tmp_path, socket_dir, **SETTINGS) as shop:
        await trust(shop.central)
        await shop.tap_known()
        await load(shop, 3000)
        assert shop.agent.others.caisse_ap is not None
        place = ["--port", str(shop.agent.others.caisse_ap.port)]
        to = ["--port", str(printer.port)]

        paid = await process("till", "caisse-ap", "debit", "12.50", *place, "--json")
        too_much = await process("till", "caisse-ap", "debit", "99.00", *place)
        sent = await process("till", "print", "pharmacie-ch", "7680475040157=9.90", *to)

        assert (paid[0], json.loads(paid[1])["CF"]) == (0, "SOLDE CHF 17.50")
        assert too_much[0] == 1
        assert "SOLDE CHF 17.50" in too_much[1]
        assert sent[0] == 0
        assert b"TOTAL CHF" in bytes(printer.printed)


async def doctored(socket_dir: Path, **changed: object) -> Result:
    place = socket_dir
    settings = TerminalSettings(
        central_url="https://central.example",
        state_dir=place,
        socket=place / "terminal.sock",
        reader_socket=place / "reader.sock",
        **changed,  # type: ignore[arg-type]
    )
    machine = Machine(config=None, programs={"terminal": settings})
    check = OtherTills()
    assert check.applies(machine)
    return await check.run(machine)


async def test_the_doctor_looks_at_printers_layouts_and_wedges(socket_dir: Path) -> None:
    async with SimulatedPrinter() as printer:
        there = {"TILL-1": TicketPrinter(printer=printer.address, layout="pharmacie-ch")}
        assert (await doctored(socket_dir, ticket_printers=there)).code == "ok"
        printer.switches.paper_out = True
        assert (await doctored(socket_dir, ticket_printers=there)).code == "paper_out"
    assert (await doctored(socket_dir, ticket_printers=there)).code == "not_reachable"
    unknown = {"TILL-1": TicketPrinter(printer="tcp://127.0.0.1:1", layout="mine")}
    assert (await doctored(socket_dir, ticket_printers=unknown)).code == "layout_unknown"
    missing = "serial:///dev/ttyOfficine0?baud=9600"
    assert (await doctored(socket_dir, wedge=missing)).code == "wedge_missing"
    own = socket_dir / "layouts"
    own.mkdir()
    (own / "mine.toml").write_text("name = 1")
    assert (await doctored(socket_dir, ticket_printers=unknown, layouts_dir=own)).code == "layout_wrong"
