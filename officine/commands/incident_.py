"""`officine incident`: what the counters handed over, at head office and hotline."""

from typing import TYPE_CHECKING

import click

from officine.inputs import to_body
from officine.opened import as_person, group_option
from officine.output import json_option, print_facts, print_json, print_rows
from officine.shown import moment

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor
    from wire.api_counter import IncidentView


@click.group()
def command() -> None:
    """List, show, take, answer, close and reopen incidents of the counters.

    Example: officine incident list
    """


@command.command("list")
@click.option("--state", type=click.Choice(("open", "taken", "answered", "closed")), default="open")
@group_option
@json_option
@click.pass_context
def list_incidents(ctx: click.Context, state: str, group_id: str | None, as_json: bool) -> None:
    """List what waits, the oldest first, at most a page.

    Example: officine incident list --state taken
    """
    from wire.api_counter import IncidentsQuery

    query = to_body(IncidentsQuery, state=state)
    view = as_person(
        ctx.obj, group_id, lambda services, actor: services.counter.incidents.list_incidents(actor, query)
    )
    if as_json:
        print_json(view)
        return
    rows = [
        (each.incident_id, each.kind, each.shop_id, each.sale_id or "", moment(each.opened_ms), each.taken_by)
        for each in view.incidents
    ]
    print_rows(f"Incidents, {state} ({len(rows)})", ("Id", "Kind", "Shop", "Ticket", "Since", "Taken"), rows)


@command.command()
@click.argument("incident_id", metavar="ID")
@group_option
@json_option
@click.pass_context
def show(ctx: click.Context, incident_id: str, group_id: str | None, as_json: bool) -> None:
    """Show one with its history.

    Example: officine incident show incident-0a1b
    """
    view = as_person(
        ctx.obj, group_id, lambda services, actor: services.counter.incidents.get(actor, incident_id)
    )
    _print(view, as_json=as_json)


@command.command()
@click.argument("act", type=click.Choice(("take", "answer", "close", "reopen")))
@click.argument("incident_id", metavar="ID")
@click.option("--text", help="What is answered, or why.")
@group_option
@json_option
@click.pass_context
def act(
    ctx: click.Context, act: str, incident_id: str, text: str | None, group_id: str | None, as_json: bool
) -> None:
    """Take one, answer, close or reopen it, as it stands now.

    Example: officine incident act answer incident-0a1b --text "Corrected"
    """

    async def work(services: "Services", actor: "Actor") -> "IncidentView":
        from wire.api_counter import IncidentActBody

        notes = (await services.counter.incidents.get(actor, incident_id)).notes
        body = to_body(IncidentActBody, act=act, notes=notes, text=text)
        return (await services.counter.incidents.move(actor, incident_id, body))[0]

    _print(as_person(ctx.obj, group_id, work), as_json=as_json)


def _print(view: "IncidentView", *, as_json: bool) -> None:
    if as_json:
        print_json(view)
        return
    facts = {
        "kind": view.kind,
        "state": view.state,
        "shop": view.shop_id,
        "clerk": view.staff_id,
        "member": view.member_id or "none",
        "ticket": view.sale_id or "none",
    }
    print_facts(f"Incident {view.incident_id}", facts)
    rows = [(moment(each.at_ms), each.act, each.actor, each.text or "") for each in view.history]
    print_rows("History", ("When", "Act", "Who", "Text"), rows)
