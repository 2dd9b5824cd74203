"""What an unpaired terminal tells about itself, and that its code can be read."""

import dataclasses
from pathlib import Path

from terminal.identity import Identity, console_page, has_token, pairing_code, serial_number
from terminal.settings import TerminalSettings
from tests.integration.officine.cli import run_json

AN_IDENTITY = Identity(
    serial="10000000ABCDEF01",
    addresses=("192.0.2.17",),
    version="0.1.0",
    poi_id="OFFICINE-00000001",
    central_url="https://central.example",
    is_paired=False,
)


def settings(directory: Path, **changed: object) -> TerminalSettings:
    values: dict[str, object] = {
        "central_url": "https://central.example",
        "state_dir": directory,
        "socket": directory / "t.sock",
        "reader_socket": directory / "r.sock",
        "token_file": directory / "terminal.token",
    }
    return TerminalSettings(**(values | changed))  # type: ignore[arg-type]


def test_the_code_holds_what_the_page_says() -> None:
    page = console_page(AN_IDENTITY, "K7QM3XWD")
    code = "OFFICINE-PAIRING 1 K7QM3XWD 10000000ABCDEF01 OFFICINE-00000001 0.1.0 192.0.2.17"
    assert pairing_code(AN_IDENTITY, "K7QM3XWD") == code
    assert " - 1000" in pairing_code(AN_IDENTITY, "")
    for shown in (
        AN_IDENTITY.serial,
        "192.0.2.17",
        "0.1.0",
        "OFFICINE-00000001",
        "K7QM-3XWD",
        "terminal pair",
    ):
        assert shown in page


def test_the_page_fits_a_small_screen() -> None:
    lines = console_page(AN_IDENTITY, "K7QM3XWD").splitlines()
    assert len(lines) <= 36, "a small window of an SSH client"
    assert max(len(line) for line in lines if "\x1b" not in line) <= 100


def test_without_network_the_page_says_what_to_look_at() -> None:
    assert "check the cable" in console_page(dataclasses.replace(AN_IDENTITY, addresses=()))


def test_the_boards_serial_comes_first(tmp_path: Path) -> None:
    board, machine = tmp_path / "serial-number", tmp_path / "machine-id"
    board.write_bytes(b"10000000abcdef01\0")
    machine.write_text("0123456789abcdef0123456789abcdef\n")
    assert serial_number((board,), machine) == "10000000abcdef01"


def test_without_a_serial_the_machine_id_gives_one_that_stays_and_tells_nothing(tmp_path: Path) -> None:
    zeros, machine = tmp_path / "serial-number", tmp_path / "machine-id"
    zeros.write_bytes(b"0000000000000000\0")
    machine.write_text("0123456789abcdef0123456789abcdef\n")
    first = serial_number((zeros, tmp_path / "absent"), machine)
    assert first == serial_number((), machine)
    assert len(first) == 12
    assert first.lower() not in machine.read_text()


def test_a_terminal_is_paired_when_its_token_is_there(tmp_path: Path) -> None:
    unpaired = settings(tmp_path)
    assert not has_token(unpaired)
    (tmp_path / "terminal.token").write_text("")
    assert not has_token(unpaired)
    (tmp_path / "terminal.token").write_text("secret\n")
    assert has_token(unpaired)
    assert has_token(settings(tmp_path, token="secret", token_file=None))


def test_the_command_tells_machines_as_well(tmp_path: Path) -> None:
    config = tmp_path / "officine.toml"
    config.write_text(
        f'[terminal]\ncentral_url = "https://central.example"\nstate_dir = "{tmp_path}"\n'
        f'socket = "{tmp_path}/t.sock"\nreader_socket = "{tmp_path}/r.sock"\n'
    )
    told = run_json("--config", str(config), "terminal", "identity")
    assert told["is_paired"] is False
    assert told["serial"]
    assert told["poi_id"] == "OFFICINE-00000001"
