"""Plants bugs, one after the other, in a copy of the project, and sees whether the simulation finds them.

Rules for the patches: tests/drill/planted_bugs/README.md.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

BUGS: Final = Path("tests/drill/planted_bugs")
PRODUCT: Final = ("central", "loyalty", "terminal", "wire")
SEEDS: Final = 1_500
WANTED_OF_TEN: Final = 9
_TOUCHED = re.compile(r"^(?:---|\+\+\+) (?:[ab]/)?(\S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one patch. `state`: found, not_found, or unusable (`told` says why)."""

    patch: str
    state: str
    seed: int | None = None
    told: str = ""
    seconds: float = 0.0


def plant_each(
    patches: list[Path], *, root: Path, seeds: int, first: int, tell: Callable[[str], None]
) -> list[Outcome]:
    """Plant each patch alone and run the simulation over it, until it breaks or the seeds are through."""
    outcomes = []
    for patch in patches:
        began_s = time.perf_counter()
        with _copy_of(root) as copy:
            trouble = _apply(patch, copy)
            state, seed, told = ("unusable", None, trouble) if trouble else _simulate(copy, seeds, first)
        if seed is not None and not _is_sound(root, seed):
            state, told = "unusable", f"seed {seed} breaks without the bug as well: mend that first"
        outcome = Outcome(patch.name, state, seed, told, round(time.perf_counter() - began_s, 1))
        where = "" if outcome.seed is None else f" by seed {outcome.seed}"
        tell(f"{outcome.patch}: {outcome.state}{where} in {outcome.seconds} s  {outcome.told}")
        outcomes.append(outcome)
    return outcomes


def _is_sound(root: Path, seed: int) -> bool:
    """Whether the seed passes where no bug is planted: otherwise it found something else."""
    with _copy_of(root) as copy:
        return _simulate(copy, 1, seed)[0] == "not_found"


@contextmanager
def _copy_of(root: Path) -> Iterator[Path]:
    """The project's own files as they stand now."""
    listed = subprocess.run(  # noqa: S603
        ["git", "ls-files", "-z", "-co", "--exclude-standard", "--", *PRODUCT, "tools", "pyproject.toml"],  # noqa: S607
        cwd=root, check=True, capture_output=True,
    ).stdout.decode()  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="officine-planted-") as place:
        for name in filter(None, listed.split("\0")):
            if (root / name).is_file():
                target = Path(place) / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(root / name, target)
        yield Path(place)


def _apply(patch: Path, copy: Path) -> str:
    """Apply it; what is wrong with it, or nothing."""
    touched = set(_TOUCHED.findall(patch.read_text(encoding="utf-8"))) - {"/dev/null"}
    outside = sorted(name for name in touched if name.split("/")[0] not in PRODUCT)
    if outside or not touched:
        return f"touches {', '.join(outside) or 'nothing'}: product code alone ({', '.join(PRODUCT)})"
    command = ["git", "apply", "--whitespace=nowarn", str(patch.resolve())]
    applied = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)  # noqa: S603
    if applied.returncode:
        return f"does not apply: {applied.stderr.strip()}"
    compiled = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "compileall", "-q", *sorted(touched)],
        cwd=copy,
        capture_output=True,
        text=True,
        check=False,
    )
    return f"does not compile: {compiled.stdout.strip()}" if compiled.returncode else ""


def _simulate(copy: Path, seeds: int, first: int) -> tuple[str, int | None, str]:
    command = [
        sys.executable,
        "-m",
        "tools.simulation",
        "--json",
        "--seeds",
        str(seeds),
        "--from",
        str(first),
    ]
    environment = os.environ | {"PYTHONHASHSEED": "0", "PYTHONPATH": str(copy)}
    ran = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    try:
        summary = json.loads(ran.stdout)
    except ValueError:
        return "unusable", None, f"the simulation does not run: {ran.stderr.strip()[-500:]}"
    if Path(summary["tree"]).resolve() != copy.resolve():
        return "unusable", None, f"the simulation ran on {summary['tree']}, not on the copy"
    if not summary["broken"]:
        return "not_found", None, f"{summary['seeds']} seeds, {summary['steps']} steps without a violation"
    broken = summary["broken"][0]
    return "found", broken["seed"], f"step {broken['steps']}, {broken['violation'][:300]}"


def main(argv: list[str] | None = None) -> int:
    """Exit status 0 when enough were found."""
    parser = argparse.ArgumentParser(prog="python -m tools.simulation.planted", description=__doc__)
    parser.add_argument(
        "patches", nargs="*", type=Path, help=f"patch files, or folders of them (default: all of {BUGS})"
    )
    parser.add_argument("--seeds", type=int, default=SEEDS, help=f"seeds for each bug (default {SEEDS})")
    parser.add_argument("--from", type=int, default=1, dest="first", metavar="S", help="the first seed")
    parser.add_argument("--want", type=int, help=f"how many must be found (default {WANTED_OF_TEN} of ten)")
    parser.add_argument("--json", action="store_true", help="the outcomes as JSON on standard output")
    options = parser.parse_args(argv)
    root = Path.cwd()
    patches = [
        patch
        for path in options.patches or [root / BUGS]
        for patch in (sorted(path.rglob("*.patch")) if path.is_dir() else [path])
    ]
    if not patches:
        parser.error(f"there is no patch in {BUGS}")
    outcomes = plant_each(
        patches,
        root=root,
        seeds=options.seeds,
        first=options.first,
        tell=lambda line: print(line, file=sys.stderr, flush=True),
    )
    wanted = -(-len(patches) * WANTED_OF_TEN // 10) if options.want is None else options.want
    found = sum(outcome.state == "found" for outcome in outcomes)
    if options.json:
        print(json.dumps([asdict(outcome) for outcome in outcomes], indent=1))
    else:
        print(f"{found} of {len(outcomes)} planted bugs found, {wanted} wanted")
    return 0 if found >= wanted else 1


if __name__ == "__main__":
    sys.exit(main())
