"""`officine segment`: who is in which segment, why, and lists filled by hand."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from officine.inputs import InputInvalid, read_json_file, to_body
from officine.opened import as_operator, group_option
from officine.output import console, json_option, print_facts, print_json, print_rows
from officine.shown import moment

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor
    from wire import api_segments

page_options = (
    click.option("--after", default="", metavar="ID", help="The last id of the page before."),
    click.option("--limit", type=click.IntRange(1, 200), default=200, show_default=True),
)


@click.group()
def command() -> None:
    """List, count and explain segments of members; fill those that are filled by hand.

    Before it answers, a command works out what changed since central did so last.

    Example: officine segment members loyal
    """


@command.command("list")
@group_option
@json_option
@click.pass_context
def list_(ctx: click.Context, group_id: str | None, as_json: bool) -> None:
    """List the segments of the programme, with how many members are in each.

    Example: officine segment list
    """

    async def work(services: "Services", actor: "Actor") -> "api_segments.SegmentListView":
        await services.standings.keep(actor.group_id)
        return await services.segments.list_segments(actor)

    view = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json(view)
        return
    rows = [
        (
            each.segment,
            each.by,
            "health" if each.is_health else "sealed" if each.is_sealed else "open",
            "counted when asked" if each.members is None else each.members,
        )
        for each in view.segments
    ]
    print_rows(f"Segments ({len(rows)})", ("Segment", "Filled by", "Facts", "Members"), rows)


@command.command()
@click.argument("segment", metavar="NAME")
@group_option
@json_option
@click.pass_context
def count(ctx: click.Context, segment: str, group_id: str | None, as_json: bool) -> None:
    """Count the members of a segment.

    Example: officine segment count loyal
    """

    async def work(services: "Services", actor: "Actor") -> "api_segments.SegmentCountView":
        await services.standings.keep(actor.group_id)
        return await services.segments.count(actor, segment)

    view = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json(view)
    else:
        print_facts("Segment", {"segment": view.segment, "members": view.members})


@command.command()
@click.argument("segment", metavar="NAME", required=False)
@click.option(
    "--when",
    "condition",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Ask a condition of your own instead: a JSON file (docs/rules.md).",
)
@page_options[0]
@page_options[1]
@group_option
@json_option
@click.pass_context
def members(
    ctx: click.Context,
    segment: str | None,
    condition: Path | None,
    after: str,
    limit: int,
    group_id: str | None,
    as_json: bool,
) -> None:
    """List who is in a segment, or who meets a condition, by id, page by page.

    Example: officine segment members loyal --limit 50
    """
    from wire.api_segments import AskBody

    if (segment is None) is (condition is None):
        raise click.UsageError("Give the name of a segment, or a condition with --when.")
    asked = None if condition is None else msgspec.json.decode(read_json_file(condition))

    async def work(services: "Services", actor: "Actor") -> Any:
        await services.standings.keep(actor.group_id)
        if segment is not None:
            return await services.segments.members(actor, segment, after=after, limit=limit)
        return await services.segments.ask(actor, AskBody(when=asked, after=after, limit=limit))

    view = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json(view)
        return
    print_rows(f"Members ({len(view.members)})", ("Member",), [(each,) for each in view.members])
    if view.next:
        console().print(f"[dim]More: --after {view.next}[/]", soft_wrap=True)


@command.command()
@click.argument("segment", metavar="NAME")
@click.option("--member", "member_id", metavar="ID", help="Why this member is in it or not.")
@group_option
@json_option
@click.pass_context
def explain(
    ctx: click.Context, segment: str, member_id: str | None, group_id: str | None, as_json: bool
) -> None:
    """Tell how a segment is found, and why a member is in it or not.

    Example: officine segment explain loyal --member m-00042
    """

    async def work(services: "Services", actor: "Actor") -> "api_segments.ExplanationView":
        await services.standings.keep(actor.group_id)
        return await services.segments.explain(actor, segment, member_id)

    view = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json(view)
        return
    print_facts(
        "Segment",
        {
            "segment": view.segment,
            "reads": ", ".join(view.reads),
            "sealed facts": "yes: opened one by one" if view.is_sealed else "none",
            "condition": view.sql,
            "values": ", ".join(f"{name} = {value}" for name, value in view.values.items()),
            "plan": "; ".join(view.plan),
        },
    )
    if member_id is not None:
        answer = {True: "in the segment", False: "not in it", None: "unknown: not in it"}[view.is_member]
        rows = [(each.fact, "not known" if each.value is None else str(each.value)) for each in view.facts]
        print_rows(f"{member_id}: {answer}", ("Fact", "Value"), rows)


@command.command()
@click.argument("member_id", metavar="ID")
@group_option
@json_option
@click.pass_context
def history(ctx: click.Context, member_id: str, group_id: str | None, as_json: bool) -> None:
    """Show a member's segments by rule, and grades, from when to when.

    Example: officine segment history m-00042
    """

    async def work(services: "Services", actor: "Actor") -> "api_segments.MembershipListView":
        await services.standings.keep(actor.group_id)
        return await services.segments.history(actor, member_id)

    view = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json(view)
        return
    for title, kept in (("Segments", view.segments), ("Grades", view.grades)):
        rows = [
            (each.segment, moment(each.from_ms), "" if each.to_ms is None else moment(each.to_ms))
            for each in kept
        ]
        print_rows(f"{title} ({len(rows)})", ("Name", "From", "To"), rows)


@command.command()
@click.option("--member", "member_id", metavar="ID", help="Those of a member who agreed; logged for them.")
@group_option
@json_option
@click.pass_context
def classes(ctx: click.Context, member_id: str | None, group_id: str | None, as_json: bool) -> None:
    """List the automatic classes of health with what feeds them, or those of a member.

    Example: officine segment classes
    """

    async def work(services: "Services", actor: "Actor") -> Any:
        if member_id is None:
            return await services.health_classes.list_classes(actor)
        await services.standings.keep(actor.group_id)
        return await services.health_classes.of_member(actor, member_id)

    view = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json(view)
    elif member_id is None:
        rows = [
            (each.name, ", ".join(each.groups), each.codes or "unfed", each.source.partition(",")[0])
            for each in view.classes
        ]
        print_rows(f"Classes ({len(rows)})", ("Class", "ATC", "Codes here", "Source"), rows)
    elif view.classes is None:
        print_facts("Classes", {"member": member_id, "classes": "not known: no consent to health"})
    else:
        held = [
            (each.segment, moment(each.from_ms), "" if each.to_ms is None else moment(each.to_ms))
            for each in view.classes
        ]
        print_rows(f"Classes ({len(held)})", ("Class", "From", "To"), held)


@command.command("import")
@click.argument("segment", metavar="NAME")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--leave", "is_leave", is_flag=True, help="Take the members out instead.")
@group_option
@json_option
@click.pass_context
def import_(
    ctx: click.Context, segment: str, file: Path, is_leave: bool, group_id: str | None, as_json: bool
) -> None:
    """Put the members of a file into a segment that is filled by hand: one id a line, or CSV with member_id.

    The same file again changes nothing; ids that are nobody's are told.

    Example: officine segment import railway-insurance members.csv
    """
    from loyalty.limits.web import PAGE_ROWS_MAX
    from wire.api_segments import SegmentMembersBody, SegmentMovedView

    ids = _ids_in(file)

    async def work(services: "Services", actor: "Actor") -> SegmentMovedView:
        joined = left = unchanged = 0
        unknown: list[str] = []
        for at in range(0, max(1, len(ids)), PAGE_ROWS_MAX):
            page = ids[at : at + PAGE_ROWS_MAX]
            body = to_body(SegmentMembersBody, **{"leave" if is_leave else "join": page})
            moved = await services.segments.move(actor, segment, body)
            joined, left = joined + moved.joined, left + moved.left
            unchanged += moved.unchanged
            unknown += moved.unknown
        return SegmentMovedView(joined=joined, left=left, unchanged=unchanged, unknown=unknown)

    view = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json(view)
        return
    facts: dict[str, Any] = {"joined": view.joined, "left": view.left, "as before": view.unchanged}
    print_facts(segment, facts | {"nobody's ids": ", ".join(view.unknown) or "none"})


def _ids_in(file: Path) -> list[str]:
    """Member ids of a file, each once, in its order."""
    import csv

    from loyalty.limits.members import SEGMENT_IMPORT_MEMBERS_MAX

    with file.open(encoding="utf-8-sig", newline="") as opened:
        rows = [row for row in csv.reader(opened) if any(cell.strip() for cell in row)]
    column = 0
    if rows and "member_id" in rows[0]:
        column = rows[0].index("member_id")
        rows = rows[1:]
    if len(rows) > SEGMENT_IMPORT_MEMBERS_MAX:
        why = f"names more than {SEGMENT_IMPORT_MEMBERS_MAX} members: part it."
        raise InputInvalid(where=str(file), why=why)
    return list(dict.fromkeys(row[column].strip() for row in rows if len(row) > column))
