"""`officine party`: suppliers and associations of a group."""

from typing import Any

import click
import msgspec

from officine.inputs import to_body
from officine.opened import as_operator, group_option
from officine.output import json_option, print_facts, print_json, print_rows

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
