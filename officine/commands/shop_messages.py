"""`officine shop messages` and `done`: what members ask of a pharmacy at its kiosk."""

import click

from officine.inputs import to_body
from officine.opened import as_person, group_option
from officine.output import json_option, print_facts, print_json, print_rows
from officine.shown import moment


@click.command()
@click.argument("shop_id", metavar="ID")
@group_option
@json_option
@click.pass_context
def messages(ctx: click.Context, shop_id: str, group_id: str | None, as_json: bool) -> None:
    """List what members asked of a shop at its kiosk and is not done, the oldest first.

    Example: officine shop messages nyon-gare
    """
    from wire.api_shop_messages import ShopMessagesQuery

    query = to_body(ShopMessagesQuery, shop_id=shop_id)
    view = as_person(
        ctx.obj, group_id, lambda services, actor: services.visits.messages.list_open(actor, query)
    )
    if as_json:
        print_json(view)
        return
    rows = [
        (each.message_id, moment(each.made_ms), each.member_id, each.text or each.topic, each.staff_id or "")
        for each in view.messages
    ]
    count = f"the oldest {len(rows)}, more wait" if view.is_more else f"{len(rows)}"
    print_rows(f"Messages to {shop_id} ({count})", ("Id", "When", "Member", "Asks", "For"), rows)


@click.command()
@click.argument("message_id", metavar="MESSAGE")
@group_option
@json_option
@click.pass_context
def done(ctx: click.Context, message_id: str, group_id: str | None, as_json: bool) -> None:
    """Note that what a member asked is done.

    Example: officine shop done session-0a1b.3
    """
    view, _ = as_person(
        ctx.obj, group_id, lambda services, actor: services.visits.messages.end(actor, message_id)
    )
    if as_json:
        print_json(view)
        return
    print_facts(
        f"Message {view.message_id}", {"member": view.member_id, "asks": view.topic, "state": view.state}
    )
