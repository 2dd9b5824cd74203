"""`officine layouts`: how printed tickets are read."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from loyalty.money import format_minor
from officine.output import console, json_option, print_facts, print_json
from officine.programs import is_configured, settings_of

if TYPE_CHECKING:
    from terminal.till.escpos.ticket import PrintedTicket

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
@click.pass_context
def command(ctx: click.Context) -> None:
    """Check and try ticket layouts: how the paper of a till is read (docs/tills.md).

    Examples:
      officine layouts list
      officine layouts try my-pharmacy.toml --capture ticket.bin
    """
    del ctx


@command.command("list")
@json_option
@click.pass_context
def list_layouts(ctx: click.Context, as_json: bool) -> None:
    """List the layouts of this machine: those of the program, and those of `layouts_dir`.

    Example: officine layouts list
    """
    from terminal.till.escpos.layout import load_layouts

    own = settings_of("terminal", ctx.obj).layouts_dir if is_configured("terminal", ctx.obj) else None
    layouts = load_layouts(own)
    if as_json:
        print_json([{"name": each.name, "title": each.body.title} for each in layouts.values()])
        return
    print_facts(
        "Ticket layouts",
        {each.name: f"{each.body.title} ({each.body.currency})" for each in layouts.values()},
    )


@command.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=FILE)
@json_option
def check(files: tuple[Path, ...], as_json: bool) -> None:
    """Check layouts: every field, template and number of them.

    Example: officine layouts check my-pharmacy.toml
    """
    from terminal.till.escpos.layout import read_layout

    layouts = [read_layout(path) for path in files]
    if as_json:
        print_json([{"name": each.name, "title": each.body.title} for each in layouts])
        return
    for each in layouts:
        console().print(f"{each.name}: good ({each.body.title})", markup=False)


@command.command("try")
@click.argument("file", metavar="FILE", type=FILE)
@click.option("--capture", required=True, type=FILE, help="The bytes a till sent to its printer.")
@json_option
def try_layout(file: Path, capture: Path, as_json: bool) -> None:
    """Read a captured ticket with a layout, and show what was read; or its rows, and why not.

    A capture is what the till sends: nc -l 9100 > ticket.bin, and print to this machine.

    Example: officine layouts try my-pharmacy.toml --capture ticket.bin
    """
    from terminal.till.escpos.capture import rows_of_capture
    from terminal.till.escpos.layout import read_layout
    from terminal.till.escpos.ticket import TicketUnread, read_ticket

    layout = read_layout(file)
    rows, is_whole = rows_of_capture(capture.read_bytes(), layout.body.code_page)
    try:
        ticket = read_ticket([layout], rows)
    except TicketUnread:
        if not as_json:
            for row in rows:
                console().print(f"  | {row}", markup=False, highlight=False)
            if not is_whole:
                console().print("  (a command follows that is not known: the rest is unread)")
        raise
    if as_json:
        print_json(_facts(ticket))
    else:
        _tell(ticket)


def _facts(ticket: "PrintedTicket") -> dict[str, Any]:
    return {
        "layout": ticket.layout,
        "number": ticket.number,
        "moment": ticket.moment.isoformat(),
        "currency": ticket.currency,
        "total_minor": ticket.total_minor,
        "tender_minor": ticket.tender_minor,
        "is_return": ticket.is_return,
        "lines": [
            {
                "code": line.code,
                "label": line.label,
                "quantity": line.quantity,
                "amount_minor": line.amount_minor,
                "tax_rate_bp": line.tax_rate_bp,
            }
            for line in ticket.lines
        ],
    }


def _tell(ticket: "PrintedTicket") -> None:
    facts: dict[str, object] = {
        "number": ticket.number,
        "moment": f"{ticket.moment:%Y-%m-%d %H:%M}",
        "total": f"{ticket.currency} {format_minor(ticket.total_minor, 2)}",
        "paid by our tender": None if ticket.tender_minor is None else format_minor(ticket.tender_minor, 2),
        "goods come back": "yes: earns nothing" if ticket.is_return else None,
    }
    for number, line in enumerate(ticket.lines, start=1):
        tax = "" if line.tax_rate_bp is None else f", VAT {format_minor(line.tax_rate_bp, 2)} %"
        amount = format_minor(line.amount_minor, 2)
        facts[f"line {number}"] = f"{line.quantity} x {line.code} {line.label}: {amount}{tax}"
    print_facts(f"Read by {ticket.layout}", facts)
