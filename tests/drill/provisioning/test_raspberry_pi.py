"""What the roles do differently on Raspberry Pi OS, emulated: a Debian root with the files that OS adds.

Its archive, kernel and firmware are not here; these tests show our branches, never that OS.
"""

from pathlib import Path

import pytest

from tests.drill.provisioning.conftest import Installed, MakeMachine
from tests.drill.provisioning.machine import Machine

pytestmark = [pytest.mark.drill, pytest.mark.playbook, pytest.mark.timeout(1800)]

CMDLINE = (
    "console=serial0,115200 console=tty1 root=PARTUUID=4e639091-02 rootfstype=ext4 fsck.repair=yes rootwait"
)
KMS = "dtoverlay=vc4-kms-v3d"
CONFIGS = {
    "bookworm": f"dtparam=audio=on\n{KMS},cma-256\nmax_framebuffers=2\n",  # as that OS has it
    "trixie": "dtparam=audio=on\n\n[cm5]\ndtoverlay=dwc2,dr_mode=host\n",  # somebody took it out
}
WANTED = " consoleblank=0 vt.global_cursor_default=0\n"
AUTOLOGIN = "[Service]\nExecStart=\nExecStart=-/sbin/agetty --autologin pi --noclear %I $TERM\n"
SWAPFILE_UNIT = "[Service]\nType=oneshot\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n"


@pytest.fixture(scope="module")
def pi(make_machine: MakeMachine, installed: Installed) -> Machine:
    """An installed terminal with what Raspberry Pi OS has beside Debian's files, played again."""
    machine = make_machine("pi", like=installed.machine.root)
    machine.run("useradd", "--create-home", "--groups", "sudo,video,input", "pi")
    for name, text in {
        "etc/rpi-issue": "Raspberry Pi reference 2025-10-01\n",
        "boot/firmware/cmdline.txt": CMDLINE + "\n",
        "boot/firmware/config.txt": CONFIGS[machine.debian.codename],
        "etc/systemd/system/getty@tty1.service.d/autologin.conf": AUTOLOGIN,
        "etc/fstab": "proc /proc proc defaults 0 0\n/var/swap none swap sw 0 0\n",
    }.items():
        write(machine.root / name, text)
    if machine.debian.codename == "bookworm":  # dphys-swapfile, a service
        write(machine.root / "usr/lib/systemd/system/dphys-swapfile.service", SWAPFILE_UNIT)
        machine.run("systemctl", "enable", "dphys-swapfile.service")
    else:  # rpi-swap, a generator with settings of its own
        write(machine.root / "usr/lib/systemd/system-generators/rpi-swap-generator", "#!/bin/sh\n", 0o755)
    played = machine.play()
    assert played.status == 0, played.output[-4000:]
    return machine


def test_swap_is_gone_in_the_way_of_its_release(pi: Machine) -> None:
    assert "swap" not in (pi.root / "etc/fstab").read_text()
    if pi.debian.codename == "bookworm":
        assert pi.run("systemctl", "is-enabled", "dphys-swapfile", is_checked=False) == "masked"
    else:
        drop_in = pi.root / "etc/rpi/swap.conf.d/90-officine.conf"
        assert drop_in.read_text().endswith("[Main]\nMechanism=none\n")


def test_the_kernel_keeps_its_command_line_and_the_screen_stays_on(pi: Machine) -> None:
    assert (pi.root / "boot/firmware/cmdline.txt").read_text() == CMDLINE + WANTED


def test_the_screen_belongs_to_the_kernel_and_what_was_right_stays_as_it_was(pi: Machine) -> None:
    before = CONFIGS[pi.debian.codename]
    now = (pi.root / "boot/firmware/config.txt").read_text()
    assert now.startswith(before)
    added = now.removeprefix(before)
    assert added == "" if KMS in before else f"[all]\n{KMS}\n" in added  # not below [cm5] alone


def test_nobody_is_logged_in_on_the_screen(pi: Machine) -> None:
    assert pi.run("systemctl", "is-enabled", "getty@tty1.service", is_checked=False) == "masked"


def test_a_second_run_on_a_pi_changes_nothing(pi: Machine) -> None:
    again = pi.play()
    assert (again.status, again.changed_tasks()) == (0, [])


def write(path: Path, text: str, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
