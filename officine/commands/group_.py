"""`officine group`: groups and their programme."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from officine.commands.group_logo import logo
from officine.commands.group_theme import theme
from officine.inputs import InputInvalid, read_json_file
from officine.json_places import line_of, named_place
from officine.opened import as_operator, group_option, opened_services
from officine.output import console, json_option, print_facts, print_json, print_rows
from officine.shown import moment, print_findings

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor
    from central.services.core.group import GroupSettings
    from wire import api_catalogue

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def command() -> None:
    """Create and show groups and their programme.

    Example: officine group create leman --name "Pharmacies du Léman" --country CH --currency CHF
    """


command.add_command(theme)
command.add_command(logo)


@command.command()
@click.argument("group_id", metavar="ID")
@click.option("--name", required=True, help="The group's name.")
@click.option("--country", required=True, metavar="CC", help="Country whose law applies: CH, FR, DE, CN.")
@click.option("--currency", required=True, metavar="CUR", help="Currency of all amounts, such as CHF.")
@click.option("--programme", type=FILE, help="Programme as JSON (docs/rules.md). Default: a point per unit.")
@click.option("--settings", "settings_file", type=FILE, help="Names, colours and notices as JSON.")
@json_option
@click.pass_context
def create(
    ctx: click.Context,
    group_id: str,
    name: str,
    country: str,
    currency: str,
    programme: Path | None,
    settings_file: Path | None,
    as_json: bool,
) -> None:
    """Make a group, or change its name; the database is made when there is none.

    The same command again changes nothing. What a group has (programme, settings) stays unless a file
    is named. Country and currency can never change; a programme only by a draft (officine rules draft).

    Example: officine group create leman --name "Pharmacies du Léman" --country CH --currency CHF
    """
    import asyncio

    from central.services.core.access import operator_of
    from loyalty.programme.starter import starter_programme
    from wire.api_base import Id

    try:
        msgspec.convert(group_id, Id)
    except msgspec.ValidationError as error:
        raise InputInvalid(where="ID", why=f"{error}.") from error
    text = read_json_file(programme) if programme else None
    settings = _read_settings(settings_file) if settings_file else None

    async def work() -> dict[str, Any]:
        async with opened_services(ctx.obj, may_create=True) as services:
            actor = operator_of(group_id)
            before = await services.store.find_group(group_id)
            kept = (await services.groups.get(group_id)).settings if before else None
            if before and text:
                await services.groups.require_first(actor, text)
            change = await services.groups.put_group(
                actor,
                name=name,
                country=country,
                currency=currency,
                programme=text or (before.programme if before else starter_programme(currency)),
                settings=settings or kept,
            )
            return {"change": change.value, "group": await services.groups.get_group(actor)}

    done = asyncio.run(work())
    if as_json:
        print_json(done)
    else:
        _print_group(f"Group {done['change']}", done["group"])


@command.command("list")
@json_option
@click.pass_context
def list_groups(ctx: click.Context, as_json: bool) -> None:
    """List the groups of this database.

    Example: officine group list --json
    """
    import asyncio

    async def work() -> list[dict[str, Any]]:
        async with opened_services(ctx.obj) as services:
            return [
                {
                    "group_id": row.group_id,
                    "name": row.name,
                    "country": row.country,
                    "currency": row.currency,
                    "ruleset_version": row.ruleset_version,
                    "created_ms": row.created_ms,
                }
                for row in await services.store.list_groups()
            ]

    groups = asyncio.run(work())
    if as_json:
        print_json(groups)
        return
    columns = ("Group", "Name", "Country", "Currency", "Ruleset", "Created")
    rows = [
        (
            each["group_id"],
            each["name"],
            each["country"],
            each["currency"],
            each["ruleset_version"],
            moment(each["created_ms"]),
        )
        for each in groups
    ]
    print_rows(f"Groups ({len(groups)})", columns, rows)


@command.command()
@group_option
@json_option
@click.pass_context
def show(ctx: click.Context, group_id: str | None, as_json: bool) -> None:
    """Show a group.

    Example: officine group show --group leman
    """
    view = as_operator(ctx.obj, group_id, lambda services, actor: services.groups.get_group(actor))
    if as_json:
        print_json(view)
    else:
        _print_group("Group", view)


@command.group()
def programme() -> None:
    """Show and set a group's programme: its rules, expiry and vouchers."""


@programme.command("show")
@group_option
@json_option
@click.pass_context
def show_programme(ctx: click.Context, group_id: str | None, as_json: bool) -> None:
    """Print the programme as JSON: edit it, then give it to `officine rules draft`.

    With --json its version is told too.

    Example: officine group programme show > programme.json
    """

    async def work(services: "Services", actor: "Actor") -> tuple[int, Any]:
        row = (await services.groups.get(actor.group_id)).row
        return row.ruleset_version, json.loads(row.programme)

    version, document = as_operator(ctx.obj, group_id, work)
    print_json({"ruleset_version": version, "programme": document} if as_json else document)


@programme.command("set")
@click.argument("file", type=FILE)
@group_option
@json_option
@click.pass_context
def set_programme(ctx: click.Context, file: Path, group_id: str | None, as_json: bool) -> None:
    """Set the first programme of a new group; sales from now on follow it.

    A group that has a programme of its own, or tickets, changes it by a draft that a second person reviews
    (officine rules draft, review, schedule). Every rule is checked, and the law of every country the group
    has shops in; what it says is shown with what to do.

    Example: officine group programme set programme.json
    """
    text = read_json_file(file)

    async def work(services: "Services", actor: "Actor") -> dict[str, Any]:
        await services.groups.require_first(actor, text)
        group = await services.groups.get(actor.group_id)
        change = await services.groups.put_group(
            actor,
            name=group.row.name,
            country=group.row.country,
            currency=group.row.currency,
            programme=text,
            settings=group.settings,
        )
        after = await services.groups.get(actor.group_id)
        findings = await services.drafts.findings(actor.group_id, after.programme)
        return {
            "change": change.value,
            "ruleset_version": after.row.ruleset_version,
            "findings": findings,
        }

    with named_place(file, text):
        done = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json(done)
    else:
        console().print(f"Programme {done['change']}; the ruleset version is {done['ruleset_version']}.")
        if done["findings"]:
            print_findings(done["findings"], lambda path: line_of(text, path))


def _read_settings(path: Path) -> "GroupSettings":
    from central.services.core.group import GroupSettings

    try:
        return msgspec.json.decode(read_json_file(path), type=GroupSettings)
    except msgspec.ValidationError as error:
        raise InputInvalid(where=str(path), why=f"{error}.") from error


def _print_group(title: str, view: "api_catalogue.GroupView") -> None:
    print_facts(
        title,
        {
            "id": view.group_id,
            "name": view.name,
            "country": view.country,
            "currency": view.currency,
            "languages": ", ".join(view.languages),
            "colours": f"{view.brand}, {view.brand_tint}",
            "notices": len(view.notices),
            "ruleset version": view.ruleset_version,
        },
    )
