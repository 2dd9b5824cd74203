"""`officine purse`: money and meal vouchers of members."""

from typing import TYPE_CHECKING, Any

import click

from loyalty.money import show_asset
from officine.inputs import CARD_HELP, new_id, read_dash, to_body
from officine.opened import group_option
from officine.output import json_option, print_facts, print_json
from officine.shown import amount
from officine.stored import as_person, minor_of, show_act

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor
    from wire import api_stored_value


@click.group(epilog=CARD_HELP)
def command() -> None:
    """Show and top up purses; load meal vouchers.

    Example: officine purse show m-000501
    """


@command.command()
@click.argument("member_id", metavar="MEMBER")
@group_option
@json_option
@click.pass_context
def show(ctx: click.Context, member_id: str, group_id: str | None, as_json: bool) -> None:
    """Show all stored value of a member: purse, meal vouchers, services paid ahead.

    Example: officine purse show m-000501
    """

    async def work(services: "Services", actor: "Actor") -> "api_stored_value.PurseView":
        return await services.stored.purse.show_member(actor, member_id)

    view = as_person(ctx, group_id, work)
    if as_json:
        print_json(view)
        return
    facts: dict[str, object] = {
        "purse": amount(view.purse_minor, view.currency),
        "of it held": amount(view.purse_held_minor, view.currency),
        "at most": amount(view.purse_max_minor, view.currency),
        "meal vouchers": amount(view.meal_vouchers_minor, view.currency),
    }
    facts |= {each.name: show_asset(each.units, each.asset) for each in view.services}
    print_facts(f"Member {member_id}", facts)


@command.command("top-up", epilog=CARD_HELP)
@click.argument("card", metavar="CARD", callback=read_dash)
@click.argument("value", metavar="AMOUNT")
@click.option("--shop", "shop_id", required=True, help="The shop that takes the money.")
@click.option(
    "--tender",
    type=click.Choice(("cash", "card", "other")),
    default="cash",
    show_default=True,
    help="How it was paid.",
)
@click.option("--operator", default="", help="Who takes the money.")
@click.option("--id", "top_up_id", help="The id of this act; the same again moves nothing. Default: new.")
@group_option
@json_option
@click.pass_context
def top_up(
    ctx: click.Context,
    /,
    card: str,
    value: str,
    top_up_id: str | None,
    group_id: str | None,
    as_json: bool,
    **values: Any,
) -> None:
    """A member pays money in, such as 50.00. It earns no points: what it buys later does.

    Example: officine purse top-up --shop nyon - 50.00
    """

    async def work(services: "Services", actor: "Actor") -> "api_stored_value.ActView":
        from wire.api_stored_value import TopUpBody

        body = to_body(
            TopUpBody,
            top_up_id=top_up_id or new_id("top"),
            holder={"medium": "typed", "value": card},
            amount_minor=await minor_of(services, actor.group_id, value),
            **values,
        )
        return (await services.stored.purse.top_up(actor, body))[0]

    show_act("Topped up", as_person(ctx, group_id, work), as_json=as_json)


@command.command("load-meals")
@click.argument("member_id", metavar="MEMBER")
@click.argument("value", metavar="AMOUNT")
@click.option("--funder", required=True, help="The issuer: supplier/ID.")
@click.option("--last-day", help="The last day they can be used, as YYYY-MM-DD. Default: no end.")
@click.option("--id", "load_id", help="The id of this act; the same again moves nothing. Default: new.")
@group_option
@json_option
@click.pass_context
def load_meals(
    ctx: click.Context,
    /,
    value: str,
    load_id: str | None,
    group_id: str | None,
    as_json: bool,
    **values: Any,
) -> None:
    """Load an issuer's meal vouchers for a member.

    Example: officine purse load-meals --funder supplier/lunch --last-day 2027-02-28 m-000501 180.00
    """

    async def work(services: "Services", actor: "Actor") -> "api_stored_value.ActView":
        from wire.api_stored_value import MealLoadBody

        body = to_body(
            MealLoadBody,
            load_id=load_id or new_id("meal"),
            amount_minor=await minor_of(services, actor.group_id, value),
            **values,
        )
        return (await services.stored.purse.load_meals(actor, body))[0]

    show_act("Meal vouchers loaded", as_person(ctx, group_id, work), as_json=as_json)
