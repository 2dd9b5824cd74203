"""`python -m tools.capacity`: what so many shops need; `measure` measures anew, `--docs` writes the table."""

import asyncio
import logging
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click
import msgspec
import structlog

from tools.capacity.model import (
    TICKETS_PER_SHOP_DAY,
    Assumptions,
    Capacity,
    Measured,
    capacity,
    shops_of_one_group,
)

FIGURES: Final = Path(__file__).parent / "measured.json"
DOCS: Final = Path("docs/scale.md")
SHOPS: Final = (1_000, 10_000, 22_000, 100_000, 300_000, 600_000)
_BEGIN: Final = "<!-- capacity: written by `python -m tools.capacity --docs` -->\n"
_END: Final = "<!-- capacity: end -->\n"


def figures() -> Measured:
    """The measured figures that are checked in."""
    return msgspec.json.decode(FIGURES.read_bytes(), type=Measured)


def markdown(measured: Measured) -> str:
    """The table of docs/scale.md."""
    assumed = Assumptions()
    head = (
        "| shops | tickets a day | in the busiest second | cores of central | databases | cores of databases"
        " | memory, GiB | disk a year, GiB | disk in 10 years, GiB | EUR a month | EUR a shop and month |"
    )
    rows = [_row(capacity(shops, measured, assumed)) for shops in SHOPS]
    largest = shops_of_one_group(measured, assumed)
    return "\n".join(
        [
            f"Measured {measured.date} ({measured.machine}): a purchase of five lines under 1,000 promotions"
            f" takes {measured.central_us:,} µs of central and {measured.database_us:,} µs of PostgreSQL"
            f" ({measured.sqlite_us:,} µs with SQLite, all in one process), {measured.ticket_bytes:,} bytes"
            f" of PostgreSQL's disk ({measured.ticket_bytes_sqlite:,} of SQLite's); a member"
            f" {measured.member_bytes:,} bytes; a process of central {measured.central_mib:,} MiB. One group"
            f" reached {measured.purchases_per_s:,} purchases a second.",
            "",
            head,
            "|" + "--:|" * 11,
            *rows,
            "",
            f"The largest single group, one core of the database half busy with it: {largest:,} shops.",
            "",
        ]
    )


def _row(need: Capacity) -> str:
    counts = (
        need.shops,
        need.tickets_day,
        need.busiest_per_s,
        need.central_cores,
        need.databases,
        need.database_cores,
        need.memory_gib,
        need.disk_year_gib,
        need.disk_kept_gib,
        need.month_minor // 100,
    )
    cents = need.shop_month_minor
    return "| " + " | ".join([*(f"{count:,}" for count in counts), f"{cents // 100}.{cents % 100:02}"]) + " |"


def in_docs(text: str, measured: Measured) -> str:
    """The page with the table in its place."""
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    assert rest, f"{DOCS} lacks the mark where the table goes"
    return f"{before}{_BEGIN}\n{markdown(measured)}\n{_END}{after}"


@click.group(invoke_without_command=True)
@click.option("--shops", type=click.IntRange(1, 10_000_000), help="How many shops.")
@click.option("--tickets", default=TICKETS_PER_SHOP_DAY, show_default=True, help="A shop and day.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
@click.option("--docs", is_flag=True, help="Put the table into docs/scale.md.")
@click.pass_context
def main(ctx: click.Context, shops: int | None, tickets: int, *, as_json: bool, docs: bool) -> None:
    """Work out what so many shops need, from measured figures and the assumptions of tools/capacity/model.py.

    Example: python -m tools.capacity --shops 600000 --json
    """
    if ctx.invoked_subcommand is not None:
        return
    measured = figures()
    if docs:
        DOCS.write_text(in_docs(DOCS.read_text(encoding="utf-8"), measured), encoding="utf-8")
        return
    if shops is None:
        sys.stdout.write(markdown(measured))
        return
    need = asdict(capacity(shops, measured, Assumptions(tickets_per_shop_day=tickets)))
    if as_json:
        sys.stdout.write(msgspec.json.encode(need).decode() + "\n")
        return
    for name, value in need.items():
        sys.stdout.write(f"{name:18} {value:>16,}\n")


@main.command()
@click.option(
    "--server", required=True, help="An empty PostgreSQL server: postgresql://user@/postgres?host=..."
)
def measure(server: str) -> None:
    """Take the figures anew; a few minutes on a quiet machine.

    Example: python -m tools.capacity measure --server 'postgresql://me@/postgres?host=/run/postgresql'
    """
    from tools.capacity.measure import measure as take

    def tell(what: str, done: int, total: int) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"  {what} {done:,} of {total:,}   \r")

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory(prefix="officine-capacity-") as name:
        found = asyncio.run(take(Path(name), server, tell))
    FIGURES.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    sys.stdout.write(markdown(found))


if __name__ == "__main__":
    main()
