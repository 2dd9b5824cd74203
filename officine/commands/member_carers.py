"""`officine member carers`: who acts for a member; a card for somebody, given and taken back by staff."""

import secrets

import click

from officine.inputs import to_body
from officine.opened import as_person, group_option
from officine.output import json_option, print_json, print_rows
from officine.shown import moment


@click.command()
@click.argument("member_id")
@click.option("--give", "card_number", help="Give this card of the stock; the member stands beside you.")
@click.option("--name", help="With --give: a name to recognise the carer by.")
@click.option(
    "--may",
    type=click.Choice(("spend", "purchases")),
    multiple=True,
    help="With --give: pay with points (spend), see what was bought (purchases). May be given twice.",
)
@click.option("--days", type=int, help="With --give: how long it is good; a year where left out.")
@click.option("--end", "carer_id", help="Take this one back: the card is blocked at once.")
@group_option
@json_option
@click.pass_context
def carers(
    ctx: click.Context,
    member_id: str,
    card_number: str | None,
    name: str | None,
    may: tuple[str, ...],
    days: int | None,
    carer_id: str | None,
    group_id: str | None,
    as_json: bool,
) -> None:
    """List who acts for a member by a card of their own, what they may, and what they did.

    A carer's card earns and shows the balance. Details, consents, points turned or given away are the
    member's alone.

    Example: officine member carers m-00042 --give 2990000000118 --name Marie
    """
    from wire.api_carers import MemberCarerBody

    if card_number is not None:
        given = {"carer_id": secrets.token_hex(16), "card_number": card_number, "name": name, "days": days}
        asked = {key: value for key, value in given.items() if value is not None}
        body = to_body(MemberCarerBody, **asked, may=list(may))
        view, _ = as_person(
            ctx.obj,
            group_id,
            lambda services, actor: services.visits.carers.give_by_staff(actor, member_id, body),
        )
    elif carer_id is not None:
        view = as_person(
            ctx.obj,
            group_id,
            lambda services, actor: services.visits.carers.end_by_staff(actor, member_id, carer_id),
        )
    else:
        view = as_person(
            ctx.obj,
            group_id,
            lambda services, actor: services.visits.carers.list_of_member(actor, member_id),
        )
    if as_json:
        print_json(view)
        return
    rows = [
        (
            each.name,
            each.state,
            ", ".join(each.may),
            moment(each.ends_ms),
            str(each.tickets),
            each.carer_id,
        )
        for each in view.carers
    ]
    print_rows(
        f"They act for {member_id} ({len(rows)})",
        ("Name", "State", "May besides", "Until", "Purchases", "Id"),
        rows,
    )
