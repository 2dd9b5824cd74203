"""`officine counter pin`: PINs of members."""

from typing import TYPE_CHECKING, get_args

import click

from officine.at_counter import CODE_HELP, as_clerk, card_options, clerk_options, evidence_of
from officine.inputs import new_id, read_dash, to_body
from officine.output import print_facts, print_json
from wire.api_counter import Identity

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor
    from wire.api_counter import PinView

KINDS = ("set", "reset", "unlock")


@click.command(epilog=CODE_HELP)
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--pin", callback=read_dash, help="What the member types; none to unlock.")
@click.option(
    "--identity",
    required=True,
    type=click.Choice(get_args(Identity)),
    help="What showed who the member is.",
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

    The new PIN and the clerk's own code are read from standard input, one line each, where they are given
    as -; the code is asked for where it is left out.

    Examples:
      officine counter pin set --pin - --uid 04A1B2C3D4E5F6 --identity passport --shop gex --staff s-7
      officine counter pin unlock --uid 04A1B2C3D4E5F6 --identity id_card --shop gex --staff s-7
    """

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
