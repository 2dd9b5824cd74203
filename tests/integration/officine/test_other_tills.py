"""Tills that speak nothing, from the command line: layouts checked and tried, Caisse-AP, a printed ticket."""

import asyncio
import json
from datetime import datetime
from pathlib import Path

import pytest

from officine.main import main
from terminal.printer.simulated import SimulatedPrinter
from terminal.till.escpos.layout import BUILT_IN
from tests.integration.central.stored import trust
from tests.integration.terminal.test_caisse_ap import SETTINGS
from tests.integration.terminal.test_terminal_value import load
from tests.terminal_fixture import a_terminal
from tools.till.tickets import Paper, Sold, printed

FRENCH = BUILT_IN / "pharmacie-fr.toml"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """A command in this process: its exit code and what it said."""
    try:
        main(list(arguments))
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    lines = [Sold(code="3400935955838", label="Sirop", amount_minor=725, tax="A")]
    moment = datetime(2026, 11, 26, 9, 30)  # noqa: DTZ001  (as a till prints it)
    file = tmp_path / "ticket.bin"
    file.write_bytes(printed("pharmacie-fr", Paper(number="815", moment=moment, lines=lines)))
    return file


def test_the_layouts_of_the_program_are_listed_and_good(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "layouts", "list", "--json")
    names = [each["name"] for each in json.loads(out)]
    assert (code, names) == (0, ["apotheke-ch", "pharmacie-ch", "pharmacie-fr"])
    code, out, _ = run(capsys, "layouts", "check", str(FRENCH))
    assert code == 0
    assert "pharmacie-fr: good" in out


def test_a_wrong_layout_is_told_with_what_is_wrong(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        FRENCH.read_text(encoding="utf-8").replace("pharmacie-fr", "mine").replace("{amount}", "{sum}")
    )
    code, _, err = run(capsys, "layouts", "check", str(file))
    assert code != 0
    assert "names {sum}, which is no field" in " ".join(err.split())


def test_a_capture_is_read_and_one_that_is_not_shows_its_rows(
    capsys: pytest.CaptureFixture[str], capture: Path
) -> None:
    code, out, _ = run(capsys, "layouts", "try", str(FRENCH), "--capture", str(capture), "--json")
    read = json.loads(out)
    assert (code, read["number"], read["total_minor"]) == (0, "815", 725)
    assert read["lines"][0]["tax_rate_bp"] == 210

    capture.write_bytes(capture.read_bytes().replace(b"Ticket", b"Tocket"))
    code, out, err = run(capsys, "layouts", "try", str(FRENCH), "--capture", str(capture))
    assert code != 0
    assert "PHARMACIE DE LA SEINE" in out
    assert "no number" in err


def test_a_ticket_is_written_as_a_till_prints_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "out.bin"
    code, _, _ = run(capsys, "till", "print", "pharmacie-ch", "7680475040157*2=15.90", "--out", str(file))
    assert code == 0
    assert b"TOTAL CHF" in file.read_bytes()


async def test_a_till_pays_by_caisse_ap_and_prints(
    tmp_path: Path, socket_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with SimulatedPrinter() as printer, a_terminal(tmp_path, socket_dir, **SETTINGS) as shop:
        await trust(shop.central)
        await shop.tap_known()
        await load(shop, 3000)
        assert shop.agent.others.caisse_ap is not None
        place = ["--port", str(shop.agent.others.caisse_ap.port)]

        paid = await asyncio.to_thread(run, capsys, "till", "caisse-ap", "debit", "12.50", *place, "--json")
        too_much = await asyncio.to_thread(run, capsys, "till", "caisse-ap", "debit", "99.00", *place)
        sent = await asyncio.to_thread(
            run, capsys, "till", "print", "pharmacie-ch", "7680475040157=9.90", "--port", str(printer.port)
        )

        assert (paid[0], json.loads(paid[1])["CF"]) == (0, "SOLDE CHF 17.50")
        assert too_much[0] == 1
        assert "SOLDE CHF 17.50" in too_much[1]
        assert sent[0] == 0
        assert b"TOTAL CHF" in bytes(printer.printed)
