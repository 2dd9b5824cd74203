"""`officine party`: suppliers and associations of a group."""

from typing import TYPE_CHECKING, Any

import click
import msgspec

from officine.at_counter import card_options, evidence_of, pin_option, with_pin
from officine.inputs import new_id, to_body
from officine.opened import as_operator, group_option
from officine.output import json_option, print_facts, print_json, print_rows
from officine.shown import amount, moment

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor
    from wire import api_value

_KIND = click.Choice(["supplier", "association"])


@click.group()
def command() -> None:
    """Put, list and show suppliers and associations: who funds what the group gives, whom statements go to.

    Example: officine party show supplier sol
    """


@command.command()
@click.argument("kind", type=_KIND)
@click.argument("party_id", metavar="ID")
@click.option("--name", required=True, help="The name on statements.")
@click.option("--street", default="", help="Street and number.")
@click.option("--postcode", default="")
@click.option("--city", default="")
@click.option("--country", default="", metavar="CC")
@click.option("--email", default="", help="Where statements go; no name of a person.")
@click.option(
    "--language", default="", help="Of its statements: fr, de, it, en, zh. Default: the group's first."
)
@click.option("--tax-number", default="", help="Its VAT number.")
@click.option("--bank-account", default="", help="An IBAN, checked; or another account number.")
@click.option("--bank-reference", default="", help="What a payment quotes.")
@click.option(
    "--state", default="active", type=click.Choice(["active", "ended"]), help="Ended: named no more."
)
@group_option
@json_option
@click.pass_context
def put(
    ctx: click.Context, /, kind: str, party_id: str, group_id: str | None, as_json: bool, **values: Any
) -> None:
    """Make or change a supplier or an association; rules name it as supplier/ID.

    Example: officine party put supplier sol --name "Sol SA" --bank-account CH9300762011623852957
    """
    from wire.api_base import Id
    from wire.api_parties import PartyBody

    to_body(msgspec.defstruct("PartyId", [("id", Id)]), id=party_id)
    body = to_body(PartyBody, **values)
    view, change = as_operator(
        ctx.obj, group_id, lambda services, actor: services.parties.put(actor, kind, party_id, body)
    )
    if as_json:
        print_json({"change": change.value, "party": view})
    else:
        print_facts(f"Party {change.value}", msgspec.structs.asdict(view))


@command.command("list")
@group_option
@json_option
@click.pass_context
def list_parties(ctx: click.Context, group_id: str | None, as_json: bool) -> None:
    """List all suppliers and associations.

    Example: officine party list --json
    """
    view = as_operator(ctx.obj, group_id, lambda services, actor: services.parties.list_parties(actor))
    if as_json:
        print_json(view)
        return
    rows = [(each.party, each.name, each.city, each.bank_account, each.state) for each in view.parties]
    print_rows(f"Parties ({len(rows)})", ("Party", "Name", "City", "Account", "State"), rows)


@command.command()
@click.argument("kind", type=_KIND)
@click.argument("party_id", metavar="ID")
@group_option
@json_option
@click.pass_context
def show(ctx: click.Context, kind: str, party_id: str, group_id: str | None, as_json: bool) -> None:
    """Show one.

    Example: officine party show association fc-nyon
    """
    view = as_operator(ctx.obj, group_id, lambda services, actor: services.parties.get(actor, kind, party_id))
    if as_json:
        print_json(view)
    else:
        print_facts(view.name, msgspec.structs.asdict(view))


@command.command()
@click.argument("association_id", metavar="ID")
@click.option(
    "--share-bp", required=True, type=int, help="Basis points of its members' turnover: 200 is 2 %."
)
@click.option(
    "--shop", "shop_id", help="The shop that gives it. Default: every shop without a deal of its own."
)
@group_option
@json_option
@click.pass_context
def deal(
    ctx: click.Context,
    association_id: str,
    share_bp: int,
    shop_id: str | None,
    group_id: str | None,
    as_json: bool,
) -> None:
    """Set the share of its members' turnover that shops give an association from now on.

    Example: officine party deal fc-nyon --share-bp 200
    """
    from wire.api_settlement import DealBody

    body = to_body(DealBody, share_bp=share_bp, shop_id=shop_id)
    view = as_operator(
        ctx.obj,
        group_id,
        lambda services, actor: services.clearing.associations.put_deal(actor, association_id, body),
    )
    if as_json:
        print_json(view)
        return
    rows = [(each.shop_id or "every other shop", f"{each.share_bp / 100:.2f} %") for each in view.deals]
    print_rows(f"Deals of {association_id}", ("Shop", "Share"), rows)


@command.command()
@click.argument("member_id", metavar="MEMBER")
@click.argument("association_id", metavar="[ID]", required=False)
@group_option
@json_option
@click.pass_context
def join(
    ctx: click.Context, member_id: str, association_id: str | None, group_id: str | None, as_json: bool
) -> None:
    """Make a member belong to an association from now on; without ID to none.

    Example: officine party join m-000501 fc-nyon
    """
    from wire.api_settlement import AssociationChoiceBody

    body = to_body(AssociationChoiceBody, association_id=association_id)
    view = as_operator(
        ctx.obj,
        group_id,
        lambda services, actor: services.clearing.associations.join(actor, member_id, body),
    )
    if as_json:
        print_json(view)
        return
    rows = [
        (each.association_id, moment(each.from_ms), None if each.to_ms is None else moment(each.to_ms))
        for each in view.memberships
    ]
    print_rows(f"Associations of {member_id}", ("Association", "From", "To"), rows)


@command.command()
@click.argument("association_id", metavar="ID")
@click.option("--month", metavar="YYYY-MM", help="Of which shares and donations are told. Default: this one.")
@group_option
@json_option
@click.pass_context
def panel(
    ctx: click.Context, association_id: str, month: str | None, group_id: str | None, as_json: bool
) -> None:
    """Show an association: its members, its share of turnover, donations of a month, what it was paid.

    What a panel in the shop may show of it is less: the sum of all payouts (GET /associations/ID/panel).

    Example: officine party panel fc-nyon --month 2026-11
    """
    view = as_operator(
        ctx.obj,
        group_id,
        lambda services, actor: services.clearing.associations.overview(actor, association_id, month),
    )
    if as_json:
        print_json(view)
        return
    deals = [f"{each.share_bp / 100:.2f} % ({each.shop_id or 'every other shop'})" for each in view.deals]
    print_facts(
        view.name,
        {
            "members": view.members,
            "share of turnover": ", ".join(deals) or "none agreed",
            "month": view.month,
            "turnover that counts": amount(view.counted_minor, view.currency),
            "share": amount(view.share_minor, view.currency),
            "donated": f"{view.points} points, {amount(view.points_minor, view.currency)}",
            "paid in all": amount(view.paid_minor, view.currency),
        },
    )
    rows = [
        (
            each.month,
            amount(each.share_minor, view.currency),
            amount(each.points_minor, view.currency),
            amount(each.paid_minor, view.currency),
            moment(each.paid_ms),
        )
        for each in view.paid
    ]
    print_rows(f"Payouts ({len(rows)})", ("Month", "Share", "Donations", "Paid", "When"), rows)


@command.command()
@click.argument("association_id", metavar="ID")
@click.argument("points", type=click.IntRange(1))
@card_options
@pin_option
@click.option("--id", "donation_id", help="The id of this act; the same again moves nothing. Default: new.")
@group_option
@json_option
@click.pass_context
def donate(
    ctx: click.Context,
    association_id: str,
    points: int,
    uid: str | None,
    link: str | None,
    number: str | None,
    pin: str | None,
    donation_id: str | None,
    group_id: str | None,
    as_json: bool,
) -> None:
    """A member gives points to an association; the card says who. Nothing is given that is not there.

    Example: officine party donate fc-nyon 150 --uid 04A1B2C3D4E580
    """
    from wire.api_value import DonationBody

    card = evidence_of(uid=uid, link=link, number=number)

    async def work(services: "Services", actor: "Actor") -> "api_value.MoveView":
        evidence = await with_pin(services, actor, card, pin)
        body = to_body(
            DonationBody,
            donation_id=donation_id or new_id("gift"),
            holder=msgspec.to_builtins(evidence),
            association_id=association_id,
            points=points,
        )
        return (await services.gifts.donate(actor, body))[0]

    view = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json(view)
        return
    print_facts("Donated", {"to": association_id, "points": points, "left": view.balance_points})
