"""`officine lease`: points set aside for terminals to burn in a cut."""

from typing import TYPE_CHECKING

import click

from officine.inputs import to_body
from officine.opened import as_operator, as_person, group_option
from officine.output import json_option, print_facts, print_json, print_rows
from officine.shown import moment

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor
    from wire.api_leases import LeaseStandView


@click.group()
def command() -> None:
    """List leases; declare one lost whose terminal will not come back.

    Example: officine lease list
    """


@command.command("list")
@group_option
@json_option
@click.pass_context
def list_leases(ctx: click.Context, group_id: str | None, as_json: bool) -> None:
    """List the live leases: whose points are set aside, for which terminal, until when.

    Example: officine lease list --json
    """

    async def every(services: "Services", actor: "Actor") -> "list[LeaseStandView]":
        view = await services.leases.list_live(actor, "")
        found = list(view.leases)
        while view.next is not None:
            view = await services.leases.list_live(actor, view.next)
            found += view.leases
        return found

    leases = as_operator(ctx.obj, group_id, every)
    if as_json:
        print_json(leases)
        return
    rows = [
        (
            each.lease_id,
            each.terminal_id,
            each.member_id,
            str(each.amount),
            str(each.drawn),
            moment(each.expires_ms),
            moment(each.lost_from_ms),
        )
        for each in leases
    ]
    columns = ("Lease", "Terminal", "Member", "Points", "Settled", "Burned until", "May be lost from")
    print_rows("Live leases", columns, rows)


@command.command("declare-lost")
@click.argument("lease_id", metavar="LEASE")
@click.option("--reason", required=True, help="Kept with the lease: why its terminal will not come back.")
@group_option
@json_option
@click.pass_context
def declare_lost(ctx: click.Context, lease_id: str, reason: str, group_id: str | None, as_json: bool) -> None:
    """Free what is set aside for a terminal that will not come back, 72 hours after the lease was over.

    A ticket of it that arrives all the same is booked: what the member no longer has, the group pays.

    Example: officine lease declare-lost 0199f2c49a3f7e5c --reason "The terminal was stolen"
    """
    from wire.api_leases import LeaseLostBody

    body = to_body(LeaseLostBody, reason=reason)
    view = as_person(
        ctx.obj, group_id, lambda services, actor: services.leases.declare_lost(actor, lease_id, body)
    )
    if as_json:
        print_json(view)
    else:
        freed = view.amount - view.drawn
        print_facts(
            f"Lease {view.state}",
            {
                "lease": view.lease_id,
                "member": view.member_id,
                "points free again": freed,
                "by": view.ended_by,
            },
        )
