"""`officine shop`: the shops of a group."""

from typing import Any

import click
import msgspec

from officine.commands import shop_messages, shop_page, shop_stock
from officine.inputs import to_body
from officine.opened import as_operator, group_option
from officine.output import json_option, print_facts, print_json, print_rows


@click.group()
def command() -> None:
    """Put, list and show the shops of a group, their hours, services and events.

    Example: officine shop show nyon-gare
    """


@command.command()
@click.argument("shop_id", metavar="ID")
@click.option("--name", required=True, help="The shop's name, as tickets show it.")
@click.option("--country", required=True, metavar="CC", help="Country whose law applies in the shop.")
@click.option("--time-zone", required=True, metavar="ZONE", help="Such as Europe/Zurich.")
@click.option("--external-id", default="", help="The authorities' number of the shop, such as its FINESS.")
@click.option("--street", default="", help="Street and number.")
@click.option("--postcode", default="")
@click.option("--city", default="")
@click.option("--phone", default="")
@click.option("--opening-hours", default="", help="In OpenStreetMap's notation: Mo-Fr 08:00-18:30.")
@click.option("--website", default="")
@group_option
@json_option
@click.pass_context
def put(ctx: click.Context, /, shop_id: str, group_id: str | None, as_json: bool, **values: Any) -> None:
    """Make or change one shop; many at once come with `officine import shops`.

    Example: officine shop put nyon --name "Pharmacie Nyon" --country CH --time-zone Europe/Zurich
    """
    from wire.api_base import Id
    from wire.api_catalogue import ShopBody

    to_body(msgspec.defstruct("ShopId", [("id", Id)]), id=shop_id)
    body = to_body(ShopBody, **values)
    view, change = as_operator(
        ctx.obj, group_id, lambda services, actor: services.shops.put_shop(actor, shop_id, body)
    )
    if as_json:
        print_json({"change": change.value, "shop": view})
    else:
        _print_shop(f"Shop {change.value}", view)


@command.command("list")
@group_option
@json_option
@click.pass_context
def list_shops(ctx: click.Context, group_id: str | None, as_json: bool) -> None:
    """List all shops.

    Example: officine shop list --json
    """
    view = as_operator(ctx.obj, group_id, lambda services, actor: services.shops.list_shops(actor))
    if as_json:
        print_json(view)
        return
    rows = [(shop.shop_id, shop.name, shop.postcode, shop.city, shop.country) for shop in view.shops]
    print_rows(f"Shops ({len(rows)})", ("Shop", "Name", "Postcode", "City", "Country"), rows)


@command.command()
@click.argument("shop_id", metavar="ID")
@group_option
@json_option
@click.pass_context
def show(ctx: click.Context, shop_id: str, group_id: str | None, as_json: bool) -> None:
    """Show one shop.

    Example: officine shop show nyon-gare
    """
    view = as_operator(ctx.obj, group_id, lambda services, actor: services.shops.get_shop(actor, shop_id))
    if as_json:
        print_json(view)
    else:
        _print_shop("Shop", view)


def _print_shop(title: str, view: Any) -> None:
    facts = {name.replace("_", " "): value for name, value in msgspec.structs.asdict(view).items()}
    for name in ("latitude", "longitude"):
        value = facts.pop(f"{name} e7")
        facts[name] = None if value is None else f"{value / 10_000_000:.7f}"
    print_facts(title, facts)


for _each in (
    shop_page.page,
    shop_page.hours,
    shop_page.services_,
    shop_page.events,
    shop_messages.messages,
    shop_messages.done,
    shop_stock.stock,
):
    command.add_command(_each)
