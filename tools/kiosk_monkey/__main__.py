"""`python -m tools.kiosk_monkey`: play, judge, tell; the exit status is 1 when a law was broken or missed."""

import json
import secrets
import sys
from typing import Final

import click
from rich.console import Console

from tools.kiosk_monkey.monkey import USUAL, Habits
from tools.kiosk_monkey.run import GROWTH_MAX, Run, SessionBroke, path_of, place_of, play, resident_bytes
from tools.kiosk_monkey.subject import Place

LONG: Final = 1_000
"""A run of so many sessions looks at its memory."""
_MIB: Final = 1024 * 1024
_TOLD_EACH: Final = 250
"""Where nobody looks on, a line of progress after so many sessions."""


class OfPlace(click.ParamType[Place]):
    """A screen and what is touched on it."""

    name = "SCREEN: ACTION"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Place:
        """Raises: click.BadParameter."""
        try:
            return place_of(value)
        except ValueError as error:
            self.fail(f"{error}; as --untouched lists them, 'menu: back'", param, ctx)


@click.command()
@click.option("--sessions", default=10_000, show_default=True, help="How many visits to play.")
@click.option("--seed", type=int, help="Play what this seed played before. Default: drawn, and told.")
@click.option("--path", "path_session", type=int, help="Print the path of this session of the seed, and end.")
@click.option(
    "--wanted", type=OfPlace(), help="With --path: this is touched as soon as it is drawn, 'menu: back'."
)
@click.option(
    "--draw-rate",
    default=USUAL.draw_rate,
    show_default=True,
    help="Share of moves after which a frame is drawn.",
)
@click.option(
    "--acted-each", default=USUAL.acted_each, show_default=True, type=click.IntRange(min=1),
    help="Every so many visits begin as a scene does.",
)  # fmt: skip
@click.option("--untouched", "tells_untouched", is_flag=True, help="List what was drawn and never touched.")
@click.option("--json", "as_json", is_flag=True, help="The figures and both lists as JSON.")
def main(
    sessions: int,
    seed: int | None,
    path_session: int | None,
    wanted: Place | None,
    draw_rate: float,
    acted_each: int,
    tells_untouched: bool,
    as_json: bool,
) -> None:
    """Play random visits on the real flow and the real drawing, off the screen.

    Touches on what is drawn, taps, removals, lost links, answers of every kind, late ones too. The laws of
    tools/kiosk_monkey/laws.py must hold in each moment; a broken one is told with the path that led there.

    Example: python -m tools.kiosk_monkey --sessions 300 --seed 7
    """
    seed = secrets.randbits(32) if seed is None else seed
    habits = Habits(draw_rate=draw_rate, acted_each=acted_each)
    if wanted is not None and path_session is None:
        raise click.UsageError("--wanted goes with --path, both as a broken run tells them")
    errors = Console(stderr=True, highlight=False)
    try:
        if path_session is not None:
            path = path_of(seed=seed, session=path_session, habits=habits, wanted=wanted)
            print("\n".join(path))
            return
        run = play(
            seed=seed,
            sessions=sessions,
            habits=habits,
            is_warm=sessions >= LONG,
            on_progress=lambda done, total: tell_progress(errors, done, total),
        )
    except SessionBroke as broken:
        sys.exit(str(broken))
    print(json.dumps(as_data(run), indent=2)) if as_json else tell(run, tells_untouched=tells_untouched)
    if run.missed or (sessions >= 10_000 and run.growth > GROWTH_MAX):
        sys.exit(1)


def tell_progress(errors: Console, done: int, total: int) -> None:
    """A line that moves on a terminal; plain lines in a file."""
    if errors.is_terminal:
        errors.print(f"  {done:,} of {total:,} sessions  ", end="\r")
    elif done % _TOLD_EACH == 0:
        errors.print(f"{done:,} of {total:,} sessions, {resident_bytes() // _MIB} MiB")


def as_data(run: Run) -> dict[str, object]:
    """The figures of a run, for machines; memory in bytes, after each block of sessions."""
    return {
        "seed": run.seed,
        "sessions": run.sessions,
        "seconds": round(run.seconds, 1),
        "simulated_ms": run.simulated_ms,
        "events": run.seen.events,
        "frames": run.seen.frames,
        "screens": len(run.seen.screens),
        "never_drawn": run.missed,
        "touches": sum(run.seen.touched.values()),
        "gone_for": run.gone_for,
        "never_touched": run.untouched,
        "memory": run.resident,
        "growth": round(run.growth, 3),
    }


def untouched_lines(run: Run) -> list[str]:
    """What was drawn and never touched: a line for each screen, with its actions."""
    by_screen: dict[str, list[str]] = {}
    for each in run.untouched:
        screen, _, action = each.partition(": ")
        by_screen.setdefault(screen, []).append(action)
    return [f"  {screen}: {', '.join(actions)}" for screen, actions in by_screen.items()]


def _growth(run: Run) -> str:
    if run.sessions < LONG:
        return f"still filling its caches: of {LONG:,} sessions and more it tells whether it grows"
    return f"the last fifth {run.growth:.3f} of the second"


def tell(run: Run, *, tells_untouched: bool = False) -> None:
    """The figures of a run; tells_untouched: with the list of what no finger met."""
    seen, memory = run.seen, [one // _MIB for one in run.resident]
    for name, figure in (
        ("seed", run.seed),
        ("sessions", f"{run.sessions:,} in {run.seconds:.0f} s"),
        ("simulated", f"{run.simulated_ms / 3_600_000:.0f} h of use"),
        ("events", f"{seen.events:,}, frames {seen.frames:,}"),
        ("screens", f"{len(seen.screens)} drawn, never: {', '.join(run.missed) or 'none'}"),
        ("touches", f"{sum(seen.touched.values()):,}, {_met(run, is_listed=tells_untouched)}"),
        ("memory", f"{memory[0]} MiB, at last {memory[-1]}, {_growth(run)}"),
    ):
        print(f"{name:<10} {figure}")
    for line in untouched_lines(run) if tells_untouched else ():
        print(line)


def _met(run: Run, *, is_listed: bool) -> str:
    met, count = f"{run.gone_for:,} places met by going for them", len(run.untouched)
    if not count:
        return f"{met}, none never met"
    return f"{met}, {count:,} never{':' if is_listed else ' (--untouched lists them)'}"


if __name__ == "__main__":
    main()
