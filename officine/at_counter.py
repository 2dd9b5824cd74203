"""What commands of the counter share: the clerk who signs in first, the card that lies there."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click
import msgspec

from officine.inputs import InputInvalid, read_dash, to_body
from officine.opened import group_option, opened_services, person_for
from officine.output import json_option

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor
    from wire.api import EvidenceBody

T = TypeVar("T")
Work = Callable[["Services", "Actor", str], Awaitable[T]]
"""What a clerk does: with the services, as whom, with which pass."""

CODE_HELP = "Codes and PINs given as - are read from standard input, one line each, in the order of --help."


def clerk_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of who does it, where, and how the answer is shown."""
    for option in (
        json_option,
        group_option,
        click.option(
            "--id", "act_id", help="The id of this act; the same again changes nothing. Default: new."
        ),
        click.option(
            "--code",
            required=True,
            prompt="Code",
            hide_input=True,
            callback=read_dash,
            help="The clerk's own code.",
        ),
        click.option("--staff", "staff_id", required=True, metavar="ID", help="Who serves."),
        click.option("--shop", "shop_id", required=True, metavar="ID", help="The shop."),
    ):
        command = option(command)
    return command


def card_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of the member's card."""
    for option in (
        click.option("--number", metavar="NUMBER", callback=read_dash, help="The card's number, typed."),
        click.option("--link", metavar="URL", callback=read_dash, help="What an NTAG 424 DNA card said."),
        click.option("--uid", metavar="HEX", help="The UID of the card on the reader."),
    ):
        command = option(command)
    return command


def evidence_of(*, uid: str | None, link: str | None, number: str | None) -> "EvidenceBody":
    """The card that one of the options tells of. Raises: InputInvalid."""
    from wire.api import EvidenceBody

    given = [
        (medium, value) for medium, value in (("nfc_uid", uid), ("ntag424", link), ("typed", number)) if value
    ]
    if len(given) != 1:
        raise InputInvalid(where="the card", why="name it by one of --uid, --link and --number.")
    medium, value = given[0]
    body: EvidenceBody = to_body(EvidenceBody, medium=medium, value=value)
    return body


pin_option = click.option(
    "--pin", callback=read_dash, help="The member's PIN, where the programme asks for it."
)


async def with_pin(
    services: "Services", actor: "Actor", card: "EvidenceBody", pin: str | None
) -> "EvidenceBody":
    """The card, with the proof of the PIN where one was given. Raises: the refusals of a card or a PIN."""
    if pin is None:
        return card
    known = await services.identify.identify(actor, card, pin)
    return msgspec.structs.replace(card, pin_proof=known.pin_proof)


def as_clerk(
    ctx: click.Context, *, group_id: str | None, shop_id: str, staff_id: str, code: str, work: Work[T]
) -> T:
    """Sign in with the code, then do the work in that shop."""

    async def run() -> T:
        from wire.api_counter import SignInBody

        body = to_body(SignInBody, staff_id=staff_id, code=code)
        async with opened_services(ctx.obj) as services:
            actor = dataclasses.replace(await person_for(services, group_id), shop_id=shop_id)
            signed_in = await services.counter.staff.sign_in(actor, body)
            return await work(services, actor, signed_in.clerk)

    return asyncio.run(run())
