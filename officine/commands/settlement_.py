"""`officine settlement`: what suppliers owe, what associations get, the clearing of a month."""

import io
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from loyalty.limits.web import PAGE_ROWS_MAX
from loyalty.money import show_asset
from officine.commands import settlement_trace
from officine.inputs import InputInvalid
from officine.opened import as_operator, group_option
from officine.output import (
    console,
    json_option,
    print_facts,
    print_json,
    print_rows,
    print_whole_rows,
    progress,
)
from officine.shown import amount, moment, percent, what_for

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor
    from wire import api_settlement as api

month_option = click.option("--month", required=True, metavar="YYYY-MM", help="The month, such as 2026-10.")
csv_option = click.option(
    "--csv",
    "csv_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the figures as CSV here.",
)
pdf_option = click.option(
    "--pdf",
    "pdf_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the statement as PDF here.",
)


@click.group()
def command() -> None:
    """Settle who pays: by supplier, by association, by month; as a table, JSON, CSV or PDF.

    Example: officine settlement supplier sol --month 2026-10
    """


command.add_command(settlement_trace.lines)
command.add_command(settlement_trace.moves)
command.add_command(settlement_trace.tickets)


@command.command()
@click.argument("party_id", metavar="ID")
@month_option
@click.option("--kind", default="supplier", type=click.Choice(["supplier", "shop", "association", "group"]))
@csv_option
@pdf_option
@click.option("--lines/--no-lines", "with_lines", default=True, help="Whether the PDF lists each line.")
@group_option
@json_option
@click.pass_context
def supplier(
    ctx: click.Context,
    party_id: str,
    month: str,
    kind: str,
    csv_file: Path | None,
    pdf_file: Path | None,
    with_lines: bool,
    group_id: str | None,
    as_json: bool,
) -> None:
    """All that a supplier (or another party: --kind) owes and is owed for a month; lines and sums as CSV.

    What it owes in all is its position in the clearing. The CSV may be handed to the supplier: it names no
    member and no ticket, and of shops with few tickets the month alone.

    Example: officine settlement supplier sol --month 2026-10 --csv sol.csv
    """

    async def work(services: "Services", actor: "Actor") -> "api.SettlementView":
        with progress(as_json=as_json) as on_progress:
            view = await services.clearing.settlements.of(actor, month, kind, party_id, on_progress)
            if csv_file is not None:
                pieces = services.clearing.sheets.of_party(actor, month, kind, party_id)
                with _new(csv_file) as file:
                    done = 0
                    async for piece in pieces:
                        file.write(piece)
                        done = min(done + PAGE_ROWS_MAX, view.lines)
                        on_progress("written", done, view.lines)
        if pdf_file is not None:
            papers = services.clearing.papers
            _write_new(pdf_file, await papers.of_party(actor, month, kind, party_id, with_lines=with_lines))
        return view

    view = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json(view)
        return
    _print_settlement(view)


def _print_settlement(view: "api.SettlementView") -> None:
    facts = {
        "party": view.funder,
        "month": f"{view.month} ({view.state})",
        "lines": view.lines,
        "tickets": view.tickets,
        "of lines": amount(view.amount_minor, view.currency),
        "owed in all": amount(view.due_minor, view.currency),
    }
    print_facts(view.name, facts)
    rules = [
        (
            each.rule_id,
            each.rule_version,
            what_for(each.what),
            each.quantity,
            each.points,
            amount(each.amount_minor, view.currency),
        )
        for each in view.rules
    ]
    print_rows("By rule", ("Rule", "Version", "What", "Units", "Points", "Owed"), rules)
    owed = [
        (each.creditor, each.tickets, amount(each.amount_minor, view.currency)) for each in view.creditors
    ]
    print_rows("Lines, to whom", ("Party", "Tickets", "Owed"), owed)
    taxes = [
        (
            "not known" if each.tax_rate_bp is None else percent(each.tax_rate_bp),
            amount(each.amount_minor, view.currency),
            amount(each.tax_minor, view.currency),
        )
        for each in view.taxes
    ]
    print_rows("By tax rate", ("Rate", "Owed", "Tax in it"), taxes)
    dues = [
        (
            each.debtor,
            each.creditor,
            what_for(each.what),
            each.entries,
            amount(each.amount_minor, view.currency),
        )
        for each in view.dues
    ]
    print_rows("All dues of the month", ("Who owes", "Whom", "What for", "Entries", "Amount"), dues)
    pays = [(each.debtor, each.creditor, amount(each.amount_minor, view.currency)) for each in view.nets]
    print_rows("Set off", ("Who pays", "Whom", "Amount"), pays)


@command.command()
@click.argument("party_id", metavar="ID")
@click.argument("entry", metavar="ENTRY")
@month_option
@click.option("--kind", default="supplier", type=click.Choice(["supplier", "shop", "association", "group"]))
@group_option
@json_option
@click.pass_context
def trace(
    ctx: click.Context, party_id: str, entry: str, month: str, kind: str, group_id: str | None, as_json: bool
) -> None:
    """The ticket behind one line of a settlement (`lines` lists entries); the member is told who looked.

    Example: officine settlement trace sol 5f0c.../1/discount/june-sun// --month 2026-10
    """
    view = as_operator(
        ctx.obj,
        group_id,
        lambda services, actor: services.clearing.settlements.trace(actor, month, kind, party_id, entry),
    )
    if as_json:
        print_json(view)
    else:
        print_facts("Ticket", msgspec.structs.asdict(view))


@command.command()
@click.argument("association_id", metavar="ID")
@month_option
@csv_option
@pdf_option
@group_option
@json_option
@click.pass_context
def association(
    ctx: click.Context,
    association_id: str,
    month: str,
    csv_file: Path | None,
    pdf_file: Path | None,
    group_id: str | None,
    as_json: bool,
) -> None:
    """What an association gets for a month: each shop's share, what members gave.

    Example: officine settlement association fc-nyon --month 2026-10
    """

    async def work(services: "Services", actor: "Actor") -> "api.AssociationStatementView":
        if pdf_file is not None:
            paper = await services.clearing.papers.of_association(actor, month, association_id)
            _write_new(pdf_file, paper)
        if csv_file is not None:
            _write_new(csv_file, await services.clearing.sheets.of_association(actor, month, association_id))
        return await services.clearing.associations.statement(actor, month, association_id)

    view = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json(view)
    else:
        _print_association(view)


@command.command()
@click.argument("association_id", metavar="ID")
@month_option
@group_option
@json_option
@click.pass_context
def pay(ctx: click.Context, association_id: str, month: str, group_id: str | None, as_json: bool) -> None:
    """Book the payout of a closed month to an association; a second time is refused.

    Example: officine settlement pay fc-nyon --month 2026-10
    """
    view = as_operator(
        ctx.obj,
        group_id,
        lambda services, actor: services.clearing.associations.pay(actor, month, association_id),
    )
    if as_json:
        print_json(view)
    else:
        _print_association(view)


@command.command()
@month_option
@csv_option
@pdf_option
@group_option
@json_option
@click.pass_context
def clearing(
    ctx: click.Context,
    month: str,
    csv_file: Path | None,
    pdf_file: Path | None,
    group_id: str | None,
    as_json: bool,
) -> None:
    """Who pays whom for a month, set off; what is still out. The CSV has the dues, each with what for.

    Example: officine settlement clearing --month 2026-10
    """

    async def work(services: "Services", actor: "Actor") -> "api.ClearingView":
        with progress(as_json=as_json) as on_progress:
            view = await services.clearing.months.of(actor, month, on_progress)
        if pdf_file is not None:
            _write_new(pdf_file, await services.clearing.papers.of_month(actor, month))
        if csv_file is not None:
            _write_new(csv_file, await services.clearing.sheets.of_month(actor, month))
        return view

    view = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json(view)
    else:
        _print_clearing(view)


@command.command()
@month_option
@csv_option
@pdf_option
@group_option
@json_option
@click.pass_context
def liability(
    ctx: click.Context,
    month: str,
    csv_file: Path | None,
    pdf_file: Path | None,
    group_id: str | None,
    as_json: bool,
) -> None:
    """What is still out of points, cards, purses and services, and who pays for it when it is used.

    Of a closed month what was out when it was closed, of an open one what is out now.

    Example: officine settlement liability --month 2026-10 --pdf out.pdf
    """

    async def work(services: "Services", actor: "Actor") -> "api.ClearingView":
        if pdf_file is not None:
            _write_new(pdf_file, await services.clearing.papers.of_liabilities(actor, month))
        if csv_file is not None:
            _write_new(csv_file, await services.clearing.sheets.of_liabilities(actor, month))
        with progress(as_json=as_json) as on_progress:
            return await services.clearing.months.of(actor, month, on_progress)

    view = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json(view.liabilities)
    else:
        _print_liabilities(view)


@command.command()
@month_option
@group_option
@json_option
@click.pass_context
def close(ctx: click.Context, month: str, group_id: str | None, as_json: bool) -> None:
    """Close a month: it never changes again, and what comes late belongs to the next. Twice changes nothing.

    Example: officine settlement close --month 2026-10
    """

    async def work(services: "Services", actor: "Actor") -> "tuple[api.ClearingView, bool]":
        with progress(as_json=as_json) as on_progress:
            return await services.clearing.months.close(actor, month, on_progress)

    view, was_closed = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json(view)
    elif was_closed:
        told = f"{month} was closed already, on {moment(view.closed_ms)}: nothing changed."
        console().print(f"{told} `officine settlement clearing --month {month}` shows it.", soft_wrap=True)
    else:
        _print_clearing(view)


def _print_association(view: "api.AssociationStatementView") -> None:
    currency = view.currency
    facts = {
        "month": f"{view.month} ({view.state})",
        "due": amount(view.due_minor, currency),
        "paid": amount(view.paid_minor, currency),
        "paid on": moment(view.paid_ms),
        "account": view.bank_account,
        "reference": view.bank_reference,
    }
    print_facts(view.name, facts)
    rows = [
        (
            each.payer,
            amount(each.counted_minor, currency),
            amount(each.share_minor, currency),
            each.points,
            amount(each.points_minor, currency),
            amount(each.before_minor, currency),
            amount(each.due_minor, currency),
        )
        for each in view.shares
    ]
    rates = [
        (
            each.payer,
            rate.tickets,
            amount(rate.counted_minor, currency),
            percent(rate.share_bp),
            amount(rate.share_minor, currency),
        )
        for each in view.shares
        for rate in each.rates
    ]
    print_rows("Shares by rate", ("Payer", "Tickets", "Turnover", "Rate", "Share"), rates)
    columns = ("Payer", "Turnover", "Share", "Points", "Worth", "Before", "Due")
    print_rows("By payer", columns, rows)


def _print_clearing(view: "api.ClearingView") -> None:
    currency = view.currency
    facts = {"state": view.state, "journal": f"{view.after_seq}-{view.until_seq}"}
    if view.closed_ms is not None:
        facts["closed on"] = str(moment(view.closed_ms))
    print_facts(f"Clearing of {view.month}", facts)
    dues = [
        (each.debtor, each.creditor, what_for(each.what), each.entries, amount(each.amount_minor, currency))
        for each in view.dues
    ]
    print_rows("Dues", ("Who owes", "Whom", "What for", "Entries", "Amount"), dues)
    pays = [(each.debtor, each.creditor, amount(each.amount_minor, currency)) for each in view.nets]
    print_rows("Set off", ("Who pays", "Whom", "Amount"), pays)
    at = [(each.party, amount(each.net_minor, currency)) for each in view.positions]
    print_rows("Positions", ("Party", "Net"), at)
    _print_liabilities(view)


def _print_liabilities(view: "api.ClearingView") -> None:
    out = [
        (
            each.kind.replace("_", " ") or "stored value",
            each.funder,
            show_asset(each.amount, each.asset, is_named=True),
            None if each.dated_amount is None else show_asset(each.dated_amount, each.asset),
            "not valued" if each.worth_minor is None else amount(each.worth_minor, view.currency),
            "not known" if each.breakage_bp is None else percent(each.breakage_bp),
            "not known" if each.expected_amount is None else show_asset(each.expected_amount, each.asset),
        )
        for each in view.liabilities
    ]
    columns = ("What", "Who pays", "Out", "With an end", "Worth", "Of it expires", "To be used")
    print_whole_rows("Still out", columns, out, texts=2)
    unvalued = [each.asset for each in view.liabilities if each.worth_minor is None]
    if "PTS/0" in unvalued:
        console().print(
            "Points are not valued: the programme does not say what they are worth. Set its voucher_step.",
            soft_wrap=True,
        )


def _new(path: Path) -> io.BufferedWriter:
    """Open a file that is not there yet. Raises: InputInvalid."""
    try:
        return path.open("xb")
    except OSError as error:
        why = f"cannot be made ({error.strerror}). Name a file that is not there yet."
        raise InputInvalid(where=str(path), why=why) from error


def _write_new(path: Path, content: bytes) -> None:
    """Write a file that is not there yet."""
    with _new(path) as file:
        file.write(content)
