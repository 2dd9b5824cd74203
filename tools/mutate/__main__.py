"""Mutation testing: change one small thing at a time and see whether a test notices. Not part of `make test`.

    nice python -m tools.mutate loyalty/pricing loyalty/rules    # all of them: an hour or two on two cores
    python -m tools.mutate loyalty/pricing/units.py --sample 20      # some of one file

What was judged stands in `--out`: the same command again goes on where it was stopped, `--again` judges once
more what survived (after a new test). A file that changed is judged anew.
"""

import argparse
import json
import os
import random
import sys
import time
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Final

from tests.postgres import running_server
from tools.mutate.changes import Mutant, mutants_of, unchanged
from tools.mutate.judging import QUICK, THOROUGH, judge, prepare

OUT: Final = Path(".state/mutants.jsonl")
_TELL_EVERY_S: Final = 10.0


class Book:
    """What became of each mutant: a line per judgement, the last one counts."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        entries = [json.loads(line) for line in lines]
        self._stages: dict[str, str] = {entry["key"]: entry["stage"] for entry in entries}

    def stage_of(self, mutant: Mutant) -> str:
        """`waiting`, `quick` (survived the quick tests), `survived` (all of them) or `killed`."""
        return self._stages.get(mutant.key, "waiting")

    def note(self, mutant: Mutant, stage: str) -> None:
        """Write down a judgement."""
        self._stages[mutant.key] = stage
        with self._path.open("a", encoding="utf-8") as out:
            out.write(json.dumps({"key": mutant.key, "stage": stage, "what": str(mutant)}) + "\n")


def files_of(places: list[Path]) -> list[Path]:
    """The files named, and those of the folders named, without private ones."""
    return [
        path for place in places for path in ([place] if place.is_file() else sorted(place.glob("[!_]*.py")))
    ]


def run(mutants: list[Mutant], book: Book, *, is_again: bool) -> None:
    """Quick tests first; the slow ones for those that live."""
    stages = {"waiting", "survived"} if is_again else {"waiting"}
    for tests, before, after in ((QUICK, stages, "quick"), (THOROUGH, {"quick"}, "survived")):
        asked = [mutant for mutant in mutants if book.stage_of(mutant) in before]
        judge(asked, tests, partial(_note, book, after, _Progress(len(asked), before)))


class _Progress:
    """A line every ten seconds: plain text, since a drawn bar needs a thread, and forks hate threads."""

    def __init__(self, total: int, stages: set[str]) -> None:
        self._total = total
        self._name = "slow tests" if stages == {"quick"} else "quick tests"
        self._begun = self._told = time.monotonic()
        self._done = self._killed = 0
        print(f"{self._name}: {total} mutants", file=sys.stderr, flush=True)

    def step(self, *, is_noticed: bool) -> None:
        """One more was judged."""
        self._done += 1
        self._killed += is_noticed
        now = time.monotonic()
        if now - self._told < _TELL_EVERY_S and self._done < self._total:
            return
        self._told = now
        left_min = (now - self._begun) / self._done * (self._total - self._done) / 60
        print(
            f"{self._name}: {self._done} of {self._total}, {self._killed} noticed, {left_min:.0f} min to go",
            file=sys.stderr,
            flush=True,
        )


def _require_green(path: Path) -> None:
    noticed = list[bool]()
    judge([unchanged(path)], (*QUICK, *THOROUGH), lambda _, is_noticed: noticed.append(is_noticed))
    if any(noticed):
        sys.exit("The tests fail without any change: nothing was judged. MUTATE_SHOW=1 shows them.")


def _note(book: Book, survived: str, progress: _Progress, mutant: Mutant, is_noticed: bool) -> None:
    book.note(mutant, "killed" if is_noticed else survived)
    if not is_noticed:
        print(mutant, flush=True)
    progress.step(is_noticed=is_noticed)


def tell(mutants: list[Mutant], book: Book) -> None:
    """Who survived, and the figures of each file and folder."""
    for mutant in mutants:
        if book.stage_of(mutant) == "survived":
            print(f"survived: {mutant}")
    killed = [mutant for mutant in mutants if book.stage_of(mutant) == "killed"]
    for place in (_file, _folder):
        of_killed = Counter(map(place, killed))
        for name, count in sorted(Counter(map(place, mutants)).items()):
            print(f"{name}: {of_killed[name]} of {count} killed, {100 * of_killed[name] / count:.1f} %")


def _file(mutant: Mutant) -> str:
    return str(mutant.path)


def _folder(mutant: Mutant) -> str:
    return f"{mutant.path.parent}/"


def main(argv: list[str] | None = None) -> int:
    """Make mutants, run them, tell which survived."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.mutate", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("places", nargs="+", type=Path, metavar="FILE|FOLDER")
    parser.add_argument("--sample", type=int, help="how many mutants, drawn at random; without it all")
    parser.add_argument("--seed", type=int, default=1, help="of the sample, and of the order")
    parser.add_argument("--out", type=Path, default=OUT, help=f"what was judged, {OUT} unless told")
    parser.add_argument("--again", action="store_true", help="judge once more what survived")
    options = parser.parse_args(argv)
    files = files_of(options.places)
    every = [mutant for path in files for mutant in mutants_of(path)]
    if not every:
        parser.error("There is nothing to change in these: name files or folders of Python code.")
    loaded = {".".join(path.with_suffix("").parts) for path in files} & sys.modules.keys()
    assert not loaded, f"a mutant of what is imported already would never run: {loaded}"
    drawn = random.Random(options.seed).sample(every, min(options.sample or len(every), len(every)))
    begun, book = time.monotonic(), Book(options.out)
    prepare()
    with running_server() as server:  # one for all: a mutant that is killed leaves none behind
        if server is not None:
            os.environ["OFFICINE_TEST_PG"] = server.address
        _require_green(files[0])
        run(drawn, book, is_again=options.again)
        _require_green(files[0])  # a test that was changed meanwhile notices everything
    tell(sorted(drawn, key=lambda mutant: (mutant.path, mutant.line)), book)
    print(f"{len(drawn)} of {len(every)} mutants, {time.monotonic() - begun:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
