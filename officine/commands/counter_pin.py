"""`officine counter pin`: PINs of members."""

from typing import TYPE_CHECKING, get_args

import click

from officine.at_counter import CODE_HELP, as_clerk, card_options, clerk_options, evidence_of
from officine.inputs import new_id, read_dash, to_body
from officine.output import print_facts, print_json

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor
    from wire.api_counter import PinView

KINDS = ("set", "reset", "unlock")


def _identities() -> tuple[str, ...]:
    from wire.api_counter import Identity

    return get_args(Identity)


@click.command(epilog=CODE_HELP)
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--pin", callback=read_dash, help="What the member types; none to unlock.")
@click.option(
    "--identity", required=True, help="What showed who the member is: id_card, passport, known_person ..."
)
@card_options
@clerk_options
@click.pass_context
def pin(
    ctx: click.Context,
    kind: str,
    pin: str | None,
    identity: str,
    uid: str | None,
    link: str | None,
    number: str | None,
    shop_id: str,
    staff_id: str,
    code: str,
    act_id: str | None,
    group_id: str | None,
    as_json: bool,
) -> None:
    """Set a first PIN, reset one, or unlock it; the member is there, with the card and a paper.

    Example: officine counter pin reset --uid 04A1B2C3D4E5F6 --identity passport --staff s-7
    """
    if identity not in _identities():
        raise click.BadParameter(f"use one of {', '.join(_identities())}.", param_hint="--identity")

    async def work(services: "Services", actor: "Actor", clerk: str) -> "PinView":
        from wire.api_counter import PinBody

        body = to_body(
            PinBody,
            act_id=act_id or new_id("pin"),
            clerk=clerk,
            holder=evidence_of(uid=uid, link=link, number=number),
            kind=kind,
            identity=identity,
            pin=pin,
        )
        return (await services.counter.pins.put(actor, body))[0]

    view = as_clerk(ctx, group_id=group_id, shop_id=shop_id, staff_id=staff_id, code=code, work=work)
    if as_json:
        print_json(view)
    else:
        print_facts(f"PIN of {view.member_id}", {"tries": view.tries_left})
