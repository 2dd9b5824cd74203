"""`officine service`: services and hours that are sold ahead and drawn later."""

from typing import TYPE_CHECKING, Any

import click
import msgspec

from officine.at_counter import card_options, evidence_of, pin_option, with_pin
from officine.inputs import CARD_HELP, new_id, read_dash, to_body
from officine.opened import group_option
from officine.output import json_option
from officine.stored import as_person, show_act, units_of

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor
    from wire import api_stored_value

card_argument = click.argument("card", metavar="CARD", callback=read_dash)
units_argument = click.argument("units")


@click.group(epilog=CARD_HELP)
def command() -> None:
    """Sell services ahead, and draw them: UNITS are times, or hours as 1.5 or in hundredths (150).

    Example: officine service sell --shop nyon 2900000000017 massage 500
    """


@command.command(epilog=CARD_HELP)
@card_argument
@click.argument("service_id", metavar="SERVICE")
@units_argument
@click.option("--shop", "shop_id", required=True, help="The shop that takes the money.")
@click.option("--operator", default="", help="Who sells it.")
@click.option("--id", "sale_id", help="The id of this act; the same again moves nothing. Default: new.")
@group_option
@json_option
@click.pass_context
def sell(
    ctx: click.Context,
    /,
    card: str,
    units: str,
    sale_id: str | None,
    group_id: str | None,
    as_json: bool,
    **values: Any,
) -> None:
    """Sell units of a service of the group's settings ahead. It earns no points.

    Example: officine service sell --shop nyon 2900000000017 massage 500
    """

    async def work(services: "Services", actor: "Actor") -> "api_stored_value.ActView":
        from wire.api_stored_value import ServiceSaleBody

        holder = {"medium": "typed", "value": card}
        values["units"] = await units_of(services, actor.group_id, values["service_id"], units)
        body = to_body(ServiceSaleBody, sale_id=sale_id or new_id("sold"), holder=holder, **values)
        return (await services.stored.sold_ahead.sell(actor, body))[0]

    show_act("Sold ahead", as_person(ctx, group_id, work), as_json=as_json)


@command.command(epilog=CARD_HELP)
@click.argument("service_id", metavar="SERVICE")
@units_argument
@card_options
@pin_option
@click.option("--shop", "shop_id", required=True, help="The shop that renders it.")
@click.option("--operator", default="", help="Who renders it.")
@click.option("--note", default="", help="Kept with the act.")
@click.option("--id", "draw_id", help="The id of this act; the same again moves nothing. Default: new.")
@group_option
@json_option
@click.pass_context
def draw(
    ctx: click.Context,
    /,
    units: str,
    uid: str | None,
    link: str | None,
    number: str | None,
    pin: str | None,
    draw_id: str | None,
    group_id: str | None,
    as_json: bool,
    **values: Any,
) -> None:
    """A service that was sold ahead is rendered. The card must permit to pay from a purse without limit.

    As programmes stand at first the card itself is asked, which a terminal does and no command: a group that
    lets its people draw here permits a UID, a link or a link and PIN in its programme (`pay_from_purse`).

    Example: officine service draw --shop nyon massage 1.5 --uid 04A1B2C3D4E580
    """
    card = evidence_of(uid=uid, link=link, number=number)

    async def work(services: "Services", actor: "Actor") -> "api_stored_value.ActView":
        from wire.api_stored_value import ServiceDrawBody

        holder = msgspec.to_builtins(await with_pin(services, actor, card, pin))
        values["units"] = await units_of(services, actor.group_id, values["service_id"], units)
        body = to_body(ServiceDrawBody, draw_id=draw_id or new_id("draw"), holder=holder, **values)
        return (await services.stored.sold_ahead.draw(actor, body))[0]

    show_act("Drawn", as_person(ctx, group_id, work), as_json=as_json)
