"""`officine counter undo`, `late-card`, `move`: tickets mended at the counter."""

from typing import TYPE_CHECKING, Any

import click

from officine.at_counter import CODE_HELP, as_clerk, card_options, clerk_options, evidence_of
from officine.inputs import new_id, to_body
from officine.output import print_facts, print_json

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor
    from wire.api_counter import MendedTicketView

WHY_UNDONE = ("wrong_article", "wrong_amount", "customer_left", "other_tender", "test", "other")
WHY_GIVEN = ("card_forgotten", "card_found", "wrong_card", "two_customers", "other")


@click.command(epilog=CODE_HELP)
@click.argument("sale_id", metavar="TICKET")
@click.option("--reason", type=click.Choice(WHY_UNDONE), required=True)
@clerk_options
@click.pass_context
def undo(ctx: click.Context, /, sale_id: str, reason: str, **who: Any) -> None:
    """Take back all of the last ticket of this till, soon after it was sold.

    TICKET: central's id of it (sale_id), as `officine member tickets` lists them. A till's own reference
    (L-...) is taken by `officine till counter undo`.

    Example: officine counter undo 0199f2c4-7d1e --reason wrong_article --shop nyon --staff s-7
    """

    async def work(services: "Services", actor: "Actor", clerk: str) -> "MendedTicketView":
        from wire.api_counter import UndoBody

        act_id = who["act_id"] or new_id("undo")
        body = to_body(UndoBody, act_id=act_id, clerk=clerk, sale_id=sale_id, reason=reason)
        return (await services.counter.tickets.undo(actor, body))[0]

    _tell(ctx, "Undone", who, work)


@click.command("late-card", epilog=CODE_HELP)
@click.argument("sale_id", metavar="TICKET")
@click.option("--reason", type=click.Choice(WHY_GIVEN), default="card_forgotten", show_default=True)
@card_options
@clerk_options
@click.pass_context
def late_card(ctx: click.Context, /, sale_id: str, reason: str, **who: Any) -> None:
    """Give a ticket of nobody to the member whose card was forgotten.

    TICKET: central's id of it (sale_id), as the answer to the sale told it. A till's own reference (L-...) is
    taken by `officine till counter late-card`.

    Example: officine counter late-card 0199f2c4-7d1e --uid 04A1B2C3D4E5F6 --shop nyon --staff s-7
    """
    _give(ctx, "Given", "late_card", sale_id, reason, who)


@click.command(epilog=CODE_HELP)
@click.argument("sale_id", metavar="TICKET")
@click.option("--reason", type=click.Choice(WHY_GIVEN), default="wrong_card", show_default=True)
@card_options
@clerk_options
@click.pass_context
def move(ctx: click.Context, /, sale_id: str, reason: str, **who: Any) -> None:
    """Give a ticket of the wrong member to the right one: points, lots, limits and history follow.

    TICKET: central's id of it (sale_id), as `officine member tickets` lists them. A till's own reference
    (L-...) is taken by `officine till counter move`.

    Example: officine counter move 0199f2c4-7d1e --uid 04A1B2C3D4E5F6 --shop nyon --staff s-7
    """
    _give(ctx, "Moved", "move_ticket", sale_id, reason, who)


def _give(ctx: click.Context, title: str, kind: str, sale_id: str, reason: str, who: dict[str, Any]) -> None:
    async def work(services: "Services", actor: "Actor", clerk: str) -> "MendedTicketView":
        from loyalty.programme.counter import CounterAct
        from wire.api_counter import GiveTicketBody

        body = to_body(
            GiveTicketBody,
            act_id=who["act_id"] or new_id("ticket"),
            clerk=clerk,
            sale_id=sale_id,
            holder=evidence_of(uid=who["uid"], link=who["link"], number=who["number"]),
            reason=reason,
        )
        return (await services.counter.tickets.give(actor, body, CounterAct(kind)))[0]

    _tell(ctx, title, who, work)


def _tell(ctx: click.Context, title: str, who: dict[str, Any], work: Any) -> None:
    view: MendedTicketView = as_clerk(
        ctx,
        group_id=who["group_id"],
        shop_id=who["shop_id"],
        staff_id=who["staff_id"],
        code=who["code"],
        work=work,
    )
    if who["as_json"]:
        print_json(view)
        return
    facts = {"member": view.member_id or "nobody", "points": view.points, "new ticket": view.new_sale_id}
    print_facts(f"{title}: {view.sale_id}", facts)
