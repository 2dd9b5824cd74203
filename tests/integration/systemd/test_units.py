"""The units as systemd itself judges them: nothing to complain about, little that an attacker could use."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[3]
UNITS = PROJECT / "systemd" / "system"
HOST_UNITS = Path("/lib/systemd/system")
PROGRAMS = ("reader", "terminal", "kiosk", "central")
EXPOSURE_MAX = 2.0

pytestmark = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None or not HOST_UNITS.is_dir(), reason="systemd is not installed"
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A machine's root as far as systemd-analyze looks: the distribution's units, ours, what they start."""
    made = tmp_path_factory.mktemp("root")
    shutil.copytree(HOST_UNITS, made / "usr/lib/systemd/system", symlinks=True)
    (made / "lib").symlink_to("usr/lib")
    shutil.copytree(UNITS, made / "etc/systemd/system")
    for started in ("opt/officine/current/bin/officine", "bin/sleep", "bin/systemctl"):
        program = made / started
        program.parent.mkdir(parents=True, exist_ok=True)
        program.touch(mode=0o755)
    return made


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["systemd-analyze", *arguments]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)


def test_systemd_has_nothing_to_say_about_any_unit(root: Path) -> None:
    names = [
        path.name.replace("@.", "@officine-reader.")
        for path in UNITS.iterdir()
        if path.is_file() and path.suffix in {".service", ".path", ".target"}
    ]
    assert len(names) >= 5
    said = analyze("verify", f"--root={root}", *names)
    assert (said.returncode, said.stderr, said.stdout) == (0, "", "")


def test_a_slip_in_a_unit_would_be_seen(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "root"
    shutil.copytree(root, other, symlinks=True)
    unit = other / "etc/systemd/system/officine-reader.service"
    unit.write_text(unit.read_text().replace("PrivateNetwork=", "PrivatNetwork="))
    assert "PrivatNetwork" in analyze("verify", f"--root={other}", "officine-reader.service").stderr


@pytest.mark.parametrize("program", PROGRAMS)
def test_exposure_is_small(root: Path, program: str) -> None:
    unit = f"officine-{program}.service"
    told = analyze("security", "--offline=true", f"--root={root}", "--no-pager", unit)
    last = told.stdout.strip().splitlines()[-1]
    assert unit in last
    assert float(last.partition(": ")[2].split()[0]) <= EXPOSURE_MAX


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_remaining_point_has_its_reason_in_the_manual(root: Path, program: str) -> None:
    unit = f"officine-{program}.service"
    told = analyze("security", "--offline=true", f"--root={root}", "--json=short", "--no-pager", unit)
    remaining = {
        row["json_field"] for row in json.loads(told.stdout) if row["set"] is False and row["exposure"]
    }
    assert remaining, "systemd-analyze told of no point at all: was its format changed?"
    table = (PROJECT / "docs/install.md").read_text(encoding="utf-8")
    rows = [row for row in table.splitlines() if row.startswith("| `")]
    explained = {row.split("`")[1] for row in rows if program in row or "| all |" in row}
    assert remaining <= explained, f"docs/install.md gives no reason for {sorted(remaining - explained)}"


def test_the_reader_has_no_network() -> None:
    text = (UNITS / "officine-reader.service").read_text(encoding="utf-8")
    assert "PrivateNetwork=yes" in text
    assert "AF_INET" not in text


def test_the_reader_may_drive_its_pins() -> None:
    """gpiozero looks at /proc/device-tree, lgpio makes a pipe in the working directory (gpiozero 1106)."""
    unit = (UNITS / "officine-reader.service").read_text(encoding="utf-8")
    for_all = (UNITS / "officine-.service.d" / "10-sandbox.conf").read_text(encoding="utf-8")
    assert "ProcSubset=pid" not in for_all, "it is read last, and wins"
    assert "\nProcSubset=" not in unit
    assert "\nWorkingDirectory=/tmp\n" in unit
    assert "\nPrivateTmp=yes\n" in for_all
    assert "\nDeviceAllow=char-gpiochip rw\n" in unit
