"""`officine member profile`, `erase`, `sponsors`: types and own fields, the end, who brings whom."""

from typing import TYPE_CHECKING, Any

import click

from loyalty.money import show_asset
from officine.inputs import read_fields, to_body
from officine.opened import as_operator, group_option
from officine.output import json_option, print_facts, print_json, print_rows
from officine.shown import amount

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor
    from wire import api_erasure, api_profiles, api_traits


@click.command()
@click.argument("member_id", metavar="ID")
@click.option("--type", "profile", metavar="NAME", help="One of the programme's profiles; empty: none.")
@click.option(
    "--field",
    "fields",
    multiple=True,
    callback=read_fields,
    metavar="NAME=VALUE",
    help="May be given many times; an empty value ends it.",
)
@click.option("--channel", "preferred_channel", help="email, sms, letter, telephone; empty: none.")
@click.option("--payment", "preferred_payment", help="cash, card, purse, invoice; empty: none.")
@group_option
@json_option
@click.pass_context
def profile(
    ctx: click.Context, /, member_id: str, group_id: str | None, as_json: bool, **values: Any
) -> None:
    """Show or change a member's profile; what is not named stays.

    Example: officine member profile m-00042 --type family --field insurance=railway
    """
    from wire.api_profiles import ProfileBody

    changes = {name: value for name, value in values.items() if value not in (None, {})}

    async def work(services: "Services", actor: "Actor") -> "api_profiles.MemberProfileView":
        if not changes:
            return await services.member_profiles.get(actor, member_id)
        body = to_body(ProfileBody, **changes)
        return await services.member_profiles.change(actor, member_id, body)

    view = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json(view)
        return
    print_facts(
        "Profile",
        {
            "member": view.member_id,
            "profile": view.profile,
            "likes to be reached by": view.preferred_channel,
            "likes to pay by": view.preferred_payment,
        },
    )
    rows = [(each.field, str(each.value), each.purpose, each.basis, each.until) for each in view.fields]
    print_rows(f"Fields ({len(rows)})", ("Field", "Value", "Purpose", "Basis", "Kept until"), rows)


@click.command()
@click.argument("member_id", metavar="ID")
@click.option("--confirm-value", is_flag=True, help="Stored value that was paid for is lost.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@group_option
@json_option
@click.pass_context
def erase(
    ctx: click.Context,
    member_id: str,
    confirm_value: bool,
    yes: bool,
    group_id: str | None,
    as_json: bool,
) -> None:
    """Erase a member for good: the key to all personal data is destroyed. Nothing brings it back.

    Points and vouchers end; stored value refuses it until it is paid out, or --confirm-value.

    Example: officine member erase m-00042
    """
    from wire.api_erasure import ErasureBody

    if not yes:
        click.confirm(f"Erase {member_id} for good?", abort=True, err=True)

    async def work(services: "Services", actor: "Actor") -> "api_erasure.ErasureView":
        return await services.erasure.erase(actor, member_id, ErasureBody(confirm_value=confirm_value))

    view = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json(view)
        return
    rows = [
        (each.what.replace("_", " "), show_asset(each.amount, each.asset, is_named=True))
        for each in view.ended
    ]
    print_rows(f"{member_id} is erased; ended with it ({len(rows)})", ("What", "Amount"), rows)


@click.command()
@click.option("--days", type=click.IntRange(1, 3_660), help="Purchases of the last days alone.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@group_option
@json_option
@click.pass_context
def sponsors(ctx: click.Context, days: int | None, limit: int, group_id: str | None, as_json: bool) -> None:
    """Rank sponsors by what those they brought spent and kept.

    Example: officine member sponsors --days 90
    """
    from wire.api_traits import SponsorQuery

    async def work(services: "Services", actor: "Actor") -> "tuple[api_traits.SponsorListView, str]":
        from_ms = 0 if days is None else services.clock() - days * 86_400_000
        view = await services.sponsors.rank(actor, SponsorQuery(from_ms=from_ms, limit=limit))
        return view, (await services.groups.get_group(actor)).currency

    view, currency = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json(view)
        return
    rows = [
        (each.sponsor_id, each.sponsored, each.buyers, amount(each.spent_minor, currency))
        for each in view.sponsors
    ]
    print_rows(f"Sponsors ({len(rows)})", ("Sponsor", "Brought", "Bought", "Spent"), rows)
