"""`officine replay`: recorded tickets through the API, as a till would send them."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from loyalty.limits.imports import REPLAY_WORKERS_MAX
from officine.inputs import InputInvalid
from officine.output import console, json_option, print_facts, print_json, print_rows, progress
from officine.programs import settings_of

if TYPE_CHECKING:
    from central.settings import CentralSettings
    from officine.output import OnProgress
    from tools.replay.report import ReplayReport

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
SHOWN_MAX = 10


@click.group()
def command() -> None:
    """Send recorded tickets through the HTTP API as a till would.

    Example: officine replay uci online_retail.csv --lines 50000
    """


@command.command()
@click.argument("file", type=FILE)
@click.option("--lines", type=click.IntRange(min=1), help="The first lines of the file. Default: all.")
@click.option("--workers", type=click.IntRange(1, REPLAY_WORKERS_MAX), default=8, show_default=True)
@click.option("--url", help="A running central. Default: one is started on the configured database.")
@click.option("--token-file", type=FILE, help="With --url: a file with a token of the role importer.")
@json_option
@click.pass_context
def uci(
    ctx: click.Context,
    file: Path,
    lines: int | None,
    workers: int,
    url: str | None,
    token_file: Path | None,
    as_json: bool,
) -> None:
    """Replay the UCI Online Retail file (csv, also .gz) into a group of its own: pounds, French law.

    Cancellations become returns of the newest sale of that member and article; what matches nothing is
    reported and moves no points. The same file again books nothing.

    Examples:
      OFFICINE_DATABASE=sqlite:///replay.db officine replay uci online_retail.csv --lines 50000
      officine replay uci online_retail.csv --url https://central.example --token-file importer.token
    """
    # Imported here, not in the coroutines: importing reads files, and nothing blocks a loop.
    import tools.replay.local
    import tools.replay.run  # noqa: F401
    from central.settings import SecretsFileBroken
    from officine.settings import SettingsInvalid

    if (url is None) != (token_file is None):
        raise InputInvalid(where="--url", why="and --token-file belong together: give both, or neither.")
    with progress(as_json=as_json) as on_progress:
        if url is not None and token_file is not None:
            report = asyncio.run(_replay_to(file, url, token_file, lines, workers, on_progress))
        else:
            settings = settings_of("central", ctx.obj)
            try:
                report = asyncio.run(_replay_here(settings, file, lines, workers, on_progress))
            except SecretsFileBroken as error:
                raise SettingsInvalid(where="[central] secrets_file", why=str(error)) from error
    if as_json:
        print_json(report)
    else:
        _print_report(report)
    if report.error_count:
        raise SystemExit(1)


async def _replay_here(
    settings: "CentralSettings", file: Path, lines: int | None, workers: int, on_progress: "OnProgress"
) -> "ReplayReport":
    from tools.replay.local import serving
    from tools.replay.run import replay_uci

    async with serving(settings) as place:
        return await replay_uci(
            file, url=place.url, token=place.token, lines=lines, workers=workers, on_progress=on_progress
        )


async def _replay_to(
    file: Path, url: str, token_file: Path, lines: int | None, workers: int, on_progress: "OnProgress"
) -> "ReplayReport":
    from tools.replay.run import replay_uci

    text = await asyncio.to_thread(token_file.read_text, "ascii")
    return await replay_uci(
        file, url=url, token=text.strip(), lines=lines, workers=workers, on_progress=on_progress
    )


def _print_report(report: "ReplayReport") -> None:
    from tools.replay.report import facts_of

    print_facts(f"Replay into {report.group_id}", facts_of(report))
    if report.unmatched_lines:
        rows = [
            (each.line, each.invoice, each.code, each.quantity, each.amount)
            for each in report.unmatched_lines[:SHOWN_MAX]
        ]
        title = f"\nReturns without a sale: {len(report.unmatched_lines)}, no points moved"
        print_rows(title, ("Line", "Invoice", "Article", "Quantity", "GBP"), rows)
    if report.refused_lines:
        rejected = [(each.line, each.code, each.detail) for each in report.refused_lines[:SHOWN_MAX]]
        print_rows(f"\nRefused lines: {len(report.refused_lines)}", ("Line", "Code", "What"), rejected)
    if report.errors:
        errors = [(each.what, each.status, each.code, each.detail) for each in report.errors[:SHOWN_MAX]]
        print_rows(f"\nErrors: {report.error_count}", ("Ticket", "Status", "Code", "What"), errors)
    hidden = max(len(report.unmatched_lines), len(report.refused_lines), len(report.errors)) > SHOWN_MAX
    if hidden:
        console().print(f"[dim]The first {SHOWN_MAX} of each are shown; --json has all.[/]")
