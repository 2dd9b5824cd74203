"""`officine export`: one group as CSV and SQLite copies."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from officine.opened import as_operator, group_option
from officine.output import console, json_option, print_json, print_rows, progress

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor
    from central.services.members.export import ExportManifest


@click.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option("--personal", is_flag=True, help="Also names, contacts, card numbers. Keep such a copy safe.")
@group_option
@json_option
@click.pass_context
def command(ctx: click.Context, directory: Path, personal: bool, group_id: str | None, as_json: bool) -> None:
    """Write CSV and SQLite copies of a group into DIRECTORY, which must be new or empty.

    Made from one consistent copy while central goes on. Without --personal nothing in it names a member.

    Examples:
      officine export copies/2026-11-22
      officine export --personal --group leman /safe/place
    """
    from central.services.members.export import ExportService

    with progress(as_json=as_json) as on_progress:

        async def work(services: "Services", actor: "Actor") -> "ExportManifest":
            exports = ExportService(services.store, services.clock, services.members, services.carer_names)
            return await exports.export(actor, directory, with_personal=personal, on_progress=on_progress)

        manifest = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json({"directory": str(directory.resolve()), "manifest": manifest})
        return
    print_rows(f"Export of {manifest.group_id}", ("Table", "Rows"), list(manifest.tables.items()))
    console().print(
        f"\nIn {directory.resolve()}: officine.sqlite, one CSV a table, manifest.json", soft_wrap=True
    )
    if personal:
        console().print("[yellow]It holds personal data: keep it safe, delete it when done.[/]")
