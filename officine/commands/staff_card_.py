"""`officine staff-card`: cards of clerks, which open the kiosk to them."""

from typing import TYPE_CHECKING, Any

import click

from officine.commands.card_ import read_chip
from officine.inputs import to_body
from officine.opened import as_operator, group_option
from officine.output import json_option, print_facts, print_json, print_rows
from officine.shown import moment

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor


@click.group()
def command() -> None:
    """Issue, list and block cards of staff.

    Example: officine staff-card issue s-7 --name "Mme Rochat" --uid 04A1B2C3D4E5F6
    """


@command.command()
@click.argument("staff_id", metavar="ID")
@click.option("--name", required=True, help="How the screen greets them.")
@click.option("--uid", required=True, metavar="HEX", callback=read_chip, help="What the chip calls itself.")
@click.option(
    "--signed", is_flag=True, help="The chip must sign (NTAG 424 DNA): a copied UID opens nothing then."
)
@group_option
@json_option
@click.pass_context
def issue(
    ctx: click.Context,
    staff_id: str,
    name: str,
    uid: str,
    signed: bool,
    group_id: str | None,
    as_json: bool,
) -> None:
    """Enter a card for a clerk (officine staff put). It is no member's: it earns nothing and has no points.

    It opens the staff page of the terminals where the clerk serves, as long as they do.

    Example: officine staff-card issue s-7 --name "Mme Rochat" --uid 04A1B2C3D4E5F6
    """
    from wire.api_tills import StaffCardBody

    needs = "aes_card" if signed else "nfc_uid"
    body = to_body(StaffCardBody, staff_id=staff_id, name=name, uid=uid, needs=needs)

    async def work(services: "Services", actor: "Actor") -> Any:
        return await services.staff_cards.issue(actor, body)

    view, is_replay = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json({"is_replay": is_replay, "card": view})
        return
    _print("Already entered" if is_replay else "Entered", view)


@command.command()
@click.argument("staff_id", metavar="ID")
@group_option
@json_option
@click.pass_context
def block(ctx: click.Context, staff_id: str, group_id: str | None, as_json: bool) -> None:
    """Block a card of staff, for good: it opens nothing from the next tap on.

    Example: officine staff-card block s-7
    """

    async def work(services: "Services", actor: "Actor") -> Any:
        return await services.staff_cards.block(actor, staff_id)

    view = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json(view)
        return
    _print("Blocked", view)


@command.command("list")
@group_option
@json_option
@click.pass_context
def list_cards(ctx: click.Context, group_id: str | None, as_json: bool) -> None:
    """List the cards of staff.

    Example: officine staff-card list
    """

    async def work(services: "Services", actor: "Actor") -> Any:
        return await services.staff_cards.list_cards(actor)

    cards = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json(cards)
        return
    rows = [(card.staff_id, card.name, card.needs, moment(card.blocked_ms)) for card in cards]
    print_rows(f"Staff cards ({len(rows)})", ("Clerk", "Name", "Needs", "Blocked"), rows)


def _print(title: str, view: Any) -> None:
    print_facts(
        title,
        {
            "clerk": view.staff_id,
            "name": view.name,
            "needs": view.needs,
            "blocked": moment(view.blocked_ms),
        },
    )
