"""`officine counter enrol`, `find`, `give-card`, `incident`: members served by a clerk."""

from typing import TYPE_CHECKING, Any

import click

from officine.at_counter import CODE_HELP, as_clerk, card_options, clerk_options, evidence_of
from officine.inputs import new_id, to_body
from officine.output import print_facts, print_json, print_rows

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor
    from wire import api, api_members
    from wire.api_counter import CounterEnrolView, FoundListView, IncidentView, InsuredCardView

PURPOSES = ("health", "email", "sms", "letter", "telephone")


@click.command(epilog=CODE_HELP)
@click.option("--member", "member_id", required=True, metavar="ID", help="The new member's id.")
@click.option("--agreed", is_flag=True, help="The person was asked, and agreed to take part.")
@click.option("--email", help="The e-mail address: the data are completed by it.")
@click.option("--form", "form_number", metavar="NUMBER", help="The paper form's number, keyed in later.")
@click.option(
    "--consent", "consents", multiple=True, type=click.Choice(PURPOSES), help="Agreed to beside it."
)
@click.option("--language", type=click.Choice(("fr", "de", "it", "en", "zh")), default="fr")
@card_options
@clerk_options
@click.pass_context
def enrol(ctx: click.Context, /, **values: Any) -> None:
    """Enrol by an e-mail address or a paper form; the card earns at once and is to be validated.

    Example: officine counter enrol --member m-77 --agreed --email a@b.ch --staff s-7 --shop gex
    """

    async def work(services: "Services", actor: "Actor", clerk: str) -> "CounterEnrolView":
        from wire.api_counter import CounterEnrolBody

        has_card = values["uid"] or values["link"] or values["number"]
        body = to_body(
            CounterEnrolBody,
            act_id=values["act_id"] or new_id("enrol"),
            clerk=clerk,
            member_id=values["member_id"],
            agreed=values["agreed"],
            email=values["email"],
            form_number=values["form_number"],
            card=_card(values) if has_card else None,
            language=values["language"],
            consents=list(values["consents"]),
        )
        return (await services.counter.enrolments.enrol(actor, body))[0]

    view = _run(ctx, values, work)
    if values["as_json"]:
        print_json(view)
        return
    card = f"{view.card_number} ({view.card_state})" if view.card_number else "none"
    print_facts(
        f"Enrolled {view.member_id}",
        {
            "card": card,
            "form": view.form_number or "none",
            "link": "mailed: the member completes the data at home" if view.is_invited else "none",
        },
    )


@click.command(epilog=CODE_HELP)
@click.option("--name", help="As it is typed; with --born.")
@click.option("--born", "birth_date", metavar="YYYY-MM-DD")
@click.option("--phone")
@click.option("--email")
@clerk_options
@click.pass_context
def find(ctx: click.Context, /, **values: Any) -> None:
    """Find a member without a card, by e-mail, phone, or name and birth date. Each search is kept.

    Example: officine counter find --name meier --born 1957-03-09 --shop nyon --staff s-7
    """

    async def work(services: "Services", actor: "Actor", clerk: str) -> "FoundListView":
        from wire.api_counter import FindBody

        by = {name: values[name] for name in ("name", "birth_date", "phone", "email")}
        body = to_body(FindBody, act_id=values["act_id"] or new_id("find"), clerk=clerk, **by)
        return await services.counter.finding.find(actor, body)

    view = _run(ctx, values, work)
    if values["as_json"]:
        print_json(view)
        return
    rows = [
        (each.display_name, each.birth_year, each.email_hint, "yes" if each.has_card else "no", each.found)
        for each in view.members
    ]
    print_rows(f"Found ({len(rows)})", ("Member", "Born", "E-mail", "Card", "Found"), rows)


@click.command("give-card", epilog=CODE_HELP)
@click.argument("found", metavar="FOUND")
@click.option("--identity", required=True, help="What showed who the member is: id_card, passport ...")
@card_options
@clerk_options
@click.pass_context
def give_card(ctx: click.Context, /, **values: Any) -> None:
    """Give a card to a member who was found; FOUND is what `find` told. The account stays.

    Example: officine counter give-card FOUND --identity id_card --uid 04A1B2C3 --staff s-7
    """

    async def work(services: "Services", actor: "Actor", clerk: str) -> "api_members.CardView":
        from wire.api_counter import GiveCardBody

        body = to_body(
            GiveCardBody,
            act_id=values["act_id"] or new_id("card"),
            clerk=clerk,
            found=values["found"],
            card=_card(values),
            identity=values["identity"],
        )
        return (await services.counter.finding.give_card(actor, body))[0]

    view = _run(ctx, values, work)
    if values["as_json"]:
        print_json(view)
    else:
        print_facts(f"Card {view.card_number}", {"member": view.member_id, "state": view.state})


@click.command("insured-card", epilog=CODE_HELP)
@click.argument("insured", metavar="READ")
@click.option("--agreed", is_flag=True, help="The member was asked, and agreed.")
@card_options
@clerk_options
@click.pass_context
def insured_card(ctx: click.Context, /, **values: Any) -> None:
    """Know a member by the Swiss insured-person card; READ is what `officine reader read` told of it.

    What is kept is a keyed hash of a keyed hash; it goes when the consent is withdrawn.

    Example: officine counter insured-card insured:7B2F... --agreed --uid 04A1B2C3 --staff s-7
    """

    async def work(services: "Services", actor: "Actor", clerk: str) -> "InsuredCardView":
        from wire.api_counter import InsuredCardBody

        body = to_body(
            InsuredCardBody,
            act_id=values["act_id"] or new_id("insured"),
            clerk=clerk,
            holder=_card(values),
            insured=values["insured"],
            agreed=values["agreed"],
        )
        return (await services.counter.insured.link(actor, body))[0]

    view = _run(ctx, values, work)
    if values["as_json"]:
        print_json(view)
    else:
        print_facts("Known by the insured-person card", {"member": view.member_id})


@click.command(epilog=CODE_HELP)
@click.argument("kind", metavar="KIND")
@click.option("--ticket", "sale_id", metavar="ID", help="The ticket it is about.")
@click.option("--text", help="What happened.")
@card_options
@clerk_options
@click.pass_context
def incident(ctx: click.Context, /, **values: Any) -> None:
    """Hand a problem to head office: amount_error, address_error, withdrawal_error, sale_cancellation ...

    Example: officine counter incident amount_error --ticket 0199f2c4 --shop nyon --staff s-7
    """

    async def work(services: "Services", actor: "Actor", clerk: str) -> "IncidentView":
        from wire.api_counter import IncidentBody

        has_card = values["uid"] or values["link"] or values["number"]
        body = to_body(
            IncidentBody,
            incident_id=values["act_id"] or new_id("incident"),
            clerk=clerk,
            kind=values["kind"],
            sale_id=values["sale_id"],
            holder=_card(values) if has_card else None,
            text=values["text"],
        )
        return (await services.counter.incidents.open(actor, body))[0]

    view = _run(ctx, values, work)
    if values["as_json"]:
        print_json(view)
    else:
        print_facts(f"Incident {view.incident_id}", {"kind": view.kind, "state": view.state})


def _card(values: dict[str, Any]) -> "api.EvidenceBody":
    return evidence_of(uid=values["uid"], link=values["link"], number=values["number"])


def _run(ctx: click.Context, values: dict[str, Any], work: Any) -> Any:
    return as_clerk(
        ctx,
        group_id=values["group_id"],
        shop_id=values["shop_id"],
        staff_id=values["staff_id"],
        code=values["code"],
        work=work,
    )
