"""`officine terminal tills`: at central, which tills were paired with which terminals, and put out."""

from typing import TYPE_CHECKING, Any

import click

from officine.opened import as_operator, group_option
from officine.output import json_option, print_json, print_rows
from officine.shown import moment

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor


@click.command("tills")
@click.option("--limit", type=click.IntRange(1, 1_000), default=50, show_default=True, help="Rows to show.")
@group_option
@json_option
@click.pass_context
def tills(ctx: click.Context, limit: int, group_id: str | None, as_json: bool) -> None:
    """At central: what terminals told of their tills, the latest first: paired, unpaired, a code guessed at.

    Example: officine terminal tills --limit 10
    """

    async def work(services: "Services", actor: "Actor") -> Any:
        return await services.tills.list_acts(actor, limit=limit)

    acts = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json(acts)
        return
    rows = [
        (
            moment(act.recorded_ms),
            act.kind,
            act.shop_id,
            act.terminal_id,
            act.sale_id,
            f"v{act.key_version}" if act.key_version else "",
            act.staff_id or act.opened_by.replace("_", " "),
        )
        for act in acts
    ]
    print_rows(f"Tills ({len(rows)})", ("Told", "What", "Shop", "Terminal", "Till", "Key", "Opened by"), rows)
