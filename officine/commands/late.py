"""`officine ledger late`: tickets that were priced in a shop while central was away."""

import asyncio
from typing import TYPE_CHECKING

import click

from officine.opened import group_option, opened_services, person_for
from officine.output import console, json_option, print_json, print_rows
from officine.shown import amount, moment

if TYPE_CHECKING:
    from wire.offline import LateTicketListView


@click.command()
@click.option("--differing", is_flag=True, help="Only those that came out differently than they were told.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@group_option
@json_option
@click.pass_context
def late(ctx: click.Context, *, differing: bool, limit: int, group_id: str | None, as_json: bool) -> None:
    """List tickets that were priced offline, newest first: what was told, and what was booked.

    A ticket differs where more points were booked than were told, where its bundle was gone, where the
    member's own price would have been lower, or where the terminal told something else than its bundle says.

    Example: officine ledger late --differing
    """

    async def run() -> "tuple[LateTicketListView, str]":
        async with opened_services(ctx.obj) as services:
            actor = await person_for(services, group_id)
            currency = (await services.groups.get(actor.group_id)).row.currency
            view = await services.late.list_late(actor, differing=differing, after=None, limit=limit)
            return view, currency

    view, currency = asyncio.run(run())
    if as_json:
        print_json(view)
        return
    rows = [
        (
            moment(each.occurred_ms),
            each.shop_id,
            each.bundle_id.partition("-")[0],
            amount(each.told_total_minor, currency),
            each.told_points,
            amount(each.total_minor, currency),
            each.points,
            _why(each.bundle_total_minor, each.total_minor, each.member_total_minor, currency),
            each.sale_id,
        )
        for each in view.tickets
    ]
    columns = ("Sold", "Shop", "Bundle", "Told", "Points", "Booked", "Points", "Remark", "Sale")
    print_rows("Tickets priced offline", columns, rows)
    if view.next is not None:
        console().print("[yellow]There is more:[/] ask for a larger --limit.")


def _why(bundle_minor: int | None, total_minor: int, member_minor: int | None, currency: str) -> str:
    if bundle_minor is None:
        return "its bundle was gone: priced at its moment"
    if member_minor is not None and member_minor < total_minor:
        return f"this member's price was {amount(member_minor, currency)}"
    return ""
