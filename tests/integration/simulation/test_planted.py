"""The drill of planted bugs: it plants in a copy, finds what breaks, and tells what it cannot use."""

import difflib
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def a_patch(place: Path, name: str, path: str, old: str, new: str) -> Path:
    """A patch that puts `new` in the place of `old`, which the file has once."""
    before = (ROOT / path).read_text(encoding="utf-8")
    assert before.count(old) == 1, f"{path} has changed: choose another line"
    after = before.replace(old, new)
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{path}", f"b/{path}"
    )
    patch = place / name
    patch.write_text("What it breaks, in a sentence.\n\n" + "".join(lines), encoding="utf-8")
    return patch


def planted(*arguments: str) -> tuple[int, list[dict[str, object]]]:
    ran = subprocess.run(
        [sys.executable, "-m", "tools.simulation.planted", "--json", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout, ran.stderr
    return ran.returncode, json.loads(ran.stdout)


def test_a_planted_bug_is_found_and_what_breaks_nothing_is_not(tmp_path: Path) -> None:
    bug = a_patch(
        tmp_path,
        "1-one-point-more.patch",
        "loyalty/ledger/accrual.py",
        "kept = points - settled\n",
        "kept = points - settled + (points > 40)\n",
    )
    harmless = a_patch(
        tmp_path,
        "2-harmless.patch",
        "loyalty/ledger/accrual.py",
        "kept = points - settled\n",
        "kept = -settled + points\n",
    )

    status, (first, second) = planted(str(bug), str(harmless), "--seeds", "8", "--want", "1")

    assert status == 0
    assert first["state"] == "found", first
    assert "1 conservation" in str(first["told"])
    assert second["state"] == "not_found", second
    assert "+ (points > 40)" not in (ROOT / "loyalty/ledger/accrual.py").read_text(encoding="utf-8")


def test_a_patch_that_cannot_be_planted_is_told_and_counts_as_not_found(tmp_path: Path) -> None:
    test_code = a_patch(
        tmp_path, "1-tools.patch", "tools/simulation/loop.py", "CLOCK_RESOLUTION_S: Final = 1e-7", "X = 1"
    )
    stale = tmp_path / "2-stale.patch"
    stale.write_text("--- a/loyalty/money.py\n+++ b/loyalty/money.py\n@@ -1 +1 @@\n-nothing\n+like this\n")
    broken = a_patch(
        tmp_path, "3-broken.patch", "loyalty/ledger/accrual.py", "kept = points - settled\n", "kept = (\n"
    )

    status, outcomes = planted(str(test_code), str(stale), str(broken), "--seeds", "1", "--want", "1")

    assert status == 1
    assert [outcome["state"] for outcome in outcomes] == ["unusable"] * 3
    told = [str(outcome["told"]) for outcome in outcomes]
    assert "product code alone" in told[0]
    assert "does not apply" in told[1]
    assert "does not compile" in told[2]
