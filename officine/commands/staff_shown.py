"""`officine staff show` and `hide`: who agreed to be shown to members as their pharmacist."""

import click

from officine.inputs import to_body
from officine.opened import as_person, group_option
from officine.output import json_option, print_facts, print_json


@click.command()
@click.argument("staff_id", metavar="ID")
@click.option("--name", required=True, help="As members see it.")
@click.option(
    "--title", type=click.Choice(["pharmacist", "assistant"]), default="pharmacist", show_default=True
)
@click.option("--agreed", is_flag=True, required=True, help="They were asked and agreed.")
@group_option
@json_option
@click.pass_context
def show(
    ctx: click.Context,
    staff_id: str,
    name: str,
    title: str,
    group_id: str | None,
    *,
    agreed: bool,
    as_json: bool,
) -> None:
    """Show a clerk to members, who may choose them as their pharmacist at the kiosk.

    Example: officine staff show s-7 --name "Anne Rochat" --agreed
    """
    from wire.api_pharmacists import ShownStaffBody

    body = to_body(ShownStaffBody, name=name, title=title, agreed=agreed)
    view = as_person(
        ctx.obj,
        group_id,
        lambda services, actor: services.visits.pharmacists.put_shown(actor, staff_id, body),
    )
    if as_json:
        print_json(view)
        return
    print_facts(f"Clerk {view.staff_id}", {"shown to members": view.name, "title": view.title})


@click.command()
@click.argument("staff_id", metavar="ID")
@group_option
@json_option
@click.pass_context
def hide(ctx: click.Context, staff_id: str, group_id: str | None, as_json: bool) -> None:
    """Show a clerk to members no more: the name is forgotten, and nobody has them as their pharmacist.

    Example: officine staff hide s-7
    """
    from wire.api_pharmacists import ShownStaffBody

    body = to_body(ShownStaffBody, name="-", agreed=False)
    view = as_person(
        ctx.obj,
        group_id,
        lambda services, actor: services.visits.pharmacists.put_shown(actor, staff_id, body),
    )
    if as_json:
        print_json(view)
        return
    print_facts(f"Clerk {view.staff_id}", {"shown to members": "no more"})
