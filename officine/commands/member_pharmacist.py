"""`officine member pharmacist`: who is a member's pharmacist."""

import click

from officine.inputs import to_body
from officine.opened import as_person, group_option
from officine.output import json_option, print_facts, print_json


@click.command()
@click.argument("member_id", metavar="ID")
@click.option("--staff", "staff_id", metavar="ID", help="Who; shown to members. Default: nobody any more.")
@group_option
@json_option
@click.pass_context
def pharmacist(
    ctx: click.Context, member_id: str, staff_id: str | None, group_id: str | None, as_json: bool
) -> None:
    """Name a member's pharmacist, whom the member sees at the kiosk.

    Example: officine member pharmacist m-77 --staff s-7
    """
    from wire.api_pharmacists import MemberPharmacistBody

    body = to_body(MemberPharmacistBody, staff_id=staff_id)
    view = as_person(
        ctx.obj,
        group_id,
        lambda services, actor: services.visits.pharmacists.put_of_member(actor, member_id, body),
    )
    if as_json:
        print_json(view)
        return
    print_facts(f"Member {view.member_id}", {"pharmacist": view.staff_id or "nobody"})
