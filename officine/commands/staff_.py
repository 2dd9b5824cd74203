"""`officine staff`: who serves at the counters."""

import click

from officine.at_counter import CODE_HELP
from officine.commands.staff_shown import hide, show
from officine.inputs import read_dash, to_body
from officine.opened import as_operator, group_option
from officine.output import json_option, print_facts, print_json, print_rows
from officine.shown import moment


@click.group(epilog=CODE_HELP)
def command() -> None:
    """Put, end and list the clerks of the counters, and set the codes they sign in with.

    Example: officine staff list
    """


@command.command(epilog=CODE_HELP)
@click.argument("staff_id", metavar="ID")
@click.option("--role", required=True, help="What the person is: limits and rights are by role.")
@click.option("--shop", "shop_id", metavar="ID", help="Serves there only. Default: in every shop.")
@click.option("--code", callback=read_dash, help="The code to sign in with; unlocks. Default: as it was.")
@click.option("--ended", "is_ended", is_flag=True, help="Does not serve any more.")
@group_option
@json_option
@click.pass_context
def put(
    ctx: click.Context,
    staff_id: str,
    role: str,
    shop_id: str | None,
    code: str | None,
    is_ended: bool,
    group_id: str | None,
    as_json: bool,
) -> None:
    """Make, change or end a clerk; ID is a short name, such as initials and a number.

    Example: officine staff put s-7 --role assistant --shop nyon --code -
    """
    from wire.api_counter import SignInBody, StaffBody

    to_body(SignInBody, staff_id=staff_id, code="0")
    body = to_body(StaffBody, role=role, shop_id=shop_id, code=code, is_ended=is_ended)
    view = as_operator(
        ctx.obj, group_id, lambda services, actor: services.counter.staff.put(actor, staff_id, body)
    )
    if as_json:
        print_json(view)
        return
    facts = {
        "role": view.role,
        "shop": view.shop_id or "all",
        "code": "locked" if view.is_locked else "set" if view.has_code else "none yet",
        "serves": "no more" if view.ended_ms else "yes",
    }
    print_facts(f"Clerk {view.staff_id}", facts)


@command.command("list")
@group_option
@json_option
@click.pass_context
def list_staff(ctx: click.Context, group_id: str | None, as_json: bool) -> None:
    """List who serves at the counters, or did.

    Example: officine staff list --json
    """
    view = as_operator(ctx.obj, group_id, lambda services, actor: services.counter.staff.list_staff(actor))
    if as_json:
        print_json(view)
        return
    rows = [
        (
            each.staff_id,
            each.role,
            each.shop_id or "all",
            "locked" if each.is_locked else "set" if each.has_code else "none",
            moment(each.ended_ms) if each.ended_ms else "",
        )
        for each in view.staff
    ]
    print_rows(f"Clerks ({len(rows)})", ("Clerk", "Role", "Shop", "Code", "Ended"), rows)


command.add_command(show)
command.add_command(hide)
