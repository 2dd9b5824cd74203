"""Both halves of the reader role on a whole machine: Debian's pyscard on its pcscd, nfcpy from the lock.

The card is emulated, lying in pcscd's virtual reader or on nfcpy's udp device; the rest is as in a shop.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.drill.conftest import Drill
from tests.drill.provisioning.conftest import Installed, MakeMachine
from tests.drill.provisioning.machine import Machine
from tests.drill.provisioning.roots import PROJECT
from tests.drill.provisioning.shop import UID, open_shop, pair, terminal_state

pytestmark = [pytest.mark.drill, pytest.mark.playbook, pytest.mark.timeout(1800)]

NFC_DEVICE = "udp:localhost:54321"
ALL_DRIVERS = {
    "reader_drivers": ["pcsc", "nfc", "keyboard"],
    "reader_options": {"nfc_device": NFC_DEVICE},
}
LIBRARIES = ("smartcard", "evdev", "nfc")
READER = "officine-reader.service"
UNITS = (READER, "officine-terminal.service", "officine-central.service")
DROP_IN = f"etc/systemd/system/{READER}.d/zz-drill.conf"
PYTHON = "/opt/officine/current/bin/python"


@pytest.fixture(scope="module")
def fitted(make_machine: MakeMachine, installed: Installed) -> Machine:
    """A terminal whose inventory came to name every real driver."""
    machine = make_machine("readers", like=installed.machine.root)
    machine.install("vsmartcard-vpcd")  # the virtual reader; no role installs it
    played = machine.play("site.yml", **ALL_DRIVERS)
    assert played.status == 0, played.output[-4000:]
    return machine


@pytest.fixture(scope="module")
def running(fitted: Machine) -> Iterator[Machine]:
    # The udp device is an Internet socket, which the unit forbids; real NFC readers are USB or serial.
    drop_in = fitted.root / DROP_IN
    drop_in.parent.mkdir(exist_ok=True)
    drop_in.write_text("[Service]\nRestrictAddressFamilies=AF_INET AF_INET6\n", encoding="utf-8")
    with fitted.booted():
        fitted.wait(lambda: fitted.is_up(*UNITS), 60, "units ready")
        open_shop(fitted)
        pair(fitted)
        yield fitted


def test_without_real_drivers_none_of_their_libraries_are_there(installed: Installed) -> None:
    assert _importable(installed.machine) == []


def test_real_drivers_bring_debians_pyscard_and_evdev_and_the_locked_nfcpy(
    fitted: Machine, drill: Drill
) -> None:
    assert _importable(fitted) == list(LIBRARIES)
    release = (fitted.root / "opt/officine/current").readlink()
    site = f"{release}/lib/python{fitted.debian.python}/site-packages"
    for module in ("smartcard", "evdev"):
        link = fitted.root / f"{site}/{module}".lstrip("/")
        assert str(link.readlink()) == f"/usr/lib/python3/dist-packages/{module}"
    assert (fitted.root / f"{site}/nfc".lstrip("/")).is_dir()
    versions = "import platform, nfc; print(platform.python_version(), nfc.__version__)"
    python, nfcpy = fitted.run(PYTHON, "-c", versions).split()
    version = ("dpkg-query", "--show", "--showformat=${Version}")
    pyscard, pcscd = (fitted.run(*version, name) for name in ("python3-pyscard", "pcscd"))
    drill.tell(python=python, pyscard=pyscard, pcscd=pcscd, nfcpy=nfcpy)


def test_a_second_run_with_real_drivers_changes_nothing(fitted: Machine) -> None:
    again = fitted.play("site.yml", **ALL_DRIVERS)
    assert (again.status, again.changed_tasks()) == (0, [])


def test_a_chip_card_on_debians_pcscd_opens_its_members_session(running: Machine) -> None:
    with card_at(running.pid, "chip", UID):
        running.wait(lambda: terminal_state(running)["session"] == "open", 30, "member known")
    running.wait(lambda: terminal_state(running)["session"] != "open", 30, "session over")


def test_an_nfc_tag_opens_its_members_session(running: Machine) -> None:
    inside = running.outer_pid(running.show(READER, "MainPID"))  # its network is its own
    with card_at(inside, "tag", NFC_DEVICE, UID):
        running.wait(lambda: terminal_state(running)["session"] == "open", 30, "member known")
    running.wait(lambda: terminal_state(running)["session"] != "open", 30, "session over")


def test_only_the_reader_daemon_may_use_pcscd_and_start_it_again(running: Machine) -> None:
    code = "import smartcard.scard as s; print(s.SCardEstablishContext(s.SCARD_SCOPE_SYSTEM)[0])"
    ask = (PYTHON, "-c", code)
    restart = ("systemctl", "restart", "pcscd.service")
    assert running.run("runuser", "--user=officine-reader", "--", *ask) == "0"
    pid = running.show("pcscd.service", "MainPID")
    running.run("runuser", "--user=officine-reader", "--", *restart)
    assert running.show("pcscd.service", "MainPID") != pid
    other = ("systemctl", "restart", "officine-central.service")
    for user, command in (("officine-reader", other), ("officine-kiosk", restart)):
        pid = running.show(command[-1], "MainPID")
        running.run("runuser", f"--user={user}", "--", *command, is_checked=False)
        assert running.show(command[-1], "MainPID") == pid


def test_after_pcscd_was_killed_a_card_is_read_again(running: Machine) -> None:
    running.run("systemctl", "kill", "--signal=KILL", "pcscd.service")
    with card_at(running.pid, "chip", UID):
        running.wait(lambda: terminal_state(running)["session"] == "open", 60, "member known")


@contextmanager
def card_at(pid: int, *words: str) -> Iterator[None]:
    """A card of ours in the network of a process; taken away at the end."""
    command = ["nsenter", f"--target={pid}", "--net", sys.executable, "-m", "tools.cards", *words]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL) as card:
        try:
            yield
        finally:
            card.kill()


def _importable(machine: Machine) -> list[str]:
    look = f"import importlib.util as u; print(*(m for m in {LIBRARIES!r} if u.find_spec(m)))"
    return machine.run(PYTHON, "-c", look).split()
