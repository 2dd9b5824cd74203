"""The terminal on a Pi's processor, emulated: its locked set installs from wheels, imports, and draws."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from kiosk.assets import fonts
from tests.drill.conftest import Drill
from tests.drill.provisioning.machine import PROJECT, unpack_foreign_debian

pytestmark = [pytest.mark.drill, pytest.mark.playbook, pytest.mark.timeout(1800)]

ROOT = PROJECT / ".state" / "roots" / "bookworm-arm64"
EMULATOR = "qemu-aarch64-static"
DRAW = Path(__file__).with_name("arm64_draw.py")


@pytest.fixture(scope="module")
def arm64_root() -> Path:
    """Debian 12 for arm64, unpacked and never configured: enough for its Python (a minute)."""
    absent = [tool for tool in ("debootstrap", "dpkg-deb", EMULATOR) if shutil.which(tool) is None]
    if os.geteuid() != 0 or absent:
        pytest.skip(
            "the arm64 proof needs root, debootstrap and qemu-aarch64-static (apt install qemu-user-static)"
        )
    root = Path(os.environ.get("OFFICINE_ARM64_ROOT", ROOT))
    if not root.is_dir():
        packages = "python3,python3-venv,python3-pyscard,libpcsclite1,ca-certificates"
        unpack_foreign_debian(root, "arm64", packages)
    return root


def emulated(root: Path, python_path: str, *arguments: str) -> str:
    """Run the root's Python under qemu's user emulation; its standard output."""
    python = next((root / "usr/bin").glob("python3.1?"))
    environ = os.environ | {
        "SDL_VIDEODRIVER": "dummy",
        "SDL_AUDIODRIVER": "dummy",
        "PYGAME_HIDE_SUPPORT_PROMPT": "1",
    }
    command = [EMULATOR, "-L", str(root), "-E", f"PYTHONHOME={root}/usr", "-E", f"PYTHONPATH={python_path}"]
    done = subprocess.run(
        [*command, str(python), *arguments],
        env=environ,
        check=False,
        capture_output=True,
        text=True,
        timeout=1200,
    )
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-3000:]
    return done.stdout


def test_the_terminals_locked_set_installs_from_wheels_imports_and_draws(
    arm64_root: Path, release: Path, tmp_path: Path, drill: Drill
) -> None:
    site, picture = tmp_path / "site", tmp_path / "attract-arm64.png"
    pip = next((arm64_root / "usr/share/python-wheels").glob("pip-*.whl"))
    wheels_only = ("--only-binary", ":all:", "--require-hashes", "--no-compile", "--target", str(site))
    told = emulated(
        arm64_root,
        str(pip),
        "-m",
        "pip",
        "install",
        *wheels_only,
        "--requirement",
        str(release / "terminal.lock"),
    )
    installed = told.rpartition("Successfully installed ")[2].split()
    wheel = next(release.glob("*.whl"))
    subprocess.run(["python3", "-m", "zipfile", "-e", str(wheel), str(site)], check=True, timeout=60)
    debian = f"{arm64_root}/usr/lib/python3/dist-packages"
    said = emulated(arm64_root, f"{site}:{debian}", str(DRAW), str(fonts.default_directory()), str(picture))
    drawn = json.loads(said.splitlines()[-1])
    assert drawn["machine"] == "aarch64"
    assert "Posez votre carte" in drawn["texts"]
    assert picture.stat().st_size > 5_000
    kept = PROJECT / ".state" / "pictures"
    kept.mkdir(parents=True, exist_ok=True)
    shutil.copy(picture, kept)
    drill.tell(wheels=len(installed), frames_per_s=drawn["frames_per_s"], import_s=drawn["import_s"])
