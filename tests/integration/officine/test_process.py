"""The installed command as a process of its own: what stands on which stream, and how it ends."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest

from tests.helpers import eventually

OFFICINE = Path(sys.executable).with_name("officine")


def officine(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([OFFICINE, *arguments], capture_output=True, text=True, timeout=60, check=False)


def test_json_is_all_that_stands_on_standard_output(member: str) -> None:
    done = officine("check", "ledger", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["is_sound"] is True
    assert done.stderr == ""


def test_expected_trouble_ends_with_1_and_json_on_standard_error(member: str) -> None:
    done = officine("member", "show", "nobody", "--json")
    assert (done.returncode, done.stdout) == (1, "")
    assert json.loads(done.stderr)["code"] == "member_not_found"


def test_expected_trouble_is_a_sentence_for_a_person(member: str) -> None:
    done = officine("member", "show", "nobody")
    assert (done.returncode, done.stdout) == (1, "")
    assert "enrol the member first" in done.stderr
    assert "Traceback" not in done.stderr


def test_wrong_usage_ends_with_2(place: Path) -> None:
    for arguments in (["nonsense"], ["card", "block", "1", "--reason", "boredom"], ["import", "shops"]):
        done = officine(*arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert "Usage: officine" in done.stderr


def test_a_settings_file_that_is_not_there_is_named(place: Path) -> None:
    done = officine("--config", "nowhere.toml", "shop", "list", "--json")
    assert done.returncode == 1
    assert "nowhere.toml" in json.loads(done.stderr)["detail"]


async def test_central_runs_from_the_database_variable_alone_and_ends_on_sigterm(place: Path) -> None:
    environ = os.environ | {"OFFICINE_CENTRAL_PORT": "0"}
    with (place / "log").open("wb") as log:
        central = await asyncio.create_subprocess_exec(
            OFFICINE, "central", "run", env=environ, stdout=log, stderr=log
        )
    try:
        address = await eventually(lambda: find_address(place / "log", central), deadline_s=30)
        async with aiohttp.ClientSession() as session, session.get(f"{address}/readyz") as response:
            assert response.status == 200
    finally:
        central.send_signal(signal.SIGTERM)
        async with asyncio.timeout(30):
            status = await central.wait()
    assert status == 0
    events = [json.loads(line)["event"] for line in (place / "log").read_text(encoding="utf-8").splitlines()]
    assert events[-1] == "central_stopped"


def test_a_taken_port_is_said_and_how_to_go_on(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("OFFICINE_CENTRAL_PORT", str(port))
        done = officine("central", "run")
    assert done.returncode == 1
    assert f"127.0.0.1:{port} is taken" in done.stderr
    assert "Traceback" not in done.stderr


def find_address(log: Path, process: asyncio.subprocess.Process) -> str:
    text = log.read_text(encoding="utf-8")
    assert process.returncode is None, text
    entries = [json.loads(line) for line in text.splitlines()]
    return next((entry["address"] for entry in entries if entry["event"] == "central_ready"), "")
