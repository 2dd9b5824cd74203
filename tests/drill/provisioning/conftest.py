"""One bare Debian for the whole run, copied for each machine; the release made of this checkout."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.drill.provisioning.machine import PROJECT, Machine, bare_debian, copy_root

ROOTS = PROJECT / ".state" / "roots"
TOOLS = ("debootstrap", "systemd-nspawn", "nsenter")

MakeMachine = Callable[..., Machine]

VARIABLES: dict[str, object] = {
    "reader_drivers": ["simulated"],
    "terminal_central_url": "http://127.0.0.1:8080",
    "terminal_poi_id": "OFFICINE-00000001",
    "kiosk_language": "fr",
}


@pytest.fixture(scope="session")
def bare_root() -> Path:
    """Debian 12, kept in .state/roots between runs (OFFICINE_BARE_ROOT names one that is there already)."""
    absent = [tool for tool in TOOLS if shutil.which(tool) is None]
    if os.geteuid() != 0 or absent:
        pytest.skip(
            f"whole machines need root and {', '.join(TOOLS)} (apt install debootstrap systemd-container)"
        )
    path = Path(os.environ.get("OFFICINE_BARE_ROOT", ROOTS / "bookworm"))
    if not path.is_dir():
        bare_debian(path)
    return path


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What scripts/release makes of this checkout."""
    subprocess.run(
        [PROJECT / "scripts/provisioning"], cwd=PROJECT, check=True, capture_output=True, timeout=900
    )
    made = tmp_path_factory.mktemp("release")
    subprocess.run(
        [PROJECT / "scripts/release", made], cwd=PROJECT, check=True, capture_output=True, timeout=300
    )
    return made


@pytest.fixture(scope="session")
def make_machine(
    bare_root: Path, release: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MakeMachine]:
    """Machines by name, each a copy of the bare root or of another machine's root; removed at the end."""
    place = tmp_path_factory.mktemp("machines")

    def make(name: str, like: Path | None = None) -> Machine:
        directory = place / name
        directory.mkdir()
        root = copy_root(like or bare_root, directory / "root")
        return Machine(root, release, directory / "inventory.json", dict(VARIABLES))

    yield make
    shutil.rmtree(place, ignore_errors=True)
