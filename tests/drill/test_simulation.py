"""Ten thousand seeds of the deterministic simulation, and the bugs planted to prove that it can fail.

RELIABILITY invariants 1 to 5, 7, 8, 9 (docs/simulation.md).
"""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.drill.conftest import Drill

pytestmark = [pytest.mark.drill, pytest.mark.timeout(7_200)]

SEEDS = int(os.environ.get("DRILL_SIMULATION_SEEDS", "10000"))
WANTED_OF_TEN = 9
BUGS = Path(__file__).parent / "planted_bugs"
DEMANDED = ("first", "second")
"""Folders of bugs that must be found. A folder that is not here was not tried by anybody yet (its README)."""


async def run(*arguments: str) -> tuple[Any, str]:
    """A module's JSON and what it told people."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *arguments, "--json",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    told, complaints = await process.communicate()
    assert told, complaints.decode()
    return json.loads(told), complaints.decode()


async def test_ten_thousand_seeds_keep_every_invariant(drill: Drill) -> None:
    summary, complaints = await run("tools.simulation", "--seeds", str(SEEDS), "--from", str(drill.seed))
    drill.tell(
        seeds=summary["seeds"],
        steps=summary["steps"],
        violations=summary["violations"],
        cpu_s=summary["cpu_seconds"],
        sales=summary["acts"]["sale"],
        returns=summary["acts"]["return"],
    )
    assert summary["violations"] == 0, complaints
    assert summary["seeds"] == SEEDS


@pytest.mark.parametrize("name", DEMANDED)
async def test_planted_bugs_are_found(drill: Drill, name: str) -> None:
    patches = sorted((BUGS / name).glob("*.patch"))
    assert patches, f"{name} holds no patches"
    outcomes, complaints = await run("tools.simulation.planted", str(BUGS / name))
    found = [outcome["patch"] for outcome in outcomes if outcome["state"] == "found"]
    drill.tell(planted=len(patches), found=len(found))
    assert len(found) * 10 >= len(patches) * WANTED_OF_TEN, complaints
