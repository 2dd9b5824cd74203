"""`officine party`: suppliers and associations of a group."""

from typing import Any

import click
import msgspec

from officine.inputs import to_body
from officine.opened import as_operator, group_option
from officine.output import json_option, print_facts, print_json, print_rows
from officine.shown import moment

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
