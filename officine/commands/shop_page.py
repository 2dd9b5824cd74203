"""`officine shop page`, `days`, `services`, `events`: what a shop tells beside its address."""

from typing import TYPE_CHECKING, Any

import click

from officine.inputs import InputInvalid, read_json_file, to_body
from officine.opened import as_operator, group_option
from officine.output import json_option, print_facts, print_json, print_rows

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor
    from wire.api_shop_pages import ShopPageView

_WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
file_option = click.option(
    "--file", "path", type=click.Path(dir_okay=False), help="A JSON file as the API takes it (docs/shops.md)."
)


@click.command()
@click.argument("shop_id", metavar="ID")
@group_option
@json_option
@click.pass_context
def page(ctx: click.Context, shop_id: str, group_id: str | None, as_json: bool) -> None:
    """Show what a shop tells: its week as it is understood, other days, services, events.

    Example: officine shop page nyon-gare
    """
    view = as_operator(
        ctx.obj, group_id, lambda services, actor: services.visits.shop_pages.get_page(actor, shop_id)
    )
    _print(view, as_json=as_json)


@click.command()
@click.argument("shop_id", metavar="ID")
@click.option("--week", help="The week in OpenStreetMap's notation: Mo-Fr 08:30-18:30; Sa 08:30-17:00.")
@click.option(
    "--day",
    "days",
    multiple=True,
    metavar="DATE=HOURS",
    help="A day with other hours: 2026-12-24=08:30-16:00, 2026-12-25=off. All of them at once.",
)
@file_option
@group_option
@json_option
@click.pass_context
def hours(
    ctx: click.Context,
    shop_id: str,
    week: str | None,
    days: tuple[str, ...],
    path: str | None,
    group_id: str | None,
    as_json: bool,
) -> None:
    """Put a shop's week, and the days that are not like it; without options show them.

    Example: officine shop hours nyon --week "Mo-Sa 08:30-18:30" --day 2026-12-25=off
    """

    async def work(services: "Services", actor: "Actor") -> "ShopPageView":
        from wire.api_shop_pages import ShopDaysBody

        if week is not None:
            await _put_week(services, actor, shop_id, week)
        if path is not None:
            await services.visits.shop_pages.put_days(actor, shop_id, _of_file(ShopDaysBody, path))
        elif days:
            told = [_day(each) for each in days]
            await services.visits.shop_pages.put_days(actor, shop_id, to_body(ShopDaysBody, days=told))
        return await services.visits.shop_pages.get_page(actor, shop_id)

    _print(as_operator(ctx.obj, group_id, work), as_json=as_json)


@click.command("services")
@click.argument("shop_id", metavar="ID")
@file_option
@group_option
@json_option
@click.pass_context
def services_(
    ctx: click.Context, shop_id: str, path: str | None, group_id: str | None, as_json: bool
) -> None:
    """Put all services of a shop from a file; without one show them.

    Example: officine shop services nyon --file services.json
    """

    async def work(services: "Services", actor: "Actor") -> "ShopPageView":
        from wire.api_shop_pages import ShopServicesBody

        if path is None:
            return await services.visits.shop_pages.get_page(actor, shop_id)
        body = _of_file(ShopServicesBody, path)
        return (await services.visits.shop_pages.put_services(actor, shop_id, body))[0]

    _print(as_operator(ctx.obj, group_id, work), as_json=as_json)


@click.command()
@click.argument("shop_id", metavar="ID")
@file_option
@group_option
@json_option
@click.pass_context
def events(ctx: click.Context, shop_id: str, path: str | None, group_id: str | None, as_json: bool) -> None:
    """Put all events of a shop from a file; without one show them.

    Example: officine shop events nyon --file events.json
    """

    async def work(services: "Services", actor: "Actor") -> "ShopPageView":
        from wire.api_shop_pages import ShopEventsBody

        if path is None:
            return await services.visits.shop_pages.get_page(actor, shop_id)
        body = _of_file(ShopEventsBody, path)
        return (await services.visits.shop_pages.put_events(actor, shop_id, body))[0]

    _print(as_operator(ctx.obj, group_id, work), as_json=as_json)


async def _put_week(services: "Services", actor: "Actor", shop_id: str, week: str) -> None:
    import msgspec

    from loyalty.programme.opening_hours import read_week
    from wire.api_catalogue import ShopBody

    if read_week(week) is None:
        raise InputInvalid(where="--week", why="is not read. Write it so: Mo-Fr 08:30-18:30; Sa 08:30-17:00.")
    known: dict[str, Any] = msgspec.structs.asdict(await services.shops.get_shop(actor, shop_id))
    known.pop("shop_id")
    await services.shops.put_shop(actor, shop_id, to_body(ShopBody, **known | {"opening_hours": week}))


def _day(text: str) -> dict[str, str]:
    day, is_there, told = text.partition("=")
    if not is_there:
        raise InputInvalid(where=f"--day {text}", why="write it so: 2026-12-24=08:30-16:00")
    return {"day": day, "hours": told}


def _of_file(kind: Any, path: str) -> Any:
    from pathlib import Path

    import msgspec

    try:
        return msgspec.json.decode(read_json_file(Path(path)), type=kind)
    except msgspec.ValidationError as error:
        raise InputInvalid(where=path, why=f"{error}.") from error


def _print(view: "ShopPageView", *, as_json: bool) -> None:
    if as_json:
        print_json(view)
        return
    from loyalty.programme.opening_hours import write_spans

    lines = {}
    for number, name in enumerate(_WEEKDAYS):
        spans = [(each.from_min, each.to_min) for each in view.week or () if each.weekday == number]
        lines[name] = write_spans(spans) or "closed"
    week = lines if view.week is not None else {"week": "not known: put it with officine shop hours"}
    print_facts(f"{view.shop.name} ({view.shop.shop_id})", {**week})
    print_rows("Other days", ("Day", "Hours", "Why"), [(e.day, e.hours, _first(e.names)) for e in view.days])
    print_rows("Services", ("Service", "Note"), [(_first(e.names), _first(e.notes)) for e in view.services])
    rows = [(_first(e.names), e.from_day, e.to_day, e.hours, _first(e.notes)) for e in view.events]
    print_rows("Events", ("Event", "From", "To", "Hours", "Note"), rows)


def _first(texts: dict[str, str]) -> str:
    return texts.get("en") or next(iter(texts.values()), "")
