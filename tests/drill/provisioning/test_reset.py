"""reset.yml throws no ticket away unasked: real stores of a terminal under a /var/lib of this test's own."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from terminal.database import Database
from terminal.outbox import Outbox
from tests.drill.provisioning.machine import ANSIBLE
from tests.drill.provisioning.roots import PROJECT
from tests.integration.terminal.test_terminal_crash import an_entry

pytestmark = [
    pytest.mark.drill,
    pytest.mark.playbook,
    pytest.mark.timeout(900),
    pytest.mark.skipif(os.geteuid() != 0, reason="no mount namespace here: it needs root"),
    pytest.mark.skipif(
        Path("/run/systemd/system").exists(),
        reason="no mount namespace here: systemd runs, and units of this machine would be stopped",
    ),
]

IN_ITS_PLACE = """
set -eu
mount --bind "$1/var-lib" /var/lib
mount --bind "$1/passwd" /etc/passwd
shift
exec "$@"
"""
SETTINGS = """
[terminal]
central_url = "http://127.0.0.1:8080"
state_dir = "/var/lib/officine/terminal"
socket = "/run/officine/terminal/terminal.sock"
reader_socket = "/run/officine/reader/reader.sock"
poi_id = "OFFICINE-00000001"
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A machine's /var/lib and users; its terminal's user is this one, who can read the programs."""
    subprocess.run(
        [PROJECT / "scripts/provisioning"], cwd=PROJECT, check=True, capture_output=True, timeout=900
    )
    (tmp_path / "var-lib/officine").mkdir(parents=True)
    users = Path("/etc/passwd").read_text() + "officine-terminal:x:0:0::/:/bin/sh\n"
    (tmp_path / "passwd").write_text(users)
    (tmp_path / "officine.toml").write_text(SETTINGS)
    here = {"ansible_connection": "local", "ansible_become": False}
    hosts = {"terminals": {"hosts": {"shop-1": here}}}
    (tmp_path / "hosts.json").write_bytes(msgspec.json.encode({"all": {"children": hosts}}))
    return tmp_path


async def a_store(place: Path, name: str = "terminal", *, waiting: int = 0, refused: int = 0) -> Path:
    """A store of the machine with tickets that wait and that central refused."""
    path = place / "var-lib/officine" / name / "terminal.db"
    path.parent.mkdir()
    async with Database(path) as database:
        outbox = Outbox(database)
        for number in range(refused + waiting):
            await outbox.append(an_entry(number), now_ms=number)
        for _ in range(refused):
            head = await outbox.find_head()
            assert head is not None
            await outbox.refused(head, code="blocked_card", reason="blocked", now_ms=3)
    return path


def reset(place: Path, *arguments: str, **variables: object) -> subprocess.CompletedProcess[str]:
    officine = str(Path(sys.executable).with_name("officine"))
    own = {"outbox_officine": officine, "outbox_config": str(place / "officine.toml")}
    extra = msgspec.json.encode({"reset_confirm": "shop-1"} | own | variables).decode()
    command = [str(ANSIBLE), "-i", str(place / "hosts.json"), "reset.yml", *arguments, "--extra-vars", extra]
    return subprocess.run(
        ["unshare", "--mount", "sh", "-c", IN_ITS_PLACE, "sh", str(place), *command],
        cwd=PROJECT / "provisioning",
        env=os.environ | {"ANSIBLE_NOCOLOR": "1", "LC_ALL": "C.UTF-8"},
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.mark.parametrize(
    ("waiting", "refused", "arguments"),
    [(2, 0, ()), (0, 1, ()), (1, 1, ("--check",))],
    ids=["waiting", "refused", "looked at"],
)
async def test_tickets_that_wait_or_were_refused_stop_a_reset(
    place: Path, waiting: int, refused: int, arguments: tuple[str, ...]
) -> None:
    path = await a_store(place, waiting=waiting, refused=refused)
    played = reset(place, *arguments)
    told = " ".join((played.stdout + played.stderr).split())
    assert played.returncode != 0
    assert f"in /var/lib/officine/terminal {waiting} tickets wait for central and {refused} that" in told
    assert "reset_lose_outbox=true" in told
    assert path.exists()


async def test_what_a_replacement_left_behind_is_asked_as_well(place: Path) -> None:
    path = await a_store(place)
    left = await a_store(place, "terminal.replaced", refused=1)
    played = reset(place)
    assert played.returncode != 0
    assert "/var/lib/officine/terminal.replaced 0 tickets wait" in " ".join(played.stdout.split())
    assert (path.exists(), left.exists()) == (True, True)


async def test_a_store_that_cannot_be_read_stops_a_reset(place: Path) -> None:
    path = await a_store(place)
    path.write_bytes(b"\xff" * 8192)
    played = reset(place)
    assert (played.returncode != 0, "Nothing was reset." in played.stdout) == (True, True)
    assert path.exists()


@pytest.mark.parametrize(("waiting", "lose"), [(0, False), (1, True)], ids=["nothing is lost", "it is meant"])
async def test_a_reset_forgets_all_stores(place: Path, waiting: int, lose: bool) -> None:
    await a_store(place, waiting=waiting)
    await a_store(place, "terminal.replaced", refused=int(lose))
    played = reset(place, reset_lose_outbox=lose)
    assert played.returncode == 0, played.stdout + played.stderr
    assert list((place / "var-lib/officine").iterdir()) == []
