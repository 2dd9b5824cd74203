"""`officine card`: cards, their states and moves."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import click

from officine.commands.card_keys import keys
from officine.commands.card_lost import lost
from officine.commands.card_making import personalise, production
from officine.commands.card_phone import phone
from officine.commands.card_renew import renew
from officine.commands.card_replacements import replacements
from officine.inputs import CARD_HELP, InputInvalid, read_dash, to_body
from officine.opened import as_operator, group_option
from officine.output import json_option, print_facts, print_json
from officine.shown import moment

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor
    from wire import api_members

REASONS = ("lost", "stolen", "member_request", "fraud", "damaged")
number_argument = click.argument("card_number", metavar="NUMBER", callback=read_dash)


def read_chip(ctx: click.Context, parameter: click.Parameter, value: str) -> str:
    """A click callback: what a chip calls itself, in the letters that it is kept in."""
    del ctx, parameter
    prefix, parts, serial = value.partition(":")
    is_serial = bool(parts) and prefix.lower() == "iccsn"  # colons may also stand between a UID's bytes
    return f"iccsn:{serial.upper()}" if is_serial else value.replace(":", "").upper()


@click.group(epilog=CARD_HELP)
def command() -> None:
    """Issue, show, block, unblock, validate and replace cards.

    Example: officine card block 2990000000019 --reason lost
    """


command.add_command(keys)
command.add_command(production)
command.add_command(personalise)
command.add_command(lost)
command.add_command(replacements)
command.add_command(phone)
command.add_command(renew)


@command.command(epilog=CARD_HELP)
@number_argument
@click.option(
    "--uid",
    default="",
    metavar="HEX",
    callback=read_chip,
    help="What the chip calls itself: its UID, such as 04A1B2C3D4E5F6, or iccsn: and the serial number of a"
    " contact card.",
)
@click.option(
    "--member", "member_id", metavar="ID", help="The card's member; without one it goes into stock."
)
@click.option("--to-validate", is_flag=True, help="Earns, but redeems nothing until validated.")
@json_option
@group_option
@click.pass_context
def issue(
    ctx: click.Context,
    card_number: str,
    uid: str,
    member_id: str | None,
    to_validate: bool,
    group_id: str | None,
    as_json: bool,
) -> None:
    """Enter a card: for a member, or into stock.

    A contact card is found by the serial number that it shows to every reader; it proves no more than a
    printed number does. Numbers of health cards are refused.

    Example: officine card issue 2990000000019 --uid 04A1B2C3D4E5F6 --member m-00042

    Example: officine card issue 2990000000019 --uid iccsn:97560000000000000017 --member m-00042
    """
    from wire.api_members import CardBody

    if to_validate and member_id is None:
        raise InputInvalid(where="--to-validate", why="needs --member: only a member can validate a card.")
    state = "stock" if member_id is None else "to_validate" if to_validate else "active"
    body = to_body(CardBody, card_number=card_number, uid=uid, member_id=member_id, state=state)
    view, is_replay = as_operator(
        ctx.obj, group_id, lambda services, actor: services.cards.put_card(actor, body)
    )
    if as_json:
        print_json({"is_replay": is_replay, "card": view})
    else:
        _print_card("Already entered" if is_replay else "Entered", view)


@command.command(epilog=CARD_HELP)
@number_argument
@json_option
@group_option
@click.pass_context
def show(ctx: click.Context, card_number: str, group_id: str | None, as_json: bool) -> None:
    """Show a card's state and member.

    Example: officine card show 2990000000019
    """
    from wire.api_members import FindCardBody

    body = to_body(FindCardBody, card_number=card_number)
    _tell(
        ctx, group_id, "Card", lambda services, actor: services.cards.get_card(actor, body), as_json=as_json
    )


@command.command(epilog=CARD_HELP)
@number_argument
@click.option("--reason", type=click.Choice(REASONS), required=True, help="Why; stolen and damaged stay so.")
@json_option
@group_option
@click.pass_context
def block(ctx: click.Context, card_number: str, reason: str, group_id: str | None, as_json: bool) -> None:
    """Block a card; its member's points stay.

    Example: officine card block 2990000000019 --reason lost
    """
    from wire.api_members import BlockBody

    body = to_body(BlockBody, card_number=card_number, reason=reason)
    _tell(
        ctx,
        group_id,
        "Blocked",
        lambda services, actor: services.cards.block_card(actor, body),
        as_json=as_json,
    )


@command.command(epilog=CARD_HELP)
@number_argument
@json_option
@group_option
@click.pass_context
def unblock(ctx: click.Context, card_number: str, group_id: str | None, as_json: bool) -> None:
    """Make a blocked card active again; one stolen or damaged is replaced instead.

    Example: officine card unblock 2990000000019
    """
    from wire.api_members import FindCardBody, ValidateBody

    async def work(services: "Services", actor: "Actor") -> "api_members.CardView":
        found = await services.cards.get_card(actor, to_body(FindCardBody, card_number=card_number))
        if found.state not in ("blocked", "active"):
            raise InputInvalid(where="NUMBER", why=f"this card is not blocked, it is {found.state}.")
        return await services.cards.validate_card(actor, to_body(ValidateBody, card_number=card_number))

    _tell(ctx, group_id, "Unblocked", work, as_json=as_json)


@command.command(epilog=CARD_HELP)
@number_argument
@click.option("--member", "member_id", metavar="ID", help="The member, for a card of stock.")
@json_option
@group_option
@click.pass_context
def validate(
    ctx: click.Context, card_number: str, member_id: str | None, group_id: str | None, as_json: bool
) -> None:
    """Make a card of stock, or one to be validated, active.

    Example: officine card validate 2990000000019 --member m-00042
    """
    from wire.api_members import ValidateBody

    body = to_body(ValidateBody, card_number=card_number, member_id=member_id)
    _tell(
        ctx,
        group_id,
        "Active",
        lambda services, actor: services.cards.validate_card(actor, body),
        as_json=as_json,
    )


@command.command(epilog=CARD_HELP)
@number_argument
@click.argument("new_card_number", metavar="NEW_NUMBER")
@click.option(
    "--new-uid",
    default="",
    metavar="HEX",
    callback=read_chip,
    help="What the new chip calls itself, as in `card issue`.",
)
@json_option
@group_option
@click.pass_context
def replace(
    ctx: click.Context,
    card_number: str,
    new_card_number: str,
    new_uid: str,
    group_id: str | None,
    as_json: bool,
) -> None:
    """Replace a card by another; balance and history stay with the member.

    Example: officine card replace 2990000000019 2990000000026
    """
    from wire.api_members import ReplaceBody

    body = to_body(ReplaceBody, card_number=card_number, new_card_number=new_card_number, new_uid=new_uid)
    _tell(
        ctx,
        group_id,
        "New card",
        lambda services, actor: services.cards.replace_card(actor, body),
        as_json=as_json,
    )


def _tell(
    ctx: click.Context,
    group_id: str | None,
    title: str,
    work: "Callable[[Services, Actor], Awaitable[api_members.CardView]]",
    *,
    as_json: bool,
) -> None:
    view = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json(view)
    else:
        _print_card(title, view)


def _print_card(title: str, view: Any) -> None:
    print_facts(
        title,
        {
            "number": view.card_number,
            "member": view.member_id,
            "state": view.state,
            "reason": view.reason,
            "replaced by": view.replaced_by,
            "valid until": moment(view.valid_until_ms),
        },
    )
