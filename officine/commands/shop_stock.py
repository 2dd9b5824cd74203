"""`officine shop stock`: how many of each article lie in a shop, from its stock system's file."""

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from officine.inputs import InputInvalid, to_body
from officine.opened import as_operator, group_option
from officine.output import json_option, print_facts, print_json

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor
    from wire.api_packs import StockBody, StockTakenView

_COLUMNS = ("code", "units")


@click.command()
@click.argument("shop_id", metavar="ID")
@click.argument("path", metavar="FILE.csv", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%dT%H:%M:%S"]), help="When it was so, UTC; left out: now."
)
@group_option
@json_option
@click.pass_context
def stock(
    ctx: click.Context, shop_id: str, path: Path, as_of: datetime | None, group_id: str | None, as_json: bool
) -> None:
    """Take what a shop has of its articles: a CSV file with the columns code and units.

    What is known of a later moment stays; codes of no article are counted. Kiosks tell it (docs/kiosk.md).

    Example: officine shop stock nyon stock.csv
    """
    bodies = _bodies(path, as_of)

    async def work(services: "Services", actor: "Actor") -> "list[StockTakenView]":
        return [await services.visits.packs.put_stock(actor, shop_id, body) for body in bodies]

    views = as_operator(ctx.obj, group_id, work)
    unknown = [code for each in views for code in each.unknown]
    told = {"taken": sum(each.taken for each in views), "older": sum(each.older for each in views)}
    if as_json:
        print_json(told | {"unknown": unknown})
    else:
        print_facts(f"Stock of {shop_id}", told | {"unknown": len(unknown)})


def _bodies(path: Path, as_of: datetime | None) -> "list[StockBody]":
    """The file in parts that central takes at a time. Raises: InputInvalid."""
    from loyalty.limits.shops import STOCK_LEVELS_MAX
    from wire.api_packs import StockBody

    as_of_ms = int((as_of.replace(tzinfo=UTC) if as_of else datetime.now(UTC)).timestamp() * 1000)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = [dict(line) for line in csv.DictReader(file)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputInvalid(where=str(path), why=f"is not a readable CSV file ({error}).") from error
    levels = []
    for number, line in enumerate(lines, start=2):
        code, units = (str(line.get(name) or "").strip() for name in _COLUMNS)
        if not code or not (units.isascii() and units.isdigit()):
            raise InputInvalid(where=f"{path}, line {number}", why="needs a code and a number of units.")
        levels.append({"code": code, "units": int(units)})
    if not levels:
        raise InputInvalid(where=str(path), why="has no line below its columns code and units.")
    return [
        to_body(StockBody, as_of_ms=as_of_ms, levels=levels[at : at + STOCK_LEVELS_MAX])
        for at in range(0, len(levels), STOCK_LEVELS_MAX)
    ]
