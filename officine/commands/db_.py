"""`officine db`: whole databases, in a SQLite file or on a PostgreSQL server."""

import asyncio
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from officine.output import console, json_option, print_facts, print_json, print_rows, progress
from officine.programs import settings_of

if TYPE_CHECKING:
    from central.services.ledger.check import LedgerReport
    from central.settings import CentralSettings
    from central.storage.transfer.copying import TableProof
    from officine.output import OnProgress


@click.group()
def command() -> None:
    """Bring up to date, back up, restore, check and copy the database of central.

    It is the one that OFFICINE_DATABASE or the settings name: a SQLite file or a PostgreSQL database.
    The keys of central (secrets_file) are no part of it: back them up too, and keep them apart.

    Example: officine db backup /safe/2026-11-25.db
    """


@command.command()
@click.option("--dry-run", is_flag=True, help="Only tell what would run.")
@json_option
@click.pass_context
def migrate(ctx: click.Context, dry_run: bool, as_json: bool) -> None:
    """Run the migrations that this release has and the database has not.

    Central does the same when it starts; here it is done before, on its own.

    Example: officine db migrate --dry-run
    """
    from central.services.core.clock import system_clock
    from central.storage.transfer.databases import opened

    with opened(_database(ctx), may_write=not dry_run) as side:
        names = side.missing() if dry_run else side.migrate(system_clock())
        facts = {"database": side.name, "is_dry_run": dry_run, "migrations": names}
    if as_json:
        print_json(facts)
        return
    word = "Would run" if dry_run else "Ran"
    console().print("\n".join(f"{word} {name}" for name in names) or "Nothing to run: up to date.")


@command.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@json_option
@click.pass_context
def backup(ctx: click.Context, file: Path, as_json: bool) -> None:
    """Copy the database into FILE while central goes on: one SQLite file, whatever the engine.

    Read again and compared before it is called good. Nobody but its owner can read it; the keys of central
    are not in it. `officine db restore` brings it back, on either engine.

    Example: officine db backup /safe/2026-11-25.db
    """
    from central.services.core.clock import system_clock
    from central.storage.transfer import databases

    with progress(as_json=as_json) as on_progress:
        proofs = databases.backup(_database(ctx), file, system_clock(), _rows(on_progress))
    _print_copied(f"Backup in {file.resolve()}", proofs, [], as_json=as_json)


@command.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Do it into a scratch file, and leave the database alone.")
@json_option
@click.pass_context
def restore(ctx: click.Context, file: Path, dry_run: bool, as_json: bool) -> None:
    """Copy the backup FILE into the database, which must be new or empty.

    A backup of an older release is brought up to date on the way; one of a newer release is refused. Every
    table is compared row by row, and the ledger of every group is recounted.

    Example: officine db restore --dry-run /safe/2026-11-25.db
    """
    from central.services.core.clock import system_clock
    from central.storage.transfer import databases

    database = _database(ctx)
    with progress(as_json=as_json) as on_progress:
        ran, proofs = databases.restore(
            file, database, system_clock(), _rows(on_progress), is_dry_run=dry_run
        )
        reports = [] if dry_run else asyncio.run(_audit(database, on_progress))
    title = "Would restore" if dry_run else "Restored"
    _print_copied(f"{title} {file}", proofs, reports, as_json=as_json, migrations=ran)


@command.command()
@json_option
@click.pass_context
def check(ctx: click.Context, as_json: bool) -> None:
    """Look for damage: files and indexes, references between tables, migrations, the ledger of every group.

    Files and indexes are read by the engine's own check: SQLite's integrity_check; on PostgreSQL amcheck,
    where a superuser has installed it in this database (else this says that it did not look).

    Exit status 1 when anything is wrong.

    Example: officine db check
    """
    from central.storage.transfer.databases import opened
    from central.storage.transfer.sides import counts

    with progress(as_json=as_json) as on_progress:
        with opened(_database(ctx), may_write=False) as side:
            missing = side.missing()
            faults, unchecked = side.faults(), side.unchecked()
            rows = {} if missing else counts(side)
            name = side.name
        reports = [] if missing or faults else asyncio.run(_audit(_database(ctx), on_progress))
    is_sound = not missing and not faults and all(report.is_sound for report in reports)
    if as_json:
        facts = {"database": name, "is_sound": is_sound, "missing": missing, "faults": faults, "rows": rows}
        print_json(facts | {"unchecked": unchecked} | {"groups": _groups(reports)})
    else:
        print_rows(name, ("Table", "Rows"), [[table, count] for table, count in rows.items() if count])
        _print_verdicts(reports)
        for text in (*faults, *(f"the migration {each} has not run" for each in missing)):
            console().print(f"[bold red]✗[/] {text}", soft_wrap=True)
        for text in unchecked:
            console().print(f"[bold yellow]![/] Not looked at: {text}", soft_wrap=True)
        if not missing and not faults:
            console().print("[green]✓[/] files, indexes and references, as far as the engine was asked")
    if not is_sound:
        sys.exit(1)


@command.command()
@click.argument("source")
@click.argument("target")
@json_option
def copy(source: str, target: str, as_json: bool) -> None:
    """Copy all rows of SOURCE into TARGET, which must be new or empty; addresses as in OFFICINE_DATABASE.

    From SQLite to PostgreSQL, back, or between two of a kind. Stop central first: what is written
    meanwhile is not copied. Every table is compared row by row, and the ledger of every group recounted.

    Example: officine db copy sqlite:////var/lib/officine/central.db postgresql://db.local/officine
    """
    from central.services.core.clock import system_clock
    from central.storage.transfer import databases

    with progress(as_json=as_json) as on_progress:
        proofs = databases.copy(source, target, system_clock(), _rows(on_progress))
        reports = asyncio.run(_audit(target, on_progress))
    _print_copied("Copied, compared and recounted", proofs, reports, as_json=as_json)


def _rows(on_progress: "OnProgress") -> Callable[[int, int], None]:
    return lambda done, total: on_progress("rows", done, total)


def _database(ctx: click.Context) -> str:
    settings: CentralSettings = settings_of("central", ctx.obj)
    return settings.database


async def _audit(url: str, on_progress: "OnProgress") -> list["LedgerReport"]:
    """Recount the ledger of every group of a database."""
    from central.services.core.access import operator_of
    from central.services.ledger.check import check_ledger
    from central.storage.opening import open_store

    store = await open_store(url)
    try:
        reports = []
        for row in await store.list_groups():
            reports.append(await check_ledger(store, operator_of(row.group_id)))
            on_progress("ledgers", len(reports), None)
        return reports
    finally:
        await store.close()


def _groups(reports: Sequence["LedgerReport"]) -> list[dict[str, Any]]:
    return [
        {
            "group_id": report.group_id,
            "is_sound": report.is_sound,
            "transactions": report.transactions,
            "findings": [finding.text for finding in report.findings],
        }
        for report in reports
    ]


def _print_copied(
    title: str,
    proofs: Sequence["TableProof"],
    reports: Sequence["LedgerReport"],
    *,
    as_json: bool,
    migrations: Sequence[str] = (),
) -> None:
    is_sound = all(report.is_sound for report in reports)
    if as_json:
        facts = {"is_sound": is_sound, "tables": proofs, "migrations": migrations}
        print_json(facts | {"groups": _groups(reports)})
    else:
        rows = [[each.table, each.rows, each.sha256[:16]] for each in proofs if each.rows]
        print_rows(title, ("Table", "Rows", "SHA-256 begins"), rows)
        for name in migrations:
            console().print(f"  brought up to date by {name}")
        _print_verdicts(reports)
    if not is_sound:
        sys.exit(1)


def _print_verdicts(reports: Sequence["LedgerReport"]) -> None:
    for report in reports:
        verdict = "agrees" if report.is_sound else f"{len(report.findings)} findings: officine check ledger"
        print_facts(f"Ledger of {report.group_id}", {"transactions": report.transactions, "verdict": verdict})
