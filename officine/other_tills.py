"""`officine till caisse-ap`, `print` and `wedge`: be a till that speaks no nexo."""

import asyncio
from datetime import datetime
from pathlib import Path

import click

from loyalty.money import parse_minor, scale_of
from officine.inputs import InputInvalid
from officine.output import console, json_option, print_facts, print_json

REASONS = {
    "00": "unknown",
    "04": "refused",
    "05": "forbidden",
    "06": "abandoned",
    "07": "not completed: central cannot be reached",
    "08": "nobody tapped a card in time",
    "09": "the message is not understood",
    "10": "wrong selection: application, reference or BA",
    "11": "abandoned by the clerk",
    "12": "unknown action",
    "13": "currency not supported",
}


@click.command("caisse-ap")
@click.argument("action", type=click.Choice(["debit", "refund", "cancel", "duplicate"]))
@click.argument("amount", required=False)
@click.option("--host", default="127.0.0.1", show_default=True, help="The terminal.")
@click.option("--port", default=8888, show_default=True, type=click.IntRange(1, 65_535))
@click.option("--register", default="01", show_default=True, help="The till's register number (CA).")
@click.option("--application", default="", help="What pays: an application code (CC) of the settings.")
@click.option("--gift-card", default="", metavar="NUMBER", help="A gift card's number, sent in CF.")
@click.option("--reference", default="", help="The payment's own reference (CH): repeats are answered again.")
@json_option
@click.pass_context
def caisse_ap(
    ctx: click.Context,
    action: str,
    amount: str | None,
    host: str,
    port: int,
    register: str,
    application: str,
    gift_card: str,
    reference: str,
    as_json: bool,
) -> None:
    """Pay by stored value as a French till does: Caisse-AP over TCP.

    Examples:
      officine till caisse-ap debit 12.50 --reference T-0815
      officine till --currency EUR caisse-ap cancel 12.50 --reference T-0815
    """
    from officine.commands.till_ import TillUnanswered
    from tools.till import TillError
    from tools.till.caisse_ap import CURRENCIES, CaisseApTill

    currency = ctx.obj.currency
    if currency not in CURRENCIES:
        raise InputInvalid(where="--currency", why=f"is one of {', '.join(CURRENCIES)} for Caisse-AP.")
    if amount is None and action in ("debit", "refund"):
        raise InputInvalid(where="AMOUNT", why=f"is needed for a {action}.")
    minor = None if amount is None else parse_minor(amount, scale_of(currency))
    asking = CaisseApTill(host, port, register=register).ask(
        action, minor, currency=currency, application=application, private=gift_card, reference=reference
    )
    try:
        answer = asyncio.run(asking)
    except (OSError, TimeoutError, TillError) as error:
        reason = (str(error) or type(error).__name__).rstrip(".")
        raise TillUnanswered(url=f"{host}:{port}", reason=reason) from error
    if as_json:
        print_json(answer)
    else:
        _tell(action, answer)
    if answer.get("AE") != "10":
        raise click.exceptions.Exit(1)


def _tell(action: str, answer: dict[str, str]) -> None:
    is_done = answer.get("AE") == "10"
    facts: dict[str, object] = {
        "outcome": "done" if is_done else "not done",
        "why": None if is_done else REASONS.get(answer.get("AF", ""), answer.get("AF")),
        "told": answer.get("CF"),
        "authorization": answer.get("AC"),
        "card": answer.get("AA"),
    }
    print_facts(f"Caisse-AP {action}", facts)


@click.command("print")
@click.argument("layout", type=click.Choice(["apotheke-ch", "pharmacie-ch", "pharmacie-fr"]))
@click.argument("items", metavar="CODE[*QUANTITY]=AMOUNT...", nargs=-1, required=True)
@click.option("--number", default="1", show_default=True, help="The ticket's number.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to print to.")
@click.option("--port", default=9100, show_default=True, type=click.IntRange(1, 65_535))
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the bytes to a file instead."
)
@json_option
@click.pass_context
def print_ticket(
    ctx: click.Context,
    layout: str,
    items: tuple[str, ...],
    number: str,
    host: str,
    port: int,
    out: Path | None,
    as_json: bool,
) -> None:
    """Print a ticket as a pharmacy's till does, in the shape that LAYOUT reads.

    Examples:
      officine till print pharmacie-ch 7680475040157*2=15.90 --number 815
      officine till print pharmacie-fr 3400935955838=2.18 --out ticket.bin
    """
    from officine.commands.till_ import TillUnanswered, award_item
    from tools.till.tickets import Paper, Sold, printed

    lines = [award_item(ctx.obj, place, text) for place, text in enumerate(items, start=1)]
    sold = [
        Sold(
            code=line.code,
            label=f"Article {line.line_no}",
            amount_minor=line.amount_minor,
            quantity=line.quantity,
        )
        for line in lines
    ]
    now = datetime.now()  # noqa: DTZ005  (a till prints the shop's own time, without a zone)
    data = printed(layout, Paper(number=number, moment=now.replace(second=0, microsecond=0), lines=sold))
    place = str(out) if out is not None else f"{host}:{port}"
    try:
        if out is not None:
            out.write_bytes(data)
        else:
            asyncio.run(_send(host, port, data))
    except OSError as error:
        raise TillUnanswered(url=place, reason=str(error).rstrip(".")) from error
    if as_json:
        print_json({"bytes": len(data), "place": place})
    else:
        console().print(f"{len(data)} bytes at {place}", markup=False)


@click.command("wedge")
@click.argument("device", metavar="DEVICE")
@click.option("--baud", default=9600, show_default=True, type=click.IntRange(300, 1_000_000))
@json_option
def ask_wedge(device: str, baud: int, as_json: bool) -> None:
    """Ask on a serial line for the member's number, as an old till does (ENQ).

    DEVICE is the till's end of the line.

    Example: officine till wedge /dev/ttyUSB0
    """
    from officine.commands.till_ import TillUnanswered
    from tools.till.wedge import ask_line

    try:
        number = ask_line(device, baud=baud)
    except (OSError, TimeoutError) as error:
        raise TillUnanswered(url=device, reason=str(error).rstrip(".")) from error
    if as_json:
        print_json({"number": number})
    else:
        print_facts("Serial line", {"member's number": number or "none: no card is there"})


async def _send(host: str, port: int, data: bytes) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(data)
        writer.write_eof()
        await reader.read()
    finally:
        writer.close()
