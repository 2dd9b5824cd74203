"""`officine card replacements`: cards replaced at kiosks, for head office."""

import click

from officine.inputs import to_body
from officine.opened import as_person, group_option
from officine.output import json_option, print_json, print_rows
from officine.shown import moment


@click.command()
@group_option
@json_option
@click.pass_context
def replacements(ctx: click.Context, group_id: str | None, as_json: bool) -> None:
    """List cards that were replaced at a kiosk, or asked to be, the latest first.

    unknown: nobody has these data. asked: not proved (yet). granted: proved by card and PIN, by a code that
    the member was sent, or by a clerk; no new card was held there. done: the new card counts.

    Example: officine card replacements
    """
    from wire.api_replacements import ReplacementsQuery

    query = to_body(ReplacementsQuery)
    view = as_person(
        ctx.obj,
        group_id,
        lambda services, actor: services.visits.replacements.list_replacements(actor, query),
    )
    if as_json:
        print_json(view)
        return
    rows = [
        (
            moment(each.made_ms),
            each.shop_id,
            each.state,
            each.proof,
            each.staff_id or "",
            each.member_id or "",
        )
        for each in view.replacements
    ]
    print_rows(
        f"Cards replaced at kiosks ({len(rows)})",
        ("When", "Shop", "State", "Proved by", "Clerk", "Member"),
        rows,
    )
