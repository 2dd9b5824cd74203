"""`officine doctor`: look at every part of this machine."""

import asyncio
import sys
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click
from rich.markup import escape
from rich.table import Table

from officine.output import console, json_option, print_json

if TYPE_CHECKING:
    from officine.doctor.base import Result

LINE_CHARS = 200
"""Where nobody looks at a terminal, so that a line stays a line."""
MARKS = {"ok": "[green]✓[/]", "warn": "[yellow]![/]", "fail": "[bold red]✗[/]"}


@click.command()
@json_option
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """Look at every part of this machine and say what to do next.

    Asks only about programs that the settings name: central, reader, printer, terminal agent and its
    outbox, kiosk, clock, certificate, disk, versions, and whether each runs with the settings and the version
    that are on the disk now. Exit status 1 when something does not work.

    Examples:
      officine doctor
      officine --config .state/demo/officine.toml doctor    (while the demo runs)
    """
    from officine.doctor.base import Status
    from officine.doctor.run import examine
    from officine.logs import set_up_logs

    set_up_logs("error")  # the checks say what is wrong; the links' own words would only repeat it
    results = asyncio.run(examine(ctx.obj))
    is_well = all(result.status is not Status.FAIL for result in results)
    if as_json:
        print_json({"is_well": is_well, "checks": results})
    else:
        show(results)
    if not is_well:
        sys.exit(1)


def show(results: "Sequence[Result]") -> None:
    """One row for each check, what to do below what was found, and what it comes to."""
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for result in results:
        step = f"\n[dim]→ {escape(result.next_step)}[/]" if result.next_step else ""
        table.add_row(f" {MARKS[result.status.value]}", f"{result.name} ", escape(result.text) + step)
    screen = console()
    screen.print(table, width=None if screen.is_terminal else LINE_CHARS)
    counts = Counter(result.status.value for result in results)
    if counts["fail"]:
        said = f"[bold red]{counts['fail']} of {len(results)} do not work[/]"
    elif counts["warn"]:
        said = f"[yellow]It works; {counts['warn']} of {len(results)} checks to look at[/]"
    else:
        said = f"[green]All {len(results)} are well[/]"
    screen.print(f"\n {said}")
