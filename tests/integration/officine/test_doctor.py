"""The doctor at machines where something is amiss, and for people who may not look everywhere."""

import asyncio
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import pytest

from officine.doctor.base import Machine, Result, Status
from officine.doctor.run import ask
from tests.helpers import eventually
from tests.integration.officine.cli import run, run_json
from tests.integration.officine.shop import OFFICINE
from tests.integration.officine.test_support_bundle import read
from tests.integration.reader_daemon.running import Daemon, listening
from tools.demo.stack import free_port

AS_NOBODY: tuple[str, ...] = (
    ("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups") if os.geteuid() == 0 else ()
)
NOT_THERE = Machine(config=None, programs={})


def settings_file(place: Path, reader: str = 'driver = "pcsc"', kiosk: str = "", terminal: str = "") -> Path:
    """A terminal of which nothing runs."""
    path = place / "officine.toml"
    path.write_text(
        f"""
[terminal]
central_url = "http://127.0.0.1:{free_port()}"
state_dir = "{place}/state/terminal"
socket = "{place}/agent.sock"
reader_socket = "{place}/reader.sock"
{terminal}

[reader]
socket = "{place}/reader.sock"
{reader}

[kiosk]
agent_socket = "{place}/agent.sock"
reader_socket = "{place}/reader.sock"
{kiosk}
""",
        encoding="utf-8",
    )
    return path


async def as_nobody(*arguments: str | Path) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        *AS_NOBODY, OFFICINE, *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


@pytest.fixture
def shut(socket_dir: Path) -> Path:
    """Settings that everybody may read, of a state that only root may enter."""
    socket_dir.chmod(0o755)
    path = settings_file(socket_dir)
    path.chmod(0o644)
    (socket_dir / "state" / "terminal").mkdir(parents=True)
    (socket_dir / "state").chmod(0)
    (socket_dir / "for-all").mkdir()
    (socket_dir / "for-all").chmod(0o777)
    return path


def checks_of(out: str) -> dict[str, Any]:
    return {check["name"]: check for check in json.loads(out)["checks"]}


async def test_who_may_not_look_is_told_to_be_root_and_hears_all_the_rest(
    shut: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OFFICINE_DATABASE")  # central runs elsewhere; a demo may run here, on the usual port
    status, out, err = await as_nobody("--config", shut, "doctor", "--json")
    checks = checks_of(out)
    assert (status, err) == (1, "")
    for name in ("outbox", "certificate", "disk"):
        assert (checks[name]["status"], checks[name]["code"]) == ("fail", "out_of_sight"), checks[name]
        assert "root" in checks[name]["next_step"]
    assert checks["versions"]["code"] == "ok"
    assert checks["central"]["code"] == "no_answer"


async def test_the_outbox_of_another_user_is_refused_in_words(shut: Path) -> None:
    status, _, err = await as_nobody("--config", shut, "terminal", "outbox", "--json")
    assert status == 1
    assert json.loads(err)["code"] == "out_of_sight"
    assert "as root" in json.loads(err)["detail"]


async def test_a_bundle_made_by_anybody_holds_what_the_doctor_found(shut: Path) -> None:
    path = shut.parent / "for-all" / "bundle.tar.gz"
    status, _, err = await as_nobody("--config", shut, "support-bundle", "--output", path)
    assert status == 0, err
    content = await asyncio.to_thread(path.read_bytes)
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        found = {
            name: json.loads((archive.extractfile(f"officine-support/{name}.json") or io.BytesIO()).read())
            for name in ("doctor", "terminal")
        }
    codes = {check["name"]: check["code"] for check in found["doctor"]["checks"]}
    assert codes["outbox"] == "out_of_sight"
    assert codes["versions"] == "ok"
    assert found["terminal"]["outbox"] == {"is_out_of_sight": True}
    assert found["terminal"]["agent"] == {"is_running": False}


class Broken:
    """A check with a mistake in it."""

    name = "broken"

    def applies(self, machine: Machine) -> bool:
        return True

    async def run(self, machine: Machine) -> Result:
        raise KeyError("nothing of the kind")


class Endless:
    """A check that asks what never answers."""

    name = "endless"

    def applies(self, machine: Machine) -> bool:
        return True

    async def run(self, machine: Machine) -> Result:
        await asyncio.Event().wait()
        raise AssertionError


async def test_a_check_that_raises_has_failed_and_says_what_to_do() -> None:
    result = await ask(Broken(), NOT_THERE)
    assert (result.name, result.status, result.code) == ("broken", Status.FAIL, "check_failed")
    assert "support-bundle" in result.next_step


async def test_a_check_that_does_not_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("officine.doctor.run.DOCTOR_CHECK_DEADLINE_S", 0.01)
    result = await ask(Endless(), NOT_THERE)
    assert (result.status, result.code) == (Status.FAIL, "too_slow")


async def told_of(check: str, path: Path) -> Any:
    """What a check of the doctor says, by these settings."""
    outcome = await asyncio.to_thread(run, "--config", str(path), "doctor", "--json")
    return checks_of(outcome.out)[check]


async def test_a_reader_that_runs_with_other_settings_is_told(socket_dir: Path) -> None:
    daemon = Daemon(socket_dir)
    async with daemon.running():
        path = settings_file(socket_dir)
        path.write_text(path.read_text().replace(str(socket_dir / "reader.sock"), str(daemon.socket)))
        told = await told_of("reader as set up", path)
        assert (told["status"], told["code"]) == ("warn", "other_settings")
        assert "control_socket, driver" in told["text"]
        assert "restart officine-reader" in told["next_step"]
        simulated = f'driver = "simulated"\ncontrol_socket = "{daemon.control}"'
        path.write_text(path.read_text().replace('driver = "pcsc"', simulated))
        assert (await told_of("reader as set up", path))["code"] == "ok"


def test_a_disk_that_takes_nothing_is_told(tmp_path: Path) -> None:
    path = settings_file(tmp_path)
    state = tmp_path / "state" / "terminal"
    state.mkdir(parents=True)
    mounted = ("unshare", "-rm", "sh", "-c", 'mount -t tmpfs -o ro none "$0" && exec "$@"', state)
    if subprocess.run([*mounted, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no mount namespace here: unshare -rm is refused")
    asked = [*mounted, OFFICINE, "--config", path, "doctor", "--json"]
    told = checks_of(subprocess.run(asked, capture_output=True, text=True, check=False).stdout)["disk"]
    assert (told["status"], told["code"]) == ("fail", "read_only")
    assert str(state) in told["text"]


async def test_a_reader_that_fails_beside_one_that_works_is_a_warning(socket_dir: Path) -> None:
    daemon = Daemon(socket_dir, driver=["simulated", "serial"], serial_port="/dev/no-such-scanner")
    async with daemon.running(), listening(daemon.socket) as kiosk:
        await eventually(lambda: "correct" in kiosk.last_state.detail, deadline_s=30)
        path = settings_file(socket_dir, reader='driver = ["simulated", "serial"]')
        path.write_text(path.read_text().replace(str(socket_dir / "reader.sock"), str(daemon.socket)))
        told = await told_of("reader", path)
        bundle = socket_dir / "b.tar.gz"
        await asyncio.to_thread(run_json, "--config", str(path), "support-bundle", "--output", str(bundle))
        checks = (await asyncio.to_thread(read, bundle))["doctor.json"]["checks"]
    bundled = next(check for check in checks if check["name"] == "reader")
    assert (bundled["code"], bundled["params"]) == ("partly_ready", {"serial": "not_there"})
    assert (told["status"], told["code"]) == ("warn", "partly_ready")
    assert told["params"] == {"serial": "not_there"}
    assert "/dev/no-such-scanner does not exist" in told["text"]


async def test_each_driver_that_fails_has_its_line_with_its_own_cure(socket_dir: Path) -> None:
    drivers = ["serial", "keyboard"]
    options = {"serial_port": "/dev/no-such-scanner", "keyboard_device": "/dev/input/no-such"}
    daemon = Daemon(socket_dir, driver=drivers, **options)
    async with daemon.running(until="lost"), listening(daemon.socket) as kiosk:
        await eventually(lambda: kiosk.last_state.detail.count("correct") == 2, deadline_s=30)
        path = settings_file(socket_dir, reader=f"driver = {drivers}".replace("'", '"'))
        path.write_text(path.read_text().replace(str(socket_dir / "reader.sock"), str(daemon.socket)))
        told = await told_of("reader", path)
    assert told["code"] == "needs_help"
    assert told["params"] == {"serial": "not_there", "keyboard": "not_there"}
    assert told["text"].splitlines() == [
        "needs help",
        "Scanner on /dev/no-such-scanner: /dev/no-such-scanner does not exist;"
        " see /dev/serial/by-id, correct serial_port",
        "Scanner no-such: /dev/input/no-such does not exist; see /dev/input/by-id, correct keyboard_device",
    ]
    assert "plug" not in told["text"] + told["next_step"]


def test_sockets_of_the_simulated_reader_and_the_live_screen_may_be_left_out(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OFFICINE_DATABASE")
    path = settings_file(place)
    assert run("--config", str(path), "check", "settings").status == 0
    checks = checks_of(run("--config", str(path), "doctor", "--json").out)
    assert checks["settings"]["code"] == "ok"
    assert "kiosk screen" not in checks
    path = settings_file(place, reader='driver = "simulated"')
    refused = run("--config", str(path), "check", "settings", "--json")
    assert refused.status == 1
    assert "control_socket" in refused.out + refused.err


def test_a_machine_where_nothing_runs_is_told_in_words_not_in_paths(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OFFICINE_DATABASE")
    live = f'live_screen_socket = "{place}/screen.sock"'
    control = f'control_socket = "{place}/control.sock"'
    path = settings_file(place, kiosk=live, reader=control)
    outcome = run("--config", str(path), "doctor", "--json")
    checks = checks_of(outcome.out)
    assert checks["kiosk screen"]["text"] == "the kiosk does not run"
    assert checks["central"]["text"].endswith(": connection refused")
    assert "[" not in checks["central"]["text"]
    assert checks["printer"]["text"] == "none set"
    assert checks["printer"]["status"] == "ok"
    (place / "state" / "terminal").mkdir(parents=True)
    (place / "state" / "terminal" / "terminal.token").write_text("ofc_0123456789")
    checks = checks_of(run("--config", str(path), "doctor", "--json").out)
    assert checks["clock and token"]["text"] == "not compared, central is away"


async def test_what_the_checks_need_is_imported_before_their_deadlines_begin() -> None:
    """In a process of its own: here everything is imported already."""
    code = (
        "import asyncio, sys; from officine.doctor import run\n"
        "async def ask(check, machine):\n"
        "    print(all(sys.modules.get(name) for name in run._LIBRARIES['kiosk']))\n"
        "run.ask = ask; asyncio.run(run.examine(sys.argv[1]))"
    )
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
        sockets = "".join(
            f'{name} = "x"\n' for name in ("agent_socket", "reader_socket", "live_screen_socket")
        )
        file.write(f"[kiosk]\n{sockets}")
        file.flush()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, file.name, stdout=asyncio.subprocess.PIPE
        )
        out, _ = await process.communicate()
    assert set(out.decode().split()) == {"True"}


def test_a_broken_settings_file_is_told_once(place: Path) -> None:
    (place / "broken.toml").write_text("[reader\n", encoding="utf-8")
    outcome = run("--config", "broken.toml", "doctor", "--json")
    told = [check for check in json.loads(outcome.out)["checks"] if check["name"] == "settings"]
    assert [check["status"] for check in told] == ["fail"]
    assert "is not TOML" in told[0]["text"]
