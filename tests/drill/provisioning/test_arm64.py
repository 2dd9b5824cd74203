"""A terminal on a Pi's processor, emulated: the playbook installs it from wheels, it imports and draws."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.drill.conftest import Drill
from tests.drill.provisioning.conftest import VARIABLES
from tests.drill.provisioning.machine import Machine
from tests.drill.provisioning.roots import (
    BOOKWORM_ARM64,
    PROJECT,
    bare_root,
    copy_root,
    foreign_programs,
    mounted,
    place_of_machines,
)
from tests.drill.provisioning.stages import Stages

pytestmark = [pytest.mark.drill, pytest.mark.playbook, pytest.mark.timeout(7200)]

EMULATOR = "qemu-aarch64-static"
DRAW = Path(__file__).with_name("arm64_draw.py")
CURRENT = "/opt/officine/current"


@pytest.fixture(scope="module")
def pi(whole_machines: None, release: Path, stages: Stages) -> Iterator[Machine]:
    """Debian 12 for arm64, as debootstrap makes it; all its programs run under qemu's user emulation."""
    if shutil.which(EMULATOR) is None:
        pytest.skip(f"the arm64 proof needs {EMULATOR} (apt install qemu-user-static)")
    variables = VARIABLES | {"reader_drivers": ["pcsc"]}
    with foreign_programs(EMULATOR), place_of_machines(BOOKWORM_ARM64.name) as place:
        directory = place / "pi"
        directory.mkdir()
        with stages.stage(f"{BOOKWORM_ARM64.name} pi", "root"):
            root = copy_root(bare_root(BOOKWORM_ARM64), directory / "root")
        inventory = directory / "inventory.json"
        yield Machine(BOOKWORM_ARM64, stages, root, release, inventory, variables, groups=("terminals",))


def test_the_playbook_installs_a_terminal_on_arm64_from_wheels(pi: Machine, drill: Drill) -> None:
    played = pi.play()
    assert played.status == 0, played.output[-4000:]
    site = pi.root / f"{pi.run('readlink', CURRENT)}/lib/python{pi.debian.python}/site-packages".lstrip("/")
    wheels = list(site.glob("*.dist-info/WHEEL"))
    assert len(wheels) > 30
    extensions = [path.name for path in site.rglob("*.cpython-*.so")]
    assert extensions
    assert all("aarch64" in name for name in extensions)
    drill.tell(changed=played.count("changed"), wheels=len(wheels))


def test_a_second_run_on_arm64_changes_nothing(pi: Machine) -> None:
    again = pi.play()
    assert (again.status, again.changed_tasks(), again.count("changed")) == (0, [], 0)


def test_the_installed_terminal_imports_and_draws_on_arm64(pi: Machine, drill: Drill) -> None:
    shutil.copy(DRAW, pi.root / "root")
    bare_screen = ("SDL_VIDEODRIVER=dummy", "SDL_AUDIODRIVER=dummy", "PYGAME_HIDE_SUPPORT_PROMPT=1")
    draw = (f"/root/{DRAW.name}", f"{CURRENT}/fonts", "/root/attract-arm64.png")
    with mounted(pi.root, pi.debian):
        said = pi.run("env", *bare_screen, f"{CURRENT}/bin/python", *draw, timeout_s=1200)
    drawn = json.loads(said.splitlines()[-1])
    assert drawn["machine"] == "aarch64"
    assert "Posez votre carte" in drawn["texts"]
    picture = pi.root / "root/attract-arm64.png"
    assert picture.stat().st_size > 5_000
    kept = PROJECT / ".state" / "pictures"
    kept.mkdir(parents=True, exist_ok=True)
    shutil.copy(picture, kept)
    drill.tell(frames_per_s=drawn["frames_per_s"], import_s=drawn["import_s"])
