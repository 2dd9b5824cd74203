"""Each Debian once, bare and installed, copied for each machine; the release of this checkout."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.drill.provisioning.machine import Machine, Played
from tests.drill.provisioning.roots import (
    BOOKWORM,
    PROJECT,
    TRIXIE,
    Debian,
    bare_root,
    copy_root,
    place_of_machines,
)
from tests.drill.provisioning.stages import Stages

TOOLS = ("debootstrap", "systemd-nspawn", "nsenter")
_stages = pytest.StashKey[Stages]()

MakeMachine = Callable[..., Machine]

VARIABLES: dict[str, object] = {
    "reader_drivers": ["simulated"],
    "terminal_central_url": "http://127.0.0.1:8080",
    "terminal_poi_id": "OFFICINE-00000001",
    "kiosk_language": "fr",
}


@dataclass(frozen=True)
class Installed:
    """A machine that was played once and never booted, and what that first run came to."""

    machine: Machine
    played: Played


@pytest.fixture(scope="session")
def stages(request: pytest.FixtureRequest) -> Stages:
    """Told on the screen as they go, in spite of pytest's capturing."""
    capture = request.config.pluginmanager.getplugin("capturemanager")

    def say(line: str) -> None:
        with capture.global_and_fixture_disabled():
            sys.stdout.write(f"\n  {time.strftime('%H:%M:%S')} {line}")
            sys.stdout.flush()

    return request.config.stash.setdefault(_stages, Stages(say))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if _stages in config.stash and config.stash[_stages].took_s:
        terminalreporter.section("stages of whole machines")
        for line in config.stash[_stages].table():
            terminalreporter.line(line)


@pytest.fixture(scope="session", params=[BOOKWORM, TRIXIE], ids=lambda debian: debian.codename)
def debian(request: pytest.FixtureRequest) -> Debian:
    """The releases a machine may have; pytest finishes all tests of one before it begins the next."""
    chosen: Debian = request.param
    return chosen


@pytest.fixture(scope="session")
def whole_machines() -> None:
    """Whole machines can be made here; else the reason is told."""
    absent = [tool for tool in TOOLS if shutil.which(tool) is None]
    if os.geteuid() != 0 or absent:
        pytest.skip(
            f"whole machines need root and {', '.join(TOOLS)} (apt install debootstrap systemd-container)"
        )


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
    whole_machines: None,
    debian: Debian,
    release: Path,
    stages: Stages,
) -> Iterator[MakeMachine]:
    """Machines by name, each a copy of the bare root or of another machine's root; removed at the end."""
    with place_of_machines(debian.name) as place:

        def make(name: str, like: Path | None = None) -> Machine:
            directory = place / name
            directory.mkdir()
            with stages.stage(f"{debian.name} {name}", "root"):
                root = copy_root(like or bare_root(debian), directory / "root")
            return Machine(debian, stages, root, release, directory / "inventory.json", dict(VARIABLES))

        yield make


@pytest.fixture(scope="session")
def installed(make_machine: MakeMachine) -> Installed:
    """A terminal and central on one machine, as a technician makes it, before pairing; not to be changed."""
    machine = make_machine("installed")
    played = machine.play()
    assert played.status == 0, played.output[-4000:]
    return Installed(machine, played)
