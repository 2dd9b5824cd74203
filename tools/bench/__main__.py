"""`make bench`: paired measurements on this machine, each figure beside a limit found in the same run."""

import asyncio
import logging
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click
import structlog
import uvloop
from rich.console import Console

from tools.bench import endpoint, engines, growth, kiosk, pricing, raw, simulation, size, taps, till
from tools.bench.cores import choose_cores
from tools.bench.endpoint import Plan
from tools.bench.progress import Progress
from tools.bench.report import Measured, Report
from tools.bench.world import Size, make_world

USUAL: Final = ("raw", "endpoint", "slow-disk", "engines", "growth", "pricing", "taps", "kiosk", "till")
NAMES: Final = (*USUAL, "simulation", "size")
OUT: Final = Path(".state/bench.json")


async def measure(
    names: Sequence[str], *, rounds: int, seconds: float, wanted: size.Wanted, has_every_language: bool
) -> Report:
    """Everything asked for, in one run."""
    report, progress = Report(), Progress(sys.stderr)
    cores = choose_cores()
    if not cores.are_apart:
        report.notes.append("one core: server and load share it, and the goals' ratios do not apply")
    with tempfile.TemporaryDirectory(prefix="officine-bench-") as name:
        folder = Path(name)
        if {"raw", "endpoint", "slow-disk", "engines"} & set(names):
            progress.stage("Filling a group")
            world = await make_world(folder / "world", Size(), progress)
            world.copy_to(folder / "rest")
            plan = Plan(cores=cores, world=world, folder=folder, rounds=rounds, seconds=seconds)
            rows = folder
            if {"raw", "endpoint"} & set(names):
                progress.stage(f"Deciding {raw.PURCHASES:,} purchases for the raw store")
                rows = await raw.take_rows(world, folder)
            if "raw" in names:
                progress.stage("Raw store")
                endpoint.tell_raw(report, await endpoint.measure_raw(plan, rows))
            if "endpoint" in names:
                progress.stage("Raw store, echo and purchase by turns; then the open loop")
                await endpoint.measure_endpoint(plan, rows, report)
            if "slow-disk" in names:
                progress.stage("Purchases on a slower disk")
                await endpoint.measure_slow_disk(plan, report)
            if "engines" in names:
                progress.stage("SQLite and PostgreSQL by turns")
                await _measure_engines(plan, report)
        if "size" in names:
            progress.stage(f"Filling a group of {wanted.members:,} members, {wanted.tickets:,} tickets")
            world = await make_world(folder / "size-small", growth.SMALL, progress)
            plan = Plan(cores=cores, world=world, folder=folder, rounds=rounds, seconds=seconds)
            await size.measure(plan, wanted, report, progress)
        if "growth" in names:
            progress.stage("Growing groups tenfold")
            world = await make_world(folder / "small", growth.SMALL, progress)
            plan = Plan(cores=cores, world=world, folder=folder, rounds=rounds, seconds=seconds)
            await growth.measure(plan, report, progress)
    await _measure_alone(names, report, progress, has_every_language=has_every_language)
    progress.end()
    return report


async def _measure_alone(
    names: Sequence[str], report: Report, progress: Progress, *, has_every_language: bool
) -> None:
    """The parts that make a world of their own, or need none."""
    if "simulation" in names:
        progress.stage(f"Booking {simulation.TICKETS:,} tickets, then simulating a draft over them")
        with tempfile.TemporaryDirectory(prefix="officine-bench-") as name:
            _tell_simulation(report, await simulation.measure(Path(name), progress))
    if "pricing" in names:
        progress.stage("Quoting against 10 to 10,000 promotions")
        _tell_pricing(report, await asyncio.to_thread(pricing.measure))
    if "taps" in names:
        progress.stage("Tapping cards on the whole stack")
        await taps.measure(report, progress)
    if "kiosk" in names:
        progress.stage("Starting kiosks, touching them, drawing every scene")
        await kiosk.measure(report, progress, has_every_language=has_every_language)
    if "till" in names:
        progress.stage("Awarding tickets of five lines over nexo, encrypted, plain and in XML")
        await till.measure(report)


async def _measure_engines(plan: Plan, report: Report) -> None:
    address = os.environ.get(engines.ADDRESS_VARIABLE)
    if address is None:
        report.notes.append(f"engines: name an empty PostgreSQL database in {engines.ADDRESS_VARIABLE}")
        return
    report.measured += await engines.measure(plan.world, plan.folder, address, plan.rounds)


def _tell_pricing(report: Report, found: pricing.PricingFigures) -> None:
    for each in found.sizes:
        name = f"quote of 5 lines, {each.promotions:,} promotions"
        report.measured.append(Measured(name=name, unit="µs", rounds=each.rounds_us))
    report.measured.append(
        Measured(
            name="quote, 10,000 promotions",
            unit="times",
            rounds=found.ratios,
            of="100 promotions",
            ratios=found.ratios,
            goal=f"<= {pricing.RATIO_GOAL:g}",
        )
    )
    for world in found.worlds:
        report.measured.append(
            Measured(
                name=f"quote, 10,000 promotions kept apart by {world.kept_apart_by}",
                unit="µs",
                rounds=world.large_us,
                of="100 promotions",
                ratios=world.ratios,
            )
        )


def _tell_simulation(report: Report, found: simulation.SimulationFigures) -> None:
    what = f"{found.tickets:,} tickets, {found.lines:,} lines"
    for name, seconds, goal in (
        (f"rules simulate, {what}", found.seconds, f"< {simulation.GOAL_S}"),
        ("rules simulate, processor time", found.processor_s, ""),
        (f"booking {found.tickets:,} tickets before", found.booked_s, ""),
        ("booking, processor time", found.booked_processor_s, ""),
    ):
        report.measured.append(Measured(name=name, unit="s", rounds=(seconds,), goal=goal))


@click.command()
@click.option("--only", multiple=True, type=click.Choice(NAMES), help="Measure this alone; may be repeated.")
@click.option("--rounds", default=5, show_default=True, help="Rounds in which everything takes its turn.")
@click.option("--seconds", default=2.0, show_default=True, help="Length of one turn.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=OUT,
    show_default=True,
    help="Write the JSON here as well.",
)
@click.option("--members", default=100_000, show_default=True, help="size: how many members.")
@click.option("--tickets", default=500_000, show_default=True, help="size: how many tickets.")
@click.option("--minutes", default=5.0, show_default=True, help="size: how long filling may take.")
@click.option(
    "--all-languages", is_flag=True, help="kiosk: every scene in every language at every size and mode."
)
@click.option("--docs", is_flag=True, help="Put the table into docs/performance.md.")
def main(
    only: tuple[str, ...],
    rounds: int,
    seconds: float,
    as_json: bool,
    out: Path,
    members: int,
    tickets: int,
    minutes: float,
    all_languages: bool,
    docs: bool,
) -> None:
    """Measure the purchase from bytes to disk, and tap to screen, beside the limits of this machine.

    raw: the same rows written by SQLite alone, in groups. endpoint: the whole purchase against raw store and
    echo server, closed and open loop. slow-disk: each fsync 2 ms longer. engines: SQLite
    beside the empty PostgreSQL database of OFFICINE_BENCH_PG. growth: ten times the members,
    tickets, promotions, shops. pricing: a quote alone. taps: the four programs, tap to screen.
    kiosk: from process start to attract, touch to colour, every screen's frame, redraws at rest. Each scene
    is drawn at each size in each mode, its five languages by turns (each at least three times): what no turn
    draws, --all-languages does, five times as long.

    simulation (only when asked for): `officine rules simulate` over 25,000 recorded tickets.

    size (only when asked for): member search, sheet, history and statements of a group of many members and
    tickets: --members 1000000 --tickets 5000000 --minutes 60.

    Machines are shared and noisy: only ratios inside one run hold.

    Example: make bench ARGS="--only endpoint --rounds 3"
    """
    warnings_only = structlog.make_filtering_bound_logger(logging.WARNING)
    structlog.configure(wrapper_class=warnings_only)
    wanted = size.Wanted(members, tickets, minutes)
    report = uvloop.run(
        measure(
            only or USUAL, rounds=rounds, seconds=seconds, wanted=wanted, has_every_language=all_languages
        )
    )
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(report.json())
    if docs:
        report.write_docs()
    if as_json:
        sys.stdout.write(report.json().decode())
        return
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 160)
    console.print(report.table())
    for note in report.notes:
        console.print(note)
    console.print(f"[dim]JSON: {out}[/]")


if __name__ == "__main__":
    main()
