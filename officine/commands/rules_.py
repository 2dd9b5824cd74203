"""`officine rules`: programmes checked, drafted, reviewed, scheduled, simulated, rolled back."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
import msgspec

from officine.inputs import read_json_file
from officine.json_places import line_of, named_place
from officine.moments import both_clocks, moment_ms
from officine.opened import group_option, opened_services, person_for
from officine.output import console, json_option, print_facts, print_json, print_rows, progress
from officine.shown import moment, print_findings
from officine.shown_simulation import print_simulation

if TYPE_CHECKING:
    from datetime import tzinfo

    from central.services.bundle import Services
    from central.services.core.access import Actor
    from officine.output import OnProgress
    from wire import api_value

T = TypeVar("T")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
DAY = click.DateTime(formats=["%Y-%m-%d"])
note_option = click.option("--note", default="", help="A word for whoever reads it later.")
revision_option = click.option(
    "--revision", type=click.IntRange(min=1), required=True, help="The revision that was looked at."
)


@click.group()
def command() -> None:
    """Draft a programme, try it on recorded tickets, have it reviewed, schedule it, go back.

    Example: officine rules simulate spring.json --from 2026-10-01 --to 2026-11-01
    """


def _as_person(
    ctx: click.Context, group_id: str | None, work: Callable[["Services", "Actor"], Awaitable[T]]
) -> T:
    """Run `work` as the person logged in at this machine: two people review under two logins."""

    async def run() -> T:
        async with opened_services(ctx.obj) as services:
            return await work(services, await person_for(services, group_id))

    return asyncio.run(run())


@command.command()
@click.argument("file", type=FILE)
@group_option
@json_option
@click.pass_context
def check(ctx: click.Context, file: Path, group_id: str | None, as_json: bool) -> None:
    """Check a programme: its form, and the law of the countries the group has shops in. Nothing is saved.

    Exit status 1 where something would stop it.

    Example: officine rules check spring.json
    """
    text = read_json_file(file)

    async def work(services: "Services", actor: "Actor") -> list["api_value.FindingView"]:
        from central.services.group.groups import compile_new_programme

        return await services.drafts.findings(actor.group_id, await compile_new_programme(text, 1))

    with named_place(file, text):
        findings = _as_person(ctx, group_id, work)
    if as_json:
        told = [msgspec.to_builtins(each) | {"line": line_of(text, each.path)} for each in findings]
        print_json({"is_publishable": not any(f.is_blocking for f in findings), "findings": told})
    elif findings:
        print_findings(findings, lambda path: line_of(text, path))
    else:
        console().print("[green]✓[/] The programme is well formed, and no law we know speaks against it.")
    if any(finding.is_blocking for finding in findings):
        raise SystemExit(1)


@command.command()
@click.argument("draft_id", metavar="DRAFT")
@click.argument("file", type=FILE)
@click.option("--revision", type=click.IntRange(min=0), default=0, help="The revision this replaces; 0: new.")
@note_option
@group_option
@json_option
@click.pass_context
def draft(
    ctx: click.Context,
    draft_id: str,
    file: Path,
    revision: int,
    note: str,
    group_id: str | None,
    as_json: bool,
) -> None:
    """Save a programme as a draft, or as the next revision of one; a new revision needs a new review.

    Example: officine rules draft spring spring.json --note "Double points on sun care"
    """
    text = read_json_file(file)
    programme = msgspec.json.decode(text)

    async def work(services: "Services", actor: "Actor") -> "api_value.DraftView":
        from wire import api_value

        body = api_value.DraftBody(programme=programme, note=note, revision=revision)
        return await services.drafts.put(actor, draft_id, body)

    with named_place(file, text):
        view = _as_person(ctx, group_id, work)
    _show_draft(view, as_json=as_json, text=text)


@command.command("list")
@group_option
@json_option
@click.pass_context
def list_drafts(ctx: click.Context, group_id: str | None, as_json: bool) -> None:
    """List the drafts, the last changed first.

    Example: officine rules list
    """
    view = _as_person(ctx, group_id, lambda services, actor: services.drafts.list_drafts(actor))
    if as_json:
        print_json(view.drafts)
        return
    columns = ("Draft", "State", "Revision", "Author", "Reviewer", "Active from", "Note")
    rows = [
        (d.draft_id, d.state, d.revision, d.author, d.reviewer, _active_from(d, None), d.note)
        for d in view.drafts
    ]
    print_rows("Drafts", columns, rows)


@command.command()
@click.argument("draft_id", metavar="DRAFT")
@revision_option
@click.option("--approve/--refuse", required=True, default=None, help="The word of the second person.")
@note_option
@group_option
@json_option
@click.pass_context
def review(
    ctx: click.Context,
    draft_id: str,
    revision: int,
    approve: bool,
    note: str,
    group_id: str | None,
    as_json: bool,
) -> None:
    """Approve or refuse a draft that somebody else wrote. At this machine people are told by their login.

    Example: officine rules review spring --revision 1 --approve
    """

    async def work(services: "Services", actor: "Actor") -> "api_value.DraftView":
        from wire import api_value

        body = api_value.ReviewBody(revision=revision, approve=approve, note=note)
        return await services.drafts.review(actor, draft_id, body)

    _show_draft(_as_person(ctx, group_id, work), as_json=as_json)


@command.command()
@click.argument("draft_id", metavar="DRAFT")
@revision_option
@click.option("--at", metavar="MOMENT", help="From when on, by the clock of --time-zone. Default: now.")
@click.option(
    "--time-zone",
    "zone",
    metavar="NAME",
    help="Whose clock, such as Europe/Zurich. Default: the group's (its clearing's).",
)
@click.option("--shop", "shop_id", metavar="ID", help="Whose clock: this shop's.")
@group_option
@json_option
@click.pass_context
def schedule(
    ctx: click.Context,
    draft_id: str,
    revision: int,
    at: str | None,
    zone: str | None,
    shop_id: str | None,
    group_id: str | None,
    as_json: bool,
) -> None:
    """Make a reviewed draft the programme, now or from a moment on; a moment that is past is refused.

    MOMENT is a day (its midnight), a day and an hour, or one with its distance from UTC (Z, +01:00).

    Example: officine rules schedule spring --revision 1 --at 2027-03-01T08:00
    """

    async def work(services: "Services", actor: "Actor") -> tuple["api_value.DraftView", "tzinfo"]:
        from wire import api_value

        clock = await _clock_of(services, actor, zone, shop_id)
        activate_ms = 0 if at is None else moment_ms(at, clock, "--at")
        body = api_value.ScheduleBody(revision=revision, activate_ms=activate_ms)
        return await services.drafts.schedule(actor, draft_id, body), clock

    view, clock = _as_person(ctx, group_id, work)
    _show_draft(view, as_json=as_json, clock=clock)


async def _clock_of(services: "Services", actor: "Actor", zone: str | None, shop_id: str | None) -> "tzinfo":
    """Whose clock a moment is told by: the one that is named, the shop's, or the group's."""
    from central.services.core.clock import Zones
    from central.services.group.months import zone_of

    zones = Zones()
    if shop_id is not None:
        return await zones.get((await services.shops.get_shop(actor, shop_id)).time_zone)
    if zone is not None:
        return await zones.get(zone)
    return await zone_of(zones, await services.groups.get(actor.group_id))


@command.command()
@click.argument("draft_id", metavar="DRAFT")
@revision_option
@group_option
@json_option
@click.pass_context
def withdraw(ctx: click.Context, draft_id: str, revision: int, group_id: str | None, as_json: bool) -> None:
    """Take a draft back before it is active.

    Example: officine rules withdraw spring --revision 2
    """

    async def work(services: "Services", actor: "Actor") -> "api_value.DraftView":
        from wire import api_value

        return await services.drafts.withdraw(actor, draft_id, api_value.WithdrawBody(revision=revision))

    _show_draft(_as_person(ctx, group_id, work), as_json=as_json)


@command.command()
@group_option
@json_option
@click.pass_context
def versions(ctx: click.Context, group_id: str | None, as_json: bool) -> None:
    """List the saved versions of the programme, newest first.

    Example: officine rules versions
    """
    view = _as_person(ctx, group_id, lambda services, actor: services.drafts.list_versions(actor))
    if as_json:
        print_json(view.versions)
        return
    rows = [
        (v.ruleset_version, "active" if v.is_active else "", v.actor, moment(v.recorded_ms))
        for v in view.versions
    ]
    print_rows("Versions", ("Version", "", "By", "Saved"), rows)


@command.command()
@click.argument("version", type=click.IntRange(min=1))
@click.option("--from", "active", type=click.IntRange(min=1), required=True, help="The version active now.")
@click.option("--draft", "draft_id", help="The draft's name. Default: rollback-VERSION-from-ACTIVE.")
@group_option
@json_option
@click.pass_context
def rollback(
    ctx: click.Context, version: int, active: int, draft_id: str | None, group_id: str | None, as_json: bool
) -> None:
    """Draft an earlier version's text again. As any change it waits for a second person, then is scheduled.

    Example: officine rules rollback 3 --from 4
    """

    async def work(services: "Services", actor: "Actor") -> "api_value.DraftView":
        from wire import api_value

        name = draft_id or f"rollback-{version}-from-{active}"
        body = api_value.RollbackBody(draft_id=name, ruleset_version=version, expected_version=active)
        return await services.drafts.roll_back(actor, body)

    view = _as_person(ctx, group_id, work)
    _show_draft(view, as_json=as_json)
    if not as_json:
        asked = f"{view.draft_id} --revision {view.revision}"
        console().print(
            f"Now a second person: officine rules review {asked} --approve"
            f"\nThen: officine rules schedule {asked}",
            soft_wrap=True,
        )


@command.command()
@click.argument("draft", metavar="DRAFT")
@click.option("--from", "from_day", type=DAY, required=True, help="First day of the tickets (UTC).")
@click.option("--to", "to_day", type=DAY, required=True, help="Last day of the tickets (UTC).")
@group_option
@json_option
@click.pass_context
def simulate(
    ctx: click.Context,
    draft: str,
    from_day: datetime,
    to_day: datetime,
    group_id: str | None,
    as_json: bool,
) -> None:
    """Replay a draft over recorded tickets: cost, winners, shops, rules, difference to today. Nothing moves.

    DRAFT is a saved draft, or a file with a programme. Tickets are quoted by the same code as at the till.

    Example: officine rules simulate spring --from 2026-10-01 --to 2026-10-31
    """
    if to_day < from_day:
        raise click.UsageError("--to is a day before --from. Give the first day, then the last.")
    period = (_start_ms(from_day.date()), _start_ms(to_day.date() + timedelta(days=1)))
    text = read_json_file(Path(draft)) if Path(draft).is_file() else None
    with progress(as_json=as_json) as on_progress:
        view = _as_person(
            ctx,
            group_id,
            lambda services, actor: _simulate(services, actor, draft, text, period, on_progress),
        )
    if as_json:
        print_json(view)
    else:
        print_simulation(view)


async def _simulate(
    services: "Services",
    actor: "Actor",
    draft: str,
    text: str | None,
    period: tuple[int, int],
    on_progress: "OnProgress",
) -> "api_value.SimulationView":
    from loyalty.limits.drafts import SIMULATION_TICKETS_MAX
    from wire import api_value

    body = api_value.SimulationBody(from_ms=period[0], to_ms=period[1])

    def show(done: int, total: int) -> None:
        on_progress("Tickets", done, total)

    if text is not None:
        name = Path(draft).name
        return await services.simulation.simulate_text(actor, text, body, draft_id=name, on_progress=show)
    return await services.simulation.simulate(
        actor, draft, body, on_progress=show, tickets_max=SIMULATION_TICKETS_MAX
    )


def _show_draft(
    view: "api_value.DraftView", *, as_json: bool, text: str | None = None, clock: "tzinfo | None" = None
) -> None:
    if as_json:
        print_json(view)
        return
    facts: dict[str, Any] = {
        "state": view.state,
        "revision": view.revision,
        "author": view.author,
        "reviewer": view.reviewer,
        "active from": _active_from(view, clock),
        "version": view.ruleset_version,
        "note": view.note,
    }
    print_facts(f"Draft {view.draft_id}", facts)
    print_findings(view.findings, None if text is None else lambda path: line_of(text, path))


def _active_from(view: "api_value.DraftView", clock: "tzinfo | None") -> str | None:
    if view.activate_ms == 0:
        return "at once"
    if view.activate_ms is None or clock is None:
        return moment(view.activate_ms)
    return both_clocks(view.activate_ms, clock)


def _start_ms(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000
