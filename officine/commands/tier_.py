"""`officine tier`: the programme's tiers, who is in them, and how a member comes to one."""

from typing import TYPE_CHECKING

import click

from officine.opened import as_operator, group_option
from officine.output import console, json_option, print_facts, print_json, print_rows
from officine.shown import amount, moment

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor
    from wire import api_tiers


@click.group()
def command() -> None:
    """List the programme's tiers and their members; tell how a member comes to a tier.

    Before it answers, a command works out what changed since central did so last.

    Example: officine tier members gold
    """


@command.command("list")
@group_option
@json_option
@click.pass_context
def list_(ctx: click.Context, group_id: str | None, as_json: bool) -> None:
    """List the tiers with their thresholds, and how many members are in each.

    Example: officine tier list
    """

    async def work(services: "Services", actor: "Actor") -> "api_tiers.TierListView":
        await services.standings.keep(actor.group_id)
        return await services.tiers.list_tiers(actor)

    view = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json(view)
        return
    rows = [(each.tier, _counted(each.at, view.count, view.currency), each.members) for each in view.tiers]
    down = "when the period is over" if view.down == "period_end" else "at once"
    period = f"{view.period}, {view.months} months; down {down}"
    print_rows(f"Tiers ({period})", ("Tier", "From", "Members"), rows)


@command.command()
@click.argument("tier", metavar="NAME")
@click.option("--after", default="", metavar="ID", help="The last id of the page before.")
@click.option("--limit", type=click.IntRange(1, 200), default=200, show_default=True)
@group_option
@json_option
@click.pass_context
def members(
    ctx: click.Context, tier: str, after: str, limit: int, group_id: str | None, as_json: bool
) -> None:
    """List who is in a tier, since when, and whether purchases or a person gave it.

    Example: officine tier members gold --limit 50
    """

    async def work(services: "Services", actor: "Actor") -> "api_tiers.TierPageView":
        await services.standings.keep(actor.group_id)
        return await services.tiers.list_members(actor, tier, after=after, limit=limit)

    view = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json(view)
        return
    rows = [(each.member_id, moment(each.from_ms), each.by, each.until or "") for each in view.members]
    print_rows(f"Members of {tier} ({len(rows)})", ("Member", "Since", "By", "Until"), rows)
    if view.next:
        console().print(f"[dim]More: --after {view.next}[/]", soft_wrap=True)


@command.command()
@click.argument("member_id", metavar="ID")
@group_option
@json_option
@click.pass_context
def show(ctx: click.Context, member_id: str, group_id: str | None, as_json: bool) -> None:
    """Tell a member's tier today, what it follows from, and what is missing to the next.

    Example: officine tier show m-00042
    """
    view = as_operator(ctx.obj, group_id, lambda services, actor: services.tiers.of_member(actor, member_id))
    if as_json:
        print_json(view)
        return
    next_ = view.next_tier and f"{view.next_tier}, {_counted(view.missing, view.count, view.currency)} more"
    by = view.by if view.until is None else f"{view.by}, until {view.until}"
    print_facts(
        "Tier",
        {
            "member": view.member_id,
            "tier": view.tier,
            "by": by,
            "purchases give": view.by_purchases,
            "counted": f"{_counted(view.counted, view.count, view.currency)} since {view.period_from}",
            "before": _counted(view.before, view.count, view.currency),
            "next": next_,
        },
    )


def _counted(count: int, what: str, currency: str) -> str:
    """What makes tiers, in its own unit."""
    if what == "spent":
        return amount(count, currency) or ""
    return f"{count} {'points' if what == 'points' else 'purchases'}"
