"""The deterministic simulation: some seeds keep all invariants, a seed repeats exactly, the recount can fail.

RELIABILITY invariants 1 to 5, 7, 8, 9; ten thousand seeds run in `make drill`.
"""

import contextlib
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
from blockbuster import BlockBuster

from tools.simulation.books import Books
from tools.simulation.catalogue import BEGAN_MS
from tools.simulation.kinds import check_entry
from tools.simulation.rows import Rows
from tools.simulation.run import Runner, runner
from tools.simulation.trace import Violation

SEEDS = range(1, 31)


@pytest.fixture
def runs(nothing_blocks_a_loop: BlockBuster) -> Iterator[Runner]:
    """A runner. In a simulation what is threads' work is done on the loop, in virtual time."""
    nothing_blocks_a_loop.deactivate()
    try:
        with runner() as made:
            yield made
    finally:
        nothing_blocks_a_loop.activate()


def test_some_seeds_keep_every_invariant(runs: Runner) -> None:
    acts, downs = Counter[str](), 0

    def count_downs(line: str) -> None:
        nonlocal downs
        downs += " down " in line

    for seed in SEEDS:
        result = runs.run(seed, count_downs)
        assert result.violation is None, (
            f"seed {seed}, step {result.steps}: {result.violation}\n{result.where}"
        )
        acts.update(result.counts)
    assert downs > 3 * len(SEEDS) + 15, "three machines go down at the end of each seed, some before it"
    for act in ("sale", "return", "reservation", "move", "correction", "goodwill", "sale refused"):
        assert acts[act] > 0, f"nobody ever did: {act}"


def test_a_seed_repeats_exactly_here_and_in_another_process(runs: Runner) -> None:
    steps: list[str] = []
    first = runs.run(5, steps.append)
    again = runs.run(5)
    other = subprocess.run(
        [sys.executable, "-m", "tools.simulation", "--seed", "5"],
        env=os.environ | {"PYTHONHASHSEED": "4711"},
        check=True,
        capture_output=True,
        text=True,
    )
    assert len(steps) == first.steps > 50
    assert again.digest == first.digest
    assert f"hash {first.digest}" in other.stdout
    assert runs.run(6).digest != first.digest


def test_the_command_tells_figures_as_json() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "tools.simulation", "--seeds", "2", "--from", "11", "--json"],
        check=True,
        capture_output=True,
        text=True,
    )
    summary = json.loads(told.stdout)
    assert (summary["seeds"], summary["first"], summary["violations"]) == (2, 11, 0)
    assert summary["steps"] > 100


@pytest.mark.parametrize(
    ("change", "invariant"),
    [
        ("UPDATE posting SET amount = amount + 1 WHERE journal_seq = 3", "5 journal"),
        ("UPDATE account SET balance = balance + 1 WHERE account LIKE 'member/m-1/points'", "1 conservation"),
        ("UPDATE lot SET remaining = remaining - 1 WHERE lot_id = 'opening-3/accrual/1'", "1 conservation"),
        ("UPDATE sale SET points = points + 1 WHERE sale_id = 'opening-1'", "8 authority"),
        (
            "DELETE FROM event WHERE kind = 'sale.committed' AND seq = (SELECT max(seq) FROM event)",
            "8 authority",
        ),
        ("UPDATE lot SET expires_ms = expires_ms + 1 WHERE lot_id = 'opening-2/accrual/1'", "5 journal"),
        ("UPDATE voucher SET worth_minor = worth_minor + 1 WHERE sale_id = 'opening-4'", "8 authority"),
        ("UPDATE household_member SET household_id = 'h-2' WHERE member_id = 'm-1'", "8 authority"),
    ],
)
def test_the_recount_finds_what_was_changed_by_hand(
    tmp_path: Path, runs: Runner, change: str, invariant: str
) -> None:
    path = tmp_path / "central.db"
    path.write_bytes(runs.start.central["central.db"])
    with contextlib.closing(apsw.Connection(str(path))) as connection:
        _change_and_read(connection, runs, change, invariant)


def _change_and_read(connection: apsw.Connection, runs: Runner, change: str, invariant: str) -> None:
    for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        connection.execute(f'DROP TRIGGER "{name}"')
    later_ms = BEGAN_MS + 1_000_000
    assert Books(runs.start.asked(), check_entry).read(Rows(connection), later_ms), "sound as it is"
    connection.execute(change)
    assert connection.changes() == 1

    with pytest.raises(Violation) as found:
        Books(runs.start.asked(), check_entry).read(Rows(connection), later_ms)

    assert found.value.invariant == invariant
