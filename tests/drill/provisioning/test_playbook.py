"""The life of a terminal on a whole Debian: installed, booted, paired, hung, killed, replaced, reset.

One machine is carried through its life, so these tests run in their order.
"""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.drill.conftest import Drill
from tests.drill.provisioning.conftest import Installed, MakeMachine
from tests.drill.provisioning.machine import Machine
from tests.drill.provisioning.shop import (
    BARCODE,
    TOKEN,
    identity,
    last_screen,
    open_shop,
    pair,
    terminal_state,
)

pytestmark = [pytest.mark.drill, pytest.mark.playbook, pytest.mark.timeout(1800)]

PROGRAMS = ("reader", "terminal", "kiosk", "central")
UNITS = tuple(f"officine-{program}.service" for program in PROGRAMS)
KIOSK_BACK_MAX_S = 3.0


@pytest.fixture(scope="module")
def lausanne(make_machine: MakeMachine, installed: Installed) -> Machine:
    """The machine whose life this is."""
    return make_machine("lausanne", like=installed.machine.root)


@pytest.fixture(scope="module")
def running(lausanne: Machine) -> Iterator[Machine]:
    with lausanne.booted():
        yield lausanne


def test_check_mode_on_a_bare_machine_changes_nothing(make_machine: MakeMachine) -> None:
    machine = make_machine("untouched")
    played = machine.play("site.yml", "--check", "--diff")
    assert played.status == 0, played.output[-4000:]
    assert played.count("changed") > 0
    assert not (machine.root / "opt/officine").exists()
    assert not (machine.root / "etc/officine").exists()


def test_a_second_run_changes_nothing(lausanne: Machine, installed: Installed, drill: Drill) -> None:
    again = lausanne.play()
    assert (again.status, again.changed_tasks(), again.count("changed")) == (0, [], 0)
    first = installed.played.count("changed")
    assert first > 20
    drill.tell(first_run_changed=first, second_run_changed=again.count("changed"))


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"terminal_central_url": "central.example"}, "terminal_central_url"),
        ({"terminal_poi_id": "two words"}, "terminal_poi_id"),
        ({"terminal_nexo_port": "https"}, "terminal_nexo_port"),
        ({"kiosk_language": "rm"}, "kiosk_language"),
        ({"reader_drivers": ["pcsc", "magnetic"]}, "reader_drivers"),
        ({"base_releases_kept": 1}, "base_releases_kept"),
        ({"reader_options": {"serial_prot": "/dev/ttyACM0"}}, "serial_port"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_bad_variables_are_refused_and_named(
    lausanne: Machine, variables: dict[str, object], told: str
) -> None:
    before = (lausanne.root / "etc/officine/officine.toml").read_text()
    played = lausanne.play("site.yml", **variables)
    assert played.status != 0
    assert told in played.output.partition("[ERROR]")[2]
    assert (lausanne.root / "etc/officine/officine.toml").read_text() == before


def test_an_unpaired_terminal_shows_a_code_and_tells_who_it_is(running: Machine) -> None:
    running.wait(lambda: running.is_up(*UNITS), 60, "units ready")
    running.wait(lambda: bool(identity(running)["pairing_code"]), 30, "a code from central")
    told = identity(running)
    assert (told["is_paired"], told["poi_id"]) == (False, "OFFICINE-00000001")


def test_typing_the_code_at_central_is_all_that_pairs_it(running: Machine, drill: Drill) -> None:
    open_shop(running)
    started_s = time.monotonic()
    paired = pair(running)
    assert paired["terminal_id"] == "OFFICINE-00000001"
    drill.tell(code_typed_to_link_up_s=round(time.monotonic() - started_s, 1))
    assert running.is_up(*UNITS)
    assert running.run("stat", "--format=%U %a", TOKEN) == "officine-terminal 600"
    running.wait(lambda: last_screen(running) == "attract", 30, "attract screen")


def test_a_tap_goes_through_all_sandboxes(running: Machine) -> None:
    running.officine("reader", "tap", BARCODE, "--medium", "barcode")
    running.wait(lambda: terminal_state(running)["session"] == "open", 20, "member known")


def test_a_user_outside_the_list_gets_no_answer(running: Machine) -> None:
    probe = (
        "import socket; s = socket.socket(socket.AF_UNIX); s.settimeout(5); s.connect({!r}); print(s.recv(9))"
    )
    path = "/run/officine/reader/reader.sock"
    command = ("python3", "-c", probe.format(path))
    groups = ("setpriv", "--reuid=nobody", "--regid=officine-reader", "--clear-groups")
    assert running.run(*groups, *command) == "b''"
    assert running.run(*command) != "b''"


def test_the_reader_has_no_network(running: Machine) -> None:
    pid = running.show("officine-reader.service", "MainPID")
    links = running.run("nsenter", "--target", pid, "--net", "ip", "-brief", "link")
    assert [line.split()[0] for line in links.splitlines()] == ["lo"]


def test_a_hung_reader_is_killed_by_its_watchdog_and_comes_back(running: Machine, drill: Drill) -> None:
    unit = "officine-reader.service"
    pid, restarts = running.show(unit, "MainPID"), int(running.show(unit, "NRestarts"))
    running.run("kill", "-STOP", pid)
    took_s = _until_back_s(running, unit, pid)
    assert int(running.show(unit, "NRestarts")) == restarts + 1
    assert "Failed with result 'watchdog'" in running.run("journalctl", "-b", "--no-pager", "-u", unit)
    drill.tell(hung_reader_back_s=round(took_s, 1))


def test_a_killed_kiosk_is_back_before_anybody_wonders(running: Machine, drill: Drill) -> None:
    unit = "officine-kiosk.service"
    slowest_s = 0.0
    for _ in range(5):
        pid = running.show(unit, "MainPID")
        running.run("kill", "-KILL", pid)
        slowest_s = max(slowest_s, _until_back_s(running, unit, pid))
    drill.tell(killed_kiosk_back_s_max_of_5=round(slowest_s, 2))
    assert slowest_s < KIOSK_BACK_MAX_S


def test_the_playbook_finds_nothing_to_change_on_a_running_machine(running: Machine) -> None:
    ballast = running.in_root("/var/lib/officine/ballast")
    wanted = ballast.stat().st_size
    ballast.write_bytes(bytes(1024))  # as another base_ballast_mib made it
    first = running.play()  # the refused runs left settings behind
    assert first.status == 0, first.output[-4000:]
    assert ballast.stat().st_size == wanted
    again = running.play()
    assert (again.status, again.changed_tasks()) == (0, [])
    checked = running.play("site.yml", "--check")
    assert (checked.status, checked.changed_tasks()) == (0, [])


def test_settings_that_do_not_come_up_are_taken_back(running: Machine) -> None:
    before = (running.root / "etc/officine/officine.toml").read_text()
    played = running.play("site.yml", terminal_nexo_port=8080)  # central's: the agent cannot listen there
    assert played.status != 0
    assert "the one before runs again" in played.output
    assert (running.root / "etc/officine/officine.toml").read_text() == before
    running.wait(lambda: running.is_up(*UNITS), 90, "units ready again")


def test_a_dead_pi_is_replaced_with_pairing_and_waiting_tickets(
    running: Machine, make_machine: MakeMachine
) -> None:
    running.run("systemctl", "stop", "officine-central.service")
    running.officine("till", "key", "add", "TILL-1")  # encrypted: plain messages are refused by default
    running.officine("till", "award", "7612345000012=12.50", "--card", BARCODE)
    assert _waiting(running) == 1
    running.run("systemctl", "stop", "officine-terminal.service", "officine-kiosk.service")
    old = running.root
    new = make_machine("lausanne-new", like=old)
    new.run("rm", "-rf", "/var/lib/officine/terminal")
    new.run("mkdir", "-p", "/mnt/old/var/lib/officine")
    _copy(old / "var/lib/officine/terminal", new.root / "mnt/old/var/lib/officine/terminal")

    refused = new.play("replace.yml")
    assert refused.status != 0
    assert "replace_old_device" in refused.output
    looked = new.play("replace.yml", "--check", replace_old_root="/mnt/old")
    assert (looked.status != 0, "replace.yml has no --check" in looked.output) == (True, True)

    played = new.play("replace.yml", replace_old_root="/mnt/old")
    assert played.status == 0, played.output[-4000:]
    assert "1 tickets of the old terminal wait" in played.output
    for same in (TOKEN, "/var/lib/officine/terminal/till-certificate.pem"):
        assert new.in_root(same).read_bytes() == running.in_root(same).read_bytes()
    owner = new.run("stat", "--format=%U %a", "/var/lib/officine/terminal/terminal.db")
    assert owner == "officine-terminal 600"
    with new.booted():
        new.wait(lambda: new.is_up(*UNITS), 60, "units ready on the new machine")
        new.wait(lambda: _waiting(new) == 0, 60, "the rescued ticket is delivered")


def test_a_card_that_cannot_be_read_changes_nothing_and_says_what_to_do(
    running: Machine, make_machine: MakeMachine
) -> None:
    new = make_machine("geneve-new", like=running.root)
    new.run("rm", "-rf", "/var/lib/officine/terminal")
    new.run("mkdir", "-p", "/mnt/old/var/lib/officine/terminal")
    (new.root / "mnt/old/var/lib/officine/terminal/terminal.db").write_bytes(b"\xff" * 8192)
    played = new.play("replace.yml", replace_old_root="/mnt/old")
    assert played.status != 0
    assert "ddrescue" in played.output
    assert not (new.root / "var/lib/officine/terminal/terminal.db").exists()
    assert not (new.root / "var/lib/officine/terminal.replaced").exists()


def test_a_reset_asks_twice_keeps_tickets_and_then_forgets(running: Machine) -> None:
    running.run("systemctl", "start", "officine-terminal.service")
    refused = running.play("reset.yml")
    assert (refused.status != 0, "reset_confirm=machine" in refused.output) == (True, True)
    running.wait(lambda: running.is_up("officine-terminal.service"), 60, "agent ready")
    pid = running.show("officine-terminal.service", "MainPID")
    looked = running.play("reset.yml", "--check", reset_confirm="machine")
    assert (looked.status != 0, "1 tickets wait for central" in _one_line(looked.output)) == (True, True)
    assert running.show("officine-terminal.service", "MainPID") == pid, "a look stops nothing"
    waiting = running.play("reset.yml", reset_confirm="machine")
    assert (waiting.status != 0, "1 tickets wait for central" in _one_line(waiting.output)) == (True, True)
    assert running.is_up("officine-terminal.service"), "what was stopped runs again"
    running.run("systemctl", "stop", "officine-terminal.service")
    _refuse_head(running)
    running.run("systemctl", "start", "officine-terminal.service")
    kept = running.play("reset.yml", reset_confirm="machine")
    assert (kept.status != 0, "and 1 that central refused" in _one_line(kept.output)) == (True, True)
    assert running.in_root(TOKEN).exists()
    done = running.play("reset.yml", reset_confirm="machine", reset_lose_outbox=True)
    assert "Forget" in " ".join(done.changed_tasks()), done.output[-4000:]
    assert not running.in_root(TOKEN).exists()
    assert not (running.root / "var/lib/officine/terminal/terminal.db").exists()
    running.wait(
        lambda: running.is_up("officine-terminal.service", "officine-kiosk.service"), 60, "units ready"
    )
    assert identity(running)["is_paired"] is False


def _until_back_s(machine: Machine, unit: str, old_pid: str) -> float:
    def is_back() -> bool:
        return machine.is_up(unit) and machine.show(unit, "MainPID") not in (old_pid, "0")

    return machine.wait(is_back, 60, f"{unit} back")


def _waiting(machine: Machine) -> object:
    return terminal_state(machine)["outbox_depth"]


def _refuse_head(machine: Machine) -> None:
    """Note the oldest ticket as one that central refused, while the agent is stopped."""
    program = """
import asyncio
from pathlib import Path
from terminal.database import Database
from terminal.outbox import Outbox

async def main():
    async with Database(Path("/var/lib/officine/terminal/terminal.db")) as database:
        outbox = Outbox(database)
        await outbox.refused(await outbox.find_head(), code="blocked_card", reason="blocked", now_ms=3)

asyncio.run(main())
"""
    python = "/opt/officine/current/bin/python"
    machine.run("runuser", "--user=officine-terminal", "--", python, "-c", program)


def _one_line(output: str) -> str:
    return " ".join(output.split())


def _copy(source: Path, target: Path) -> None:
    subprocess.run(["cp", "-a", str(source), str(target)], check=True, timeout=60)
