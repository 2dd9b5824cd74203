"""`officine counter forward`, `hand-out`: what members paid forward, for whoever needs it."""

from typing import TYPE_CHECKING, Any

import click

from officine.at_counter import CODE_HELP, as_clerk, clerk_options
from officine.inputs import new_id, to_body
from officine.output import print_facts, print_json
from officine.shown import amount

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor
    from wire.api_conversions import ForwardStandView, HandOutView


@click.command(epilog=CODE_HELP)
@clerk_options
@click.pass_context
def forward(ctx: click.Context, /, **who: Any) -> None:
    """Show what members paid forward in a shop, and nobody was given yet.

    Example: officine counter forward --shop nyon --staff s-7
    """

    async def work(services: "Services", actor: "Actor", clerk: str) -> "ForwardStandView":
        from wire.api_conversions import ForwardClerkBody

        return await services.counter.forward.show(actor, to_body(ForwardClerkBody, clerk=clerk))

    view: ForwardStandView = _as_clerk(ctx, who, work)
    if who["as_json"]:
        print_json(view)
        return
    facts = {
        "waiting": amount(view.waiting_minor, view.currency),
        "at most at once": amount(view.most_minor, view.currency),
    }
    print_facts(f"Paid forward in {view.shop_id}", facts)


@click.command("hand-out", epilog=CODE_HELP)
@click.argument("amount_minor", metavar="MINOR", type=click.IntRange(min=1))
@clerk_options
@click.pass_context
def hand_out(ctx: click.Context, /, amount_minor: int, **who: Any) -> None:
    """Give somebody who needs it a voucher of what members paid forward; nobody's name is asked for.

    MINOR is in minor units: 500 is CHF 5.00. Whoever brings the number pays with it.

    Example: officine counter hand-out 500 --shop nyon --staff s-7
    """

    async def work(services: "Services", actor: "Actor", clerk: str) -> "HandOutView":
        from wire.api_conversions import ForwardHandOutBody

        act_id = who["act_id"] or new_id("out")
        body = to_body(ForwardHandOutBody, act_id=act_id, clerk=clerk, worth_minor=amount_minor)
        return (await services.counter.forward.hand_out(actor, body))[0]

    view: HandOutView = _as_clerk(ctx, who, work)
    if who["as_json"]:
        print_json(view)
        return
    facts = {
        "number": view.code,
        "until": view.last_day,
        "worth": view.worth_minor,
        "left": view.waiting_minor,
    }
    print_facts("A voucher of what was paid forward", facts)


def _as_clerk(ctx: click.Context, who: dict[str, Any], work: Any) -> Any:
    return as_clerk(
        ctx,
        group_id=who["group_id"],
        shop_id=who["shop_id"],
        staff_id=who["staff_id"],
        code=who["code"],
        work=work,
    )
