"""Readers of strangers' bytes, fuzzed guided by coverage (atheris): no crash, no hang, no wrong answer.

A fixed number of runs for each reader, in a process of its own; DRILL_FULL=1: ten times as many.
"""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.drill.conftest import Drill
from tests.drill.fuzz import corpora

RUNS = 20_000
FULL_TIMES = 10
RSS_MIB_MAX = 1_024
"""Of the whole process with its instruments."""
HANG_S = 60
"""One input takes milliseconds; the machine may be busy."""


@pytest.mark.drill
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("name", corpora.CORPORA)
def test_fuzz_guided_by_coverage(tmp_path: Path, drill: Drill, name: str) -> None:
    if importlib.util.find_spec("atheris") is None:
        pytest.skip("no atheris here: pip has no wheel of it for this Python and machine")
    runs = RUNS * (FULL_TIMES if drill.is_full else 1)
    begun_with = corpora.write(name, tmp_path / "corpus")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tests.drill.fuzz.targets", name, f"-runs={runs}"),
            f"-seed={drill.seed % 2**31 or 1}",
            *(f"-timeout={HANG_S}", f"-rss_limit_mb={RSS_MIB_MAX}", f"-max_len={corpora.MAX_BYTES}"),
            *(f"-artifact_prefix={tmp_path}/", "-print_final_stats=1", str(tmp_path / "corpus")),
        ],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    broke = [path.name for path in tmp_path.iterdir() if path.is_file()]
    assert done.returncode == 0, f"{broke}\n{done.stdout[-3_000:]}\n{done.stderr[-6_000:]}"
    assert not broke
    executed = int(re.search(r"number_of_executed_units:\s*(\d+)", done.stderr)[1])  # type: ignore[index]
    assert executed >= runs
    covered = re.findall(r"cov: (\d+) ft: (\d+)", done.stderr)
    drill.tell(target=name, runs=executed, corpus=begun_with, edges=covered[-1][0], features=covered[-1][1])
