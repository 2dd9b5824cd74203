"""Power cuts on a real ext4 (its shutdown request on a loop mount): nothing acknowledged is lost.

RELIABILITY invariants 1, 2, 3, 5. Needs root and loop devices; skipped elsewhere.
"""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from central.storage.opening import open_store
from tests.contract.storage.factories import findings
from tests.drill.conftest import Drill
from tests.drill.test_power_cuts_model_disk import read_raw
from tools.faults.ext4 import LoopDisk, NoLoopDisk, loop_disk

pytestmark = [pytest.mark.drill, pytest.mark.timeout(300)]

ROOT = Path(__file__).resolve().parents[2]
CUTS = 40
DISK_MIB = 256
ACKNOWLEDGED_BEFORE_A_CUT_MAX = 250
"""The cut comes after so many answers at most, drawn at random, in the middle of the writing."""
NUMBERS_PER_CUT = 1_000_000


async def test_central_keeps_what_it_acknowledged_through_power_cuts_on_ext4(
    tmp_path: Path, drill: Drill
) -> None:
    try:
        with loop_disk(tmp_path, DISK_MIB) as disk:
            await _cut_again_and_again(disk, drill)
    except NoLoopDisk as error:
        pytest.skip(f"an ext4 of its own needs root and loop devices: {error}")


async def _cut_again_and_again(disk: LoopDisk, drill: Drill) -> None:
    database = disk.mount_point / "central.db"
    acknowledged: list[str] = []
    for number in range(CUTS):
        answers = drill.rng.randint(1, ACKNOWLEDGED_BEFORE_A_CUT_MAX)
        acknowledged += _write_until_a_cut(disk, database, number * NUMBERS_PER_CUT, answers)
        disk.unmount()
        disk.mount()
        sales, returns = read_raw(database)
        missing = set(acknowledged) - sales - returns
        assert not missing, f"acknowledged before cut {number} and lost: {sorted(missing)[:5]}"
    store = await open_store(f"sqlite:///{database}")
    try:
        assert await findings(store, page=200) == []
    finally:
        await store.close()
    assert len(acknowledged) == len(set(acknowledged))
    drill.tell(cuts=CUTS, acknowledged=len(acknowledged), lost=0, corrupt=0)


def _write_until_a_cut(disk: LoopDisk, database: Path, first: int, answers: int) -> list[str]:
    """A real process writes; the power goes once it has given `answers` answers. Returns those until then.

    What it answers while the kernel makes the cut counts as unknown: an fdatasync of a file that grows tells
    success then though its log is thrown away (docs/drills.md), to any program.
    """
    command = [
        sys.executable,
        "-m",
        "tests.contract.storage.crash_writer",
        f"sqlite:///{database}",
        str(first),
    ]
    acknowledged: list[str] = []
    is_enough = threading.Event()
    with subprocess.Popen(
        command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        output = process.stdout
        assert output is not None

        def listen() -> None:
            for line in output:
                if line.endswith("\n"):
                    acknowledged.append(line.strip())
                if len(acknowledged) >= answers:
                    is_enough.set()
            is_enough.set()

        listening = threading.Thread(target=listen)
        listening.start()
        is_enough.wait()
        before_the_cut = acknowledged[:]
        disk.cut_power()
        process.kill()
        listening.join()
    assert len(before_the_cut) >= answers, "the writer ended by itself"
    return before_the_cut
