"""`officine card lost`: what was reported without the card, at kiosks, for head office."""

import click

from officine.inputs import to_body
from officine.opened import as_person, group_option
from officine.output import json_option, print_json, print_rows
from officine.shown import moment


@click.command()
@group_option
@json_option
@click.pass_context
def lost(ctx: click.Context, group_id: str | None, as_json: bool) -> None:
    """List cards that were reported lost at a kiosk without the card, the latest first.

    unknown: nobody has these data. open: blocked for a day. kept, undone: by the member's code. lapsed: after
    its day. To unblock a card at once: officine card unblock.

    Example: officine card lost
    """
    from wire.api_lost_cards import LostReportsQuery

    query = to_body(LostReportsQuery)
    view = as_person(
        ctx.obj, group_id, lambda services, actor: services.visits.lost_cards.list_reports(actor, query)
    )
    if as_json:
        print_json(view)
        return
    rows = [
        (moment(each.made_ms), each.shop_id, each.state, each.member_id or "", each.report_id)
        for each in view.reports
    ]
    print_rows(f"Lost cards ({len(rows)})", ("When", "Shop", "State", "Member", "Id"), rows)
