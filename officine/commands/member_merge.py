"""`officine member merge`, `merges`, `decide-merge`: a person found twice becomes one, for good."""

from typing import TYPE_CHECKING

import click

from officine.inputs import new_id, to_body
from officine.opened import as_person, group_option, with_currency
from officine.output import json_option, print_facts, print_json, print_rows
from officine.shown import amount, moment

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor
    from wire import api_merges


@click.command()
@click.argument("survivor_id", metavar="SURVIVOR")
@click.argument("duplicate_id", metavar="DUPLICATE")
@click.option("--reason", required=True, help="How it is known that both are one person; kept.")
@click.option("--id", "merge_id", help="The merge's id. Default: a new one.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@group_option
@json_option
@click.pass_context
def merge(
    ctx: click.Context,
    survivor_id: str,
    duplicate_id: str,
    reason: str,
    merge_id: str | None,
    yes: bool,
    group_id: str | None,
    as_json: bool,
) -> None:
    """Make DUPLICATE a part of SURVIVOR: value, cards, history, all of it. Nothing takes it back.

    What is too much for one person waits for another (member merges, member decide-merge).

    Example: officine member merge m-00042 m-01377 --reason "Same e-mail and birthday"
    """
    if not yes:
        click.confirm(f"Merge {duplicate_id} into {survivor_id} for good?", abort=True, err=True)

    async def work(services: "Services", actor: "Actor") -> "api_merges.MergeView":
        from wire.api_merges import MergeBody

        body = to_body(
            MergeBody, merge_id=merge_id or new_id("merge"), duplicate_id=duplicate_id, reason=reason
        )
        return (await services.merging.request(actor, survivor_id, body))[0]

    _show(*as_person(ctx.obj, group_id, with_currency(work)), as_json=as_json)


@click.command()
@group_option
@json_option
@click.pass_context
def merges(ctx: click.Context, group_id: str | None, as_json: bool) -> None:
    """List the merges that wait for a second person.

    Example: officine member merges
    """
    view, currency = as_person(
        ctx.obj,
        group_id,
        with_currency(lambda services, actor: services.merging.list_pending(actor)),
    )
    if as_json:
        print_json(view.merges)
        return
    rows = [
        (
            m.merge_id,
            m.duplicate_id,
            m.survivor_id,
            m.points,
            amount(m.value_minor, currency),
            m.reason,
            m.requested_by,
        )
        for m in view.merges
    ]
    head = ("Merge", "Duplicate", "Into", "Points", "Other value", "Reason", "By")
    print_rows(f"Merges that wait ({len(rows)})", head, rows)


@click.command()
@click.argument("merge_id", metavar="MERGE")
@click.option("--approve/--refuse", required=True, default=None, help="The word of the second person.")
@group_option
@json_option
@click.pass_context
def decide_merge(
    ctx: click.Context, merge_id: str, approve: bool, group_id: str | None, as_json: bool
) -> None:
    """Do or refuse a merge that somebody else asked for.

    Example: officine member decide-merge merge-5f0c --approve
    """

    async def work(services: "Services", actor: "Actor") -> "api_merges.MergeView":
        from wire.api_value import DecisionBody

        return (await services.merging.decide(actor, merge_id, DecisionBody(approve=approve)))[0]

    _show(*as_person(ctx.obj, group_id, with_currency(work)), as_json=as_json)


def _show(view: "api_merges.MergeView", currency: str, *, as_json: bool) -> None:
    if as_json:
        print_json(view)
        return
    facts = {
        "state": view.state,
        "duplicate": view.duplicate_id,
        "into": view.survivor_id,
        "points": view.points,
        "other value": amount(view.value_minor, currency),
        "reason": view.reason,
        "asked by": view.requested_by,
        "asked": moment(view.requested_ms),
        "decided by": view.decided_by,
    }
    print_facts(f"Merge {view.merge_id}", facts)
