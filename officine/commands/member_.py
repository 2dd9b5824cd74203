"""`officine member`: enrol and show members."""

from typing import TYPE_CHECKING, Any

import click

from officine.commands.member_carers import carers
from officine.commands.member_complete import complete
from officine.commands.member_merge import decide_merge, merge, merges
from officine.commands.member_pharmacist import pharmacist
from officine.commands.member_profile import erase, profile, sponsors
from officine.inputs import CARD_HELP, new_id, read_dash, read_fields, to_body
from officine.opened import as_operator, group_option
from officine.output import console, json_option, print_facts, print_json, print_rows
from officine.shown import amount, moment

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor
    from wire import api_members, api_segments, api_traits

LANGUAGES = ("fr", "de", "it", "en", "zh")
CHANNELS = ("", "email", "sms", "letter", "telephone")
PAYMENTS = ("", "cash", "card", "purse", "invoice")


@click.group()
def command() -> None:
    """Enrol and show members, their balance and tickets.

    Example: officine member balance m-00042
    """


@command.command()
@click.option(
    "--id", "member_id", help="The member's id. Default: a new one; give yours to be able to repeat."
)
@click.option("--family-name", required=True, help="For the greeting and letters.")
@click.option("--given-name", default="", help="For letters.")
@click.option("--salutation", type=click.Choice(("", "mr", "ms")), default="", help="For the greeting.")
@click.option("--language", type=click.Choice(LANGUAGES), default="fr", show_default=True)
@click.option("--email", default="")
@click.option("--phone", default="")
@click.option("--birth-date", default="", metavar="YYYY-MM-DD")
@click.option("--profile", default="", metavar="NAME", help="One of the programme's profiles.")
@click.option(
    "--field",
    "profile_fields",
    multiple=True,
    callback=read_fields,
    metavar="NAME=VALUE",
    help="A field of that profile; may be given many times.",
)
@click.option("--channel", "preferred_channel", type=click.Choice(CHANNELS), default="")
@click.option("--payment", "preferred_payment", type=click.Choice(PAYMENTS), default="")
@click.option("--home-shop", "home_shop_id", metavar="ID", help="The shop the member chose.")
@click.option(
    "--card",
    "card_number",
    callback=read_dash,
    metavar="NUMBER",
    help="A first card, active at once; - reads it.",
)
@group_option
@json_option
@click.pass_context
def enrol(
    ctx: click.Context, /, member_id: str | None, group_id: str | None, as_json: bool, **values: Any
) -> None:
    """Enrol a member, with a first card where you give one.

    The same command with the same --id again changes nothing.

    Example: officine member enrol --id m-1 --family-name Aubert --salutation ms --card 2990000000019
    """
    from wire.api_members import MemberBody

    body = to_body(MemberBody, member_id=member_id or new_id("m"), **values)
    view, is_replay = as_operator(
        ctx.obj, group_id, lambda services, actor: services.members.enrol(actor, body)
    )
    if as_json:
        print_json({"is_replay": is_replay, "member": view})
    else:
        _print_member("Already enrolled" if is_replay else "Enrolled", view)


@command.command()
@click.argument("member_id", metavar="ID")
@group_option
@json_option
@click.pass_context
def show(ctx: click.Context, member_id: str, group_id: str | None, as_json: bool) -> None:
    """Show a member's personal data, cards and points.

    Example: officine member show m-00042
    """
    view = as_operator(
        ctx.obj, group_id, lambda services, actor: services.members.get_member(actor, member_id)
    )
    if as_json:
        print_json(view)
    else:
        _print_member("Member", view)


@command.command()
@click.argument("member_id", metavar="ID")
@group_option
@json_option
@click.pass_context
def balance(ctx: click.Context, member_id: str, group_id: str | None, as_json: bool) -> None:
    """Show a member's points.

    Example: officine member balance m-00042 --json
    """
    view = as_operator(
        ctx.obj, group_id, lambda services, actor: services.members.get_balance(actor, member_id)
    )
    if as_json:
        print_json(view)
        return
    expiring = view.expiring
    print_facts(
        "Balance",
        {
            "member": view.member_id,
            "points": view.points,
            "points owed": view.points_owed,
            "next to expire": f"{expiring.points} points, last day {expiring.last_day}" if expiring else None,
        },
    )


@command.command()
@click.argument("member_id", metavar="ID")
@click.option(
    "--limit", type=click.IntRange(1, 200), default=20, show_default=True, help="Tickets of a page."
)
@click.option("--before", metavar="CURSOR", help="The cursor that the page before gave.")
@group_option
@json_option
@click.pass_context
def tickets(
    ctx: click.Context, member_id: str, limit: int, before: str | None, group_id: str | None, as_json: bool
) -> None:
    """List a member's tickets as totals, newest first.

    Example: officine member tickets m-00042 --limit 5
    """

    async def work(services: "Services", actor: "Actor") -> "tuple[api_members.PageView, str]":
        page = await services.members.list_tickets(actor, member_id, before=before, limit=limit)
        return page, (await services.groups.get_group(actor)).currency

    page, currency = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json(page)
        return
    rows = [
        (
            moment(each.occurred_ms),
            each.shop_name,
            amount(each.total_minor, currency),
            each.points,
            each.sale_id,
        )
        for each in page.tickets
    ]
    print_rows(f"Tickets ({len(rows)})", ("When", "Shop", "Total", "Points", "Sale"), rows)
    if page.next:
        console().print(f"[dim]More: --before {page.next}[/]", soft_wrap=True)


@command.command()
@click.argument("member_id", metavar="ID")
@group_option
@json_option
@click.pass_context
def reads(ctx: click.Context, member_id: str, group_id: str | None, as_json: bool) -> None:
    """List who read a member's purchase lines, newest first: the answer to a member who asks.

    Example: officine member reads m-00042
    """
    view = as_operator(
        ctx.obj, group_id, lambda services, actor: services.members.list_reads(actor, member_id)
    )
    if as_json:
        print_json(view)
        return
    rows = [(moment(each.at_ms), each.actor, each.purpose) for each in view.reads]
    print_rows(f"Reads ({len(rows)})", ("When", "Who", "Why"), rows)


@command.command()
@click.argument("member_id", metavar="ID")
@click.option("--tier", metavar="NAME", help="The member's tier; an empty text ends it.")
@click.option(
    "--tier-until",
    metavar="YYYY-MM-DD",
    help="The last day of that tier, where purchases make tiers. Default: until it is ended.",
)
@click.option("--grade", metavar="NAME", help="The member's grade; an empty text ends it.")
@click.option("--sponsor", "sponsor_id", metavar="ID", help="Who brought the member; an empty text ends it.")
@click.option("--join", "join_segments", multiple=True, metavar="SEGMENT", help="May be given many times.")
@click.option("--leave", "leave_segments", multiple=True, metavar="SEGMENT", help="May be given many times.")
@click.option("--spouse-birthday", "spouse_birth_date", metavar="YYYY-MM-DD", help="Empty: not known.")
@click.option(
    "--child-birthday",
    "child_birth_dates",
    multiple=True,
    metavar="YYYY-MM-DD",
    help="Once per child; replaces all. A single empty text: none is known.",
)
@group_option
@json_option
@click.pass_context
def traits(ctx: click.Context, /, member_id: str, group_id: str | None, as_json: bool, **values: Any) -> None:
    """Show or change what rules look at of a member: tier, grade, segments, sponsor, family birthdays.

    What is not named stays; the same command again changes nothing.

    Where the programme works tiers out, one given here goes before until its last day.

    Example: officine member traits m-00042 --tier gold --tier-until 2027-12-31 --join parents
    """
    changes = _changes(values)

    async def work(services: "Services", actor: "Actor") -> "api_traits.TraitsView":
        if not changes:
            return await services.traits.get(actor, member_id)
        return await services.traits.change(actor, member_id, to_body(TraitsBody, **changes))

    from wire.api_traits import TraitsBody

    view = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json(view)
        return
    print_facts(
        "Traits",
        {
            "member": view.member_id,
            "tier": view.tier if view.tier_until is None else f"{view.tier} until {view.tier_until}",
            "grade": view.grade,
            "sponsor": view.sponsor_id,
            "segments": ", ".join(view.segments),
            "spouse's birthday": view.spouse_birth_date,
            "children's birthdays": ", ".join(view.child_birth_dates),
        },
    )
    rows = [
        (
            each.kind,
            each.value,
            each.by,
            moment(each.from_ms),
            "" if each.to_ms is None else moment(each.to_ms),
        )
        for each in view.history
    ]
    print_rows(f"History ({len(rows)})", ("Trait", "Value", "By", "From", "To"), rows)


@command.command()
@click.argument("member_id", metavar="ID")
@click.option(
    "--give", metavar="PURPOSE", help="health, email, sms, letter, telephone, wechat or insured_card."
)
@click.option("--withdraw", metavar="PURPOSE", help="The same.")
@group_option
@json_option
@click.pass_context
def consents(
    ctx: click.Context,
    member_id: str,
    give: str | None,
    withdraw: str | None,
    group_id: str | None,
    as_json: bool,
) -> None:
    """Show or note what a member agreed to; the latest word on a purpose counts.

    Example: officine member consents m-00042 --give health
    """
    from wire.api_segments import ConsentBody

    async def work(services: "Services", actor: "Actor") -> "api_segments.ConsentListView":
        for purpose, is_given in ((give, True), (withdraw, False)):
            if purpose is not None:
                body = ConsentBody(is_given=is_given)
                await services.consents.put_consent(actor, member_id, purpose, body)
        return await services.consents.list_consents(actor, member_id)

    view = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json(view)
        return
    rows = [
        (each.purpose, "given" if each.is_given else "withdrawn", moment(each.at_ms))
        for each in view.consents
    ]
    print_rows(f"Consents ({len(rows)})", ("Purpose", "Said", "When"), rows)


@command.command("call-back")
@click.argument("member_id", metavar="ID")
@click.argument("outcome", type=click.Choice(("reached", "failed")))
@click.option("--id", "call_back_id", help="Default: a new one; give yours to be able to repeat.")
@group_option
@json_option
@click.pass_context
def call_back(
    ctx: click.Context,
    member_id: str,
    outcome: str,
    call_back_id: str | None,
    group_id: str | None,
    as_json: bool,
) -> None:
    """Note whether a member who stays away could be reached; the last one counts for the grade.

    Example: officine member call-back m-00042 failed
    """
    from wire.api_segments import CallBackBody

    body = CallBackBody(call_back_id=call_back_id or new_id("call"), is_reached=outcome == "reached")
    view = as_operator(
        ctx.obj,
        group_id,
        lambda services, actor: services.consents.put_call_back(actor, member_id, body),
    )
    if as_json:
        print_json(view)
    else:
        print_facts("Noted", {"member": member_id, "call-back": outcome, "id": view.call_back_id})


def _changes(values: dict[str, Any]) -> dict[str, Any]:
    """What was named: an empty text ends a trait, and an empty birthday among several is none."""
    changes: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, tuple):
            if value:
                changes[name] = [each for each in value if each]
        elif value is not None:
            changes[name] = value or None
    return changes


def _print_member(title: str, view: "api_members.MemberPersonView") -> None:
    cards = ", ".join(f"{card.card_number} ({card.state})" for card in view.cards)
    print_facts(
        title,
        {
            "id": view.member_id,
            **({"merged into": view.merged_into} if view.merged_into else {}),
            "family name": view.family_name,
            "given name": view.given_name,
            "salutation": view.salutation,
            "language": view.language,
            "e-mail": view.email,
            "phone": view.phone,
            "birth date": view.birth_date,
            "home shop": view.home_shop_id,
            "enrolled": moment(view.enrolled_ms),
            "cards": cards,
            "points": view.points,
        },
    )


enrol.epilog = CARD_HELP
command.add_command(profile)
command.add_command(erase)
command.add_command(complete)
command.add_command(carers)
command.add_command(merge)
command.add_command(pharmacist)
command.add_command(merges)
command.add_command(decide_merge)
command.add_command(sponsors)
