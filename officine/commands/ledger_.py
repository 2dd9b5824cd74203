"""`officine ledger`: expiry by hand, and corrections of points by two people."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from officine.commands import late, latitude
from officine.inputs import new_id, to_body
from officine.opened import as_person, group_option
from officine.output import json_option, print_facts, print_json, print_rows
from officine.shown import moment

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor
    from wire import api_value
    from wire.api_goodwill import GoodwillView

T = TypeVar("T")


@click.group()
def command() -> None:
    """Let lots expire by hand; correct points, large corrections by two people; give what a role may give.

    Example: officine ledger expire
    """


command.add_command(latitude.discount)
command.add_command(latitude.latitude)
command.add_command(late.late)


@command.command()
@click.option("--run", "run_id", help="Name of the run; the same again posts nothing twice. Default: now.")
@group_option
@json_option
@click.pass_context
def expire(ctx: click.Context, run_id: str | None, group_id: str | None, as_json: bool) -> None:
    """Free ended holds, let pending points mature, expire what is due. Central does the same by itself.

    Example: officine ledger expire
    """
    name = run_id or datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")

    async def work(services: "Services", actor: "Actor") -> dict[str, Any]:
        freed = await services.upkeep.expire_holds(actor.group_id)
        matured = await services.upkeep.mature(actor.group_id)
        report = await services.upkeep.expire(actor.group_id, name)
        return {
            "run_id": report.run_id,
            "holds_freed": freed,
            "points_matured": matured,
            "lots_expired": report.lots,
            "expired": report.amounts,
        }

    done = as_person(ctx.obj, group_id, work)
    if as_json:
        print_json(done)
        return
    amounts = ", ".join(f"{amount} {asset}" for asset, amount in done.pop("expired").items())
    print_facts("Expiry", done | {"expired": amounts or "nothing"})


@command.command()
@click.argument("member_id", metavar="MEMBER")
@click.argument("points", type=int)
@click.option("--reason", required=True, help="Why; kept with the correction.")
@click.option("--id", "correction_id", help="The correction's id. Default: a new one.")
@group_option
@json_option
@click.pass_context
def correct(
    ctx: click.Context,
    member_id: str,
    points: int,
    reason: str,
    correction_id: str | None,
    group_id: str | None,
    as_json: bool,
) -> None:
    """Add points to a member, or take them away (after `--`). What is too much for one waits for another.

    Example: officine ledger correct --reason "Delivery came late" m-000501 50
    """

    async def work(services: "Services", actor: "Actor") -> "api_value.CorrectionView":
        from wire.api_value import CorrectionBody

        body = to_body(
            CorrectionBody,
            correction_id=correction_id or new_id("cor"),
            member_id=member_id,
            points=points,
            reason=reason,
        )
        return (await services.corrections.request(actor, body))[0]

    _show(as_person(ctx.obj, group_id, work), as_json=as_json)


@command.command()
@click.argument("card", metavar="CARD")
@click.argument("points", type=int)
@click.option("--role", required=True, help="Whose latitude: a role that the programme names.")
@click.option("--reason", required=True, help="Why; kept with the points.")
@click.option("--shop", "shop_id", required=True, help="The shop that gives them.")
@click.option("--id", "goodwill_id", help="The id of this act. Default: a new one.")
@group_option
@json_option
@click.pass_context
def goodwill(
    ctx: click.Context, /, goodwill_id: str | None, group_id: str | None, as_json: bool, **values: Any
) -> None:
    """Give a member goodwill points, within what the role may give in the shop today.

    Example: officine ledger goodwill --role clerk --shop nyon --reason Late 2900000000017 20
    """

    async def work(services: "Services", actor: "Actor") -> "GoodwillView":
        from wire.api_goodwill import GoodwillBody

        holder = {"medium": "typed", "value": values.pop("card")}
        body = to_body(GoodwillBody, goodwill_id=goodwill_id or new_id("gw"), holder=holder, **values)
        return (await services.goodwill.give(actor, body))[0]

    view = as_person(ctx.obj, group_id, work)
    if as_json:
        print_json(view)
        return
    facts = {
        "member": view.member_id,
        "points": view.points,
        "reason": view.reason,
        "balance": view.balance_points,
    }
    print_facts(f"Goodwill {view.goodwill_id}", facts)


@command.command()
@group_option
@json_option
@click.pass_context
def waiting(ctx: click.Context, group_id: str | None, as_json: bool) -> None:
    """List the corrections that wait for a second person.

    Example: officine ledger waiting
    """
    view = as_person(ctx.obj, group_id, lambda services, actor: services.corrections.list_pending(actor))
    if as_json:
        print_json(view.corrections)
        return
    rows = [
        (c.correction_id, c.member_id, c.points, c.reason, c.requested_by, moment(c.requested_ms))
        for c in view.corrections
    ]
    print_rows("Corrections that wait", ("Correction", "Member", "Points", "Reason", "By", "Asked"), rows)


@command.command()
@click.argument("correction_id", metavar="CORRECTION")
@click.option("--approve/--refuse", required=True, default=None, help="The word of the second person.")
@group_option
@json_option
@click.pass_context
def decide(
    ctx: click.Context, correction_id: str, approve: bool, group_id: str | None, as_json: bool
) -> None:
    """Approve or refuse a correction that somebody else asked for.

    Example: officine ledger decide cor-5f0c --approve
    """

    async def work(services: "Services", actor: "Actor") -> "api_value.CorrectionView":
        from wire.api_value import DecisionBody

        body = DecisionBody(approve=approve)
        return (await services.corrections.decide(actor, correction_id, body))[0]

    _show(as_person(ctx.obj, group_id, work), as_json=as_json)


def _show(view: "api_value.CorrectionView", *, as_json: bool) -> None:
    if as_json:
        print_json(view)
        return
    facts = {
        "state": view.state,
        "member": view.member_id,
        "points": view.points,
        "reason": view.reason,
        "asked by": view.requested_by,
        "decided by": view.decided_by,
    }
    print_facts(f"Correction {view.correction_id}", facts)
