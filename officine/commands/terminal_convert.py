"""`officine terminal convert`: the holder of an empty gift card becomes a member, at this terminal."""

import asyncio
from typing import TYPE_CHECKING, Any

import click

from officine.inputs import new_id, to_body
from officine.output import json_option, print_facts, print_json
from officine.programs import settings_of
from officine.stored import NUMBER_HELP, number_argument

if TYPE_CHECKING:
    from terminal.settings import TerminalSettings
    from wire.api_stored_value import GiftConversionBody, GiftConversionView


@click.command(epilog=NUMBER_HELP)
@number_argument
@click.option("--family-name", required=True, help="The member's family name.")
@click.option("--given-name", default="", help="The member's given name.")
@click.option("--language", default="fr", show_default=True, help="fr, de, it, en or zh.")
@click.option("--member", "member_id", help="The new member's id. Default: a new one.")
@click.option("--id", "conversion_id", help="The id of this act; the same again is the same. Default: new.")
@json_option
@click.pass_context
def convert(
    ctx: click.Context,
    /,
    number: str,
    member_id: str | None,
    conversion_id: str | None,
    as_json: bool,
    **person: Any,
) -> None:
    """Make the holder of a gift card that is empty a member of this terminal's shop, at the counter.

    The card is the member's from now on. Central is asked with this terminal's token, which may enrol the
    holder of an empty card and nobody else.

    Example: officine terminal convert --family-name Rochat --given-name Carla -
    """
    from wire.api_stored_value import GiftConversionBody

    body = to_body(
        GiftConversionBody,
        conversion_id=conversion_id or new_id("conv"),
        number=number,
        member={"member_id": member_id or new_id("m"), **person},
    )
    view = asyncio.run(_ask(settings_of("terminal", ctx.obj), body))
    if as_json:
        print_json(view)
    else:
        print_facts("Member enrolled", {"id": view.member_id, "gift card": view.act.gift_card_id})


async def _ask(settings: "TerminalSettings", body: "GiftConversionBody") -> "GiftConversionView":
    from terminal.central_link import CentralLink
    from terminal.central_value import CentralValue
    from terminal.clock import wall_clock
    from terminal.identity import read_token

    token = await asyncio.to_thread(read_token, settings)
    async with CentralLink(settings.central_url, token, clock=wall_clock, on_change=lambda: None) as link:
        return await CentralValue(link).convert_gift_card(body)
