"""`officine counter`: what clerks do for members."""

from typing import TYPE_CHECKING

import click

from officine.at_counter import CODE_HELP
from officine.commands.counter_forward import forward, hand_out
from officine.commands.counter_member import enrol, find, give_card, incident, insured_card
from officine.commands.counter_pin import pin
from officine.commands.counter_ticket import late_card, move, undo
from officine.opened import as_operator, group_option
from officine.output import json_option, print_json, print_rows
from officine.shown import moment

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor
    from wire.api_counter import CounterActListView, CounterReportView


@click.group(epilog=CODE_HELP)
def command() -> None:
    """Serve members at the counter, as a clerk who signs in; look at what was done.

    Example: officine counter acts
    """


for each in (pin, undo, late_card, move, enrol, find, give_card, insured_card, incident, forward, hand_out):
    command.add_command(each)


@command.command()
@click.option(
    "--days", type=click.IntRange(1, 36_500), default=7, show_default=True, help="The last so many days."
)
@group_option
@json_option
@click.pass_context
def acts(ctx: click.Context, days: int, group_id: str | None, as_json: bool) -> None:
    """List what clerks did, the latest first, at most a page.

    Example: officine counter acts --days 30
    """

    async def work(services: "Services", actor: "Actor") -> "CounterActListView":
        from wire.api_counter import CounterActsQuery

        since_ms = max(0, services.clock() - days * 86_400_000)
        return await services.counter.acts.list_acts(actor, CounterActsQuery(from_ms=since_ms))

    view = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json(view)
        return
    rows = [
        (
            moment(each.at_ms),
            each.shop_id,
            each.staff_id,
            each.kind,
            each.member_id or "",
            each.sale_id or "",
            each.reason,
        )
        for each in view.acts
    ]
    title = f"Acts ({len(rows)}{', and more' if view.next_to_ms else ''})"
    print_rows(title, ("When", "Shop", "Who", "Act", "Member", "Ticket", "Reason"), rows)


@command.command()
@click.option(
    "--days", type=click.IntRange(1, 36_500), default=30, show_default=True, help="The last so many days."
)
@group_option
@json_option
@click.pass_context
def report(ctx: click.Context, days: int, group_id: str | None, as_json: bool) -> None:
    """Count what each clerk did, and show what a person should look at: figures, no verdict.

    Example: officine counter report --days 90
    """

    async def work(services: "Services", actor: "Actor") -> "CounterReportView":
        from wire.api_counter import CounterActsQuery

        since_ms = max(0, services.clock() - days * 86_400_000)
        return await services.counter.report.report(actor, CounterActsQuery(from_ms=since_ms))

    view = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json(view)
        return
    kinds = sorted({kind for clerk in view.clerks for kind in clerk.acts})
    rows = [
        (clerk.staff_id, clerk.role, *(str(clerk.acts.get(kind, 0)) for kind in kinds))
        for clerk in view.clerks
    ]
    print_rows(f"Clerks ({len(rows)})", ("Clerk", "Role", *kinds), rows)
    noticed = [
        (each.staff_id, each.pattern, each.act, each.member_id or "", str(each.acts), str(each.beside))
        for each in view.noticed
    ]
    heads = ("Clerk", "Pattern", "Act", "Member", "Times", "Beside")
    print_rows(f"To look at ({len(noticed)})", heads, noticed)
