"""`officine ledger discount` and `latitude`: what a counter takes off on its own, what all counters gave."""

import asyncio
import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import click

from loyalty.money import parse_minor, scale_of
from officine.inputs import InputInvalid, new_id, to_body
from officine.opened import group_option, opened_services, person_for
from officine.output import console, json_option, print_facts, print_json, print_rows
from officine.shown import amount

if TYPE_CHECKING:
    from wire import api_goodwill, api_sales

_ITEM: Final = re.compile(r"(?P<code>[^*=:]+)(\*(?P<quantity>[0-9]{1,6}))?(=(?P<amount>[0-9.]+))?")
_DAY: Final = click.DateTime(formats=["%Y-%m-%d"])


@click.command()
@click.argument("off", metavar="AMOUNT")
@click.argument("items", metavar="ITEM...", nargs=-1, required=True)
@click.option("--role", required=True, help="Whose latitude: a role that the programme names.")
@click.option("--reason", required=True, help="Why; kept with the ticket's lines, printed on the receipt.")
@click.option("--shop", "shop_id", required=True, help="The shop that sells.")
@click.option("--card", help="The member's card. Default: a ticket of nobody.")
@click.option("--operator", default="", help="Who stands at the counter.")
@click.option("--id", "sale_id", help="The ticket's id: it is booked once. Default: a new one.")
@group_option
@json_option
@click.pass_context
def discount(
    ctx: click.Context,
    /,
    off: str,
    items: tuple[str, ...],
    card: str | None,
    sale_id: str | None,
    group_id: str | None,
    as_json: bool,
    **values: Any,
) -> None:
    """Book a ticket with a manual discount, within what the role may take off in the shop today.

    AMOUNT is what is taken off in all. ITEM is CODE, CODE*QUANTITY, or CODE*QUANTITY=AMOUNT where central has
    no price. It is quoted first: what the counter may not take off is refused, and nothing is booked.

    Example: officine ledger discount --role clerk --shop nyon --reason Dented 2.00 761=19.90
    """

    async def run() -> "api_sales.SaleView":
        from wire import api_sales

        async with opened_services(ctx.obj) as services:
            actor = await person_for(services, group_id)
            currency = (await services.groups.get(actor.group_id)).row.currency
            told = {"off_minor": _minor(off, currency), "role": values["role"], "reason": values["reason"]}
            lines = [_line(number, text, currency) for number, text in enumerate(items, start=1)]
            basket = {"currency": currency, "lines": lines, "discount": told}
            holder = {"medium": "typed", "value": card} if card else None
            asked = {"basket": basket, "holder": holder, "shop_id": values["shop_id"]}
            quoted = await services.quotes.quote(actor, to_body(api_sales.QuoteBody, **asked))
            name = sale_id or new_id("sale")
            now_ms = services.clock()
            body = to_body(
                api_sales.SaleBody,
                sale_id=name,
                business_key=name,
                occurred_ms=now_ms,
                sent_ms=now_ms,
                quote_id=quoted.quote_id,
                operator=values["operator"],
                **asked,
            )
            return (await services.sales.commit(actor, body))[0]

    view = asyncio.run(run())
    if as_json:
        print_json(view)
        return
    print_facts(
        f"Ticket {view.sale_id}",
        {"total": amount(view.total_minor, view.currency), "points": view.points, "taken off": off},
    )


@click.command()
@click.option("--from", "first", type=_DAY, help="First local day. Default: seven days ago.")
@click.option("--to", "last", type=_DAY, help="Last local day. Default: today.")
@click.option("--role", default="", help="Of one role. Default: every role the programme has now.")
@click.option("--shop", "shop_id", default="", help="Of one shop. Default: all.")
@group_option
@json_option
@click.pass_context
def latitude(
    ctx: click.Context,
    first: datetime | None,
    last: datetime | None,
    role: str,
    shop_id: str,
    group_id: str | None,
    as_json: bool,
) -> None:
    """List what the counters gave on their own: goodwill points and manual discounts, with the reasons.

    Sums by day, shop and role come first, then every act.

    Example: officine ledger latitude --from 2026-11-01 --to 2026-11-30 --shop nyon
    """
    today = datetime.now(UTC).date()
    to_day = last.date() if last else today + timedelta(days=1)  # it has begun in a shop far east
    from_day = first.date() if first else min(today, to_day) - timedelta(days=7)

    async def run() -> "api_goodwill.LatitudeListView":
        from wire.api_goodwill import LatitudeQuery

        async with opened_services(ctx.obj) as services:
            actor = await person_for(services, group_id)
            asked = LatitudeQuery(
                from_day=from_day.isoformat(), to_day=to_day.isoformat(), role=role, shop_id=shop_id
            )
            return await services.latitude.list_given(actor, asked)

    view = asyncio.run(run())
    if as_json:
        print_json(view)
        return
    _print(view, from_day, to_day)


def _print(view: "api_goodwill.LatitudeListView", from_day: date, to_day: date) -> None:
    sums = [
        (each.day, each.shop_id, each.role, each.acts, each.points, amount(each.off_minor, view.currency))
        for each in view.sums
    ]
    columns = ("Day", "Shop", "Role", "Acts", "Points", "Discounts")
    print_rows(f"What the counters gave, {from_day} to {to_day}", columns, sums)
    acts = [
        (
            each.day,
            each.shop_id,
            each.role,
            each.operator or each.given_by,
            f"{each.points} points" if each.points else amount(each.off_minor, view.currency),
            each.reason,
            each.act_id,
        )
        for each in view.acts
    ]
    print_rows("Each act", ("Day", "Shop", "Role", "By", "Given", "Reason", "Id"), acts)
    if view.is_cut:
        console().print("[yellow]There is more:[/] ask for fewer days.")


def _line(number: int, text: str, currency: str) -> dict[str, Any]:
    match = _ITEM.fullmatch(text)
    if match is None:
        raise InputInvalid(where=text, why="is no CODE, CODE*QUANTITY or CODE*QUANTITY=AMOUNT.")
    line: dict[str, Any] = {
        "line_no": number,
        "code": match["code"],
        "quantity": int(match["quantity"] or 1),
    }
    if match["amount"] is not None:
        line["amount_minor"] = _minor(match["amount"], currency)
    return line


def _minor(text: str, currency: str) -> int:
    return parse_minor(text, scale_of(currency))
