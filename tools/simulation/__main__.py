"""Run seeds of the deterministic simulation (docs/simulation.md).

A seed that breaks is printed with the step, the invariant and the command that shows it again.
"""

import argparse
import json
import os
import sys
import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import central
from tools.simulation.run import Runner, SeedResult, run_apart, runner

TOLD_EVERY_S = 5.0


def main(argv: list[str] | None = None) -> int:
    """Exit status 0 when no invariant broke."""
    parser = argparse.ArgumentParser(prog="python -m tools.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, metavar="N", help="how many seeds (default 200)")
    parser.add_argument(
        "--from", type=int, default=1, dest="first", metavar="S", help="the first seed (default 1)"
    )
    parser.add_argument("--seed", type=int, metavar="S", help="this seed alone")
    parser.add_argument("--trace", action="store_true", help="print every step (with --seed)")
    parser.add_argument(
        "--max-violations", type=int, default=1, metavar="N", help="stop after so many (default 1)"
    )
    parser.add_argument("--json", action="store_true", help="the summary as JSON on standard output")
    options = parser.parse_args(argv)
    if options.seed is not None:
        options.first, options.seeds = options.seed, 1
    if options.trace and options.seed is None:
        parser.error("--trace needs --seed: one seed has hundreds of steps")
    with runner() as runs:
        return _run(runs, options)


def _run(runs: Runner, options: argparse.Namespace) -> int:
    began_s, cpu_s = time.perf_counter(), _processor_s()
    told_s, counts, steps, done = began_s, Counter[str](), 0, 0
    broken: list[SeedResult] = []
    tell = print if options.trace else None
    seeds = range(options.first, options.first + options.seeds)
    results = run_apart(runs, seeds) if options.seeds > 1 else iter([runs.run(seeds[0], tell)])
    for result in results:
        done += 1
        steps += result.steps
        counts.update(result.counts)
        if result.violation is not None:
            broken.append(result)
            _tell_broken(result)
            if len(broken) >= options.max_violations:
                break
        now_s = time.perf_counter()
        is_person = sys.stderr.isatty()
        if now_s - told_s >= (TOLD_EVERY_S if is_person else 12 * TOLD_EVERY_S):
            told_s = now_s
            left_s = (now_s - began_s) / done * (options.seeds - done)
            told = f"{done}/{options.seeds} seeds, {left_s:.0f} s left "
            print(told, end="\r" if is_person else "\n", file=sys.stderr, flush=True)
    seconds, cpu = time.perf_counter() - began_s, _processor_s() - cpu_s
    summary = {
        "seeds": done,
        "first": options.first,
        "tree": str(Path(central.__file__).parents[1]),
        "violations": len(broken),
        "steps": steps,
        "seconds": round(seconds, 1),
        "cpu_seconds": round(cpu, 1),
        "acts": dict(sorted(counts.items())),
        "broken": [asdict(result) for result in broken],
    }
    if options.json:
        print(json.dumps(summary, indent=1))
    else:
        acts = ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))
        print(
            f"{done} seeds, {steps} steps, {len(broken)} violations,"
            f" {seconds:.1f} s ({cpu:.1f} s CPU): {acts}"
        )
        if options.seed is not None and not broken:
            print(f"hash {result.digest}")
    return 1 if broken else 0


def _processor_s() -> float:
    """Processor time of this process and of those that ended under it."""
    return sum(os.times()[:4])


def _tell_broken(result: SeedResult) -> None:
    print(f"\nseed {result.seed}, step {result.steps}: {result.violation}", file=sys.stderr)
    if result.where:
        print(result.where, file=sys.stderr)
    print(f"again: python -m tools.simulation --seed {result.seed} --trace", file=sys.stderr)


if __name__ == "__main__":
    if sys.flags.hash_randomization:  # sets of text would be walked in another order in every process
        os.execve(  # noqa: S606  (this very program)
            sys.executable,
            [sys.executable, "-m", "tools.simulation", *sys.argv[1:]],
            os.environ | {"PYTHONHASHSEED": "0"},
        )
    sys.exit(main())
