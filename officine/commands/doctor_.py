"""`officine doctor`: look at every part of this machine."""

import asyncio
import sys

import click
from rich.markup import escape

from officine.output import console, json_option, print_json

MARKS = {"ok": "[green]✓[/]", "warn": "[yellow]![/]", "fail": "[bold red]✗[/]"}


@click.command()
@json_option
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """Look at every part of this machine and say what to do next.

    Asks only about programs that the settings name: central, reader, printer, terminal agent and its
    outbox, kiosk, clock, certificate, disk, versions. Exit status 1 when something does not work.

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
        width = max(len(result.name) for result in results)
        for result in results:
            mark = MARKS[result.status.value]
            console().print(f" {mark} [bold]{result.name:<{width}}[/]  {escape(result.text)}", soft_wrap=True)
            if result.next_step:
                console().print(f"   {'':<{width}}  [dim]→ {escape(result.next_step)}[/]", soft_wrap=True)
    if not is_well:
        sys.exit(1)
