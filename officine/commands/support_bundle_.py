"""`officine support-bundle`: one file to mail, without personal data."""

import asyncio
import sys
import time
from pathlib import Path
from typing import IO

import click

from officine.inputs import InputInvalid
from officine.output import console, json_option, print_facts, print_json
from wire.files import write_private


@click.command()
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where to write it. Default: officine-support-DATE-TIME.tar.gz here.",
)
@click.option(
    "--metrics-token",
    type=click.File("r"),
    metavar="FILE",
    help="A file with a token that has metrics.read: central's figures come along. - is standard input.",
)
@json_option
@click.pass_context
def command(ctx: click.Context, output: Path | None, metrics_token: IO[str] | None, as_json: bool) -> None:
    """Write one archive that may be mailed to support. It holds no personal data and no secrets.

    Inside: versions, operating system, memory, heat, disks, clock; settings as numbers and words; what
    `officine doctor` finds, as codes and figures; states of the units and the last log lines (time, event,
    figures); how many tickets wait and how old they are; reader, link, central's health.

    Not inside: names, card numbers, member ids, tickets, addresses, phone numbers; tokens, keys,
    certificates, the pairing code; host names, network addresses, paths, user names; sentences of logs. Only
    numbers of at most eight digits and words of Officine's own source may enter.

    The file belongs to you alone (0600). Run it as root at a terminal, or parts are missing.

    Examples:
      officine support-bundle
      officine support-bundle --output /tmp/nyon.tar.gz --json
    """
    from officine.doctor.run import read_machine
    from officine.logs import set_up_logs
    from officine.support.bundle import make, secrets_of, sections

    set_up_logs("error")
    path = output or Path(time.strftime("officine-support-%Y%m%d-%H%M%S.tar.gz", time.gmtime()))
    token = metrics_token.read().strip() if metrics_token is not None else ""
    machine, _ = read_machine(ctx.obj)
    secrets = [*secrets_of(machine), token]
    bundle = asyncio.run(make(machine, sections(token), secrets))
    try:
        write_private(path, bundle.archive)
    except FileExistsError:
        raise InputInvalid(where=str(path), why="exists already. Name another file with --output.") from None
    except OSError as error:
        raise InputInvalid(where=str(path), why=f"cannot be written ({error.strerror}).") from error
    if as_json:
        facts = {"file": str(path), "bytes": len(bundle.archive), "inside": bundle.inside}
        print_json(facts | {"missing": bundle.missing})
    else:
        print_facts(
            "Support bundle", {"file": path.resolve(), "size": f"{len(bundle.archive) // 1024 + 1} KiB"}
        )
        print_facts("Inside", bundle.inside)
        if bundle.missing:
            console().print(f"[yellow]Missing[/]: {', '.join(bundle.missing)}. As root more can be seen.")
        console().print("[dim]No personal data, no secrets: look yourself with tar -xzf.[/]")
    sys.stdout.flush()
