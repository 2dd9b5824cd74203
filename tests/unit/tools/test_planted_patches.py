"""Planted bugs are patches of today's code: one that no longer applies would leave its drill in silence."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PATCHES = sorted((ROOT / "tests/drill/planted_bugs").glob("*/*.patch"))


def test_there_are_planted_bugs() -> None:
    assert len(PATCHES) >= 20


@pytest.mark.parametrize("patch", PATCHES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_planted_bug_fits_the_code_and_says_what_it_breaks(patch: Path) -> None:
    assert not patch.read_text(encoding="utf-8").startswith("diff"), "first a sentence, then the change"
    tried = subprocess.run(
        ["git", "apply", "--check", str(patch)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert tried.returncode == 0, f"the code has moved on, make the patch anew: {tried.stderr}"
