"""What stands behind settlements: lines with their entries, moves of the journal, tickets that count."""

import csv
import io
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
import msgspec

from loyalty.limits.web import PAGE_ROWS_MAX
from loyalty.money import show_asset
from officine.inputs import InputInvalid
from officine.opened import as_operator, group_option
from officine.output import json_option, print_json, print_keyed_rows
from officine.shown import amount, percent, what_for

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor

_Cursor = TypeVar("_Cursor", str, int)
_Found = tuple[list[Any], str]
"""Rows, and the currency of the group."""
_month_option = click.option("--month", required=True, metavar="YYYY-MM", help="The month, such as 2026-10.")
_csv_option = click.option(
    "--csv", "csv_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the rows as CSV here."
)


@click.command()
@click.argument("party_id", metavar="ID")
@_month_option
@click.option("--kind", default="supplier", type=click.Choice(["supplier", "shop", "association", "group"]))
@_csv_option
@group_option
@json_option
def lines(
    party_id: str, month: str, kind: str, csv_file: Path | None, group_id: str | None, as_json: bool
) -> None:
    """The ticket lines behind a settlement, each with the entry that `trace` takes. For the office alone.

    Example: officine settlement lines sol --month 2026-10
    """

    async def work(services: "Services", actor: "Actor") -> _Found:
        async def page(after: str) -> tuple[Sequence[Any], str | None]:
            view = await services.clearing.settlements.list_lines(
                actor, month, kind, party_id, after=after, limit=PAGE_ROWS_MAX
            )
            return view.lines, view.next

        return await _all(page, ""), (await services.groups.get_group(actor)).currency

    found, currency = as_operator(click.get_current_context().obj, group_id, work)
    rows = [
        (
            each.day,
            what_for(each.what),
            each.creditor,
            each.article_id,
            each.quantity,
            amount(each.amount_minor, currency),
            each.entry,
        )
        for each in found
    ]
    columns = ("Day", "What for", "Whom", "Article", "Units", "Owed", "Entry, for trace")
    _show("Lines", found, columns, rows, texts=4, csv_file=csv_file, as_json=as_json)


@click.command()
@_month_option
@_csv_option
@group_option
@json_option
def moves(month: str, csv_file: Path | None, group_id: str | None, as_json: bool) -> None:
    """The journal's entries behind a month's clearing, each with the sale, return or act that caused it.

    Example: officine settlement moves --month 2026-10
    """

    async def work(services: "Services", actor: "Actor") -> _Found:
        async def page(after: int) -> tuple[Sequence[Any], int | None]:
            view = await services.clearing.months.list_moves(actor, month, after=after)
            return view.moves, view.next

        return await _all(page, 0), (await services.groups.get_group(actor)).currency

    found, currency = as_operator(click.get_current_context().obj, group_id, work)
    rows = [
        (
            str(each.journal_seq),
            what_for(each.what),
            each.debtor,
            each.creditor,
            show_asset(each.amount, each.asset, is_named=True),
            "not valued" if each.amount_minor is None else amount(each.amount_minor, currency),
            each.cause_id,
        )
        for each in found
    ]
    columns = ("Journal", "What for", "Who owes", "Whom", "Moved", "Owed", "Caused by")
    _show("Moves", found, columns, rows, texts=4, csv_file=csv_file, as_json=as_json)


@click.command()
@click.argument("association_id", metavar="ID")
@_month_option
@_csv_option
@group_option
@json_option
def tickets(
    association_id: str, month: str, csv_file: Path | None, group_id: str | None, as_json: bool
) -> None:
    """The tickets and returns that an association's shares come from; their members are told who looked.

    Example: officine settlement tickets fc-nyon --month 2026-10
    """

    async def work(services: "Services", actor: "Actor") -> _Found:
        async def page(after: str) -> tuple[Sequence[Any], str | None]:
            view = await services.clearing.associations.list_tickets(
                actor, month, association_id, after=after, limit=PAGE_ROWS_MAX
            )
            return view.tickets, view.next

        return await _all(page, ""), (await services.groups.get_group(actor)).currency

    found, currency = as_operator(click.get_current_context().obj, group_id, work)
    rows = [
        (
            each.shop_id,
            percent(each.share_bp),
            amount(each.counted_minor, currency),
            each.sale_id if each.cause_id == each.sale_id else f"{each.sale_id}, return {each.cause_id}",
        )
        for each in found
    ]
    columns = ("Shop", "Share", "Counts", "Ticket")
    _show("Tickets", found, columns, rows, texts=1, csv_file=csv_file, as_json=as_json)


async def _all(
    page: Callable[[_Cursor], Awaitable[tuple[Sequence[Any], _Cursor | None]]], first: _Cursor
) -> list[Any]:
    """Page by page to the end."""
    found: list[Any] = []
    at: _Cursor | None = first
    while at is not None:
        rows, at = await page(at)
        found += rows
    return found


def _show(
    title: str,
    found: Sequence[Any],
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    texts: int,
    csv_file: Path | None,
    as_json: bool,
) -> None:
    if csv_file is not None:
        _write(csv_file, found)
    if as_json:
        print_json(found)
    else:
        print_keyed_rows(f"{title} ({len(rows)})", columns, rows, texts=texts)


def _write(path: Path, rows: Sequence[Any]) -> None:
    """A new file; no text that a spreadsheet would take for a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for number, row in enumerate(rows):
        told = msgspec.to_builtins(row)
        if not number:
            writer.writerow(told)
        writer.writerow(
            f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@")) else value
            for value in told.values()
        )
    try:
        with path.open("xb") as file:
            file.write(out.getvalue().encode())
    except OSError as error:
        why = f"cannot be made ({error.strerror}). Name a file that is not there yet."
        raise InputInvalid(where=str(path), why=why) from error
