"""`officine terminal find`, `park`, `parked`, `take-up`: a clerk at this terminal, with its token."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from officine.at_counter import CODE_HELP
from officine.commands.till_ import AWARD_ITEM
from officine.inputs import InputInvalid, new_id, read_dash, to_body
from officine.output import json_option, print_facts, print_json, print_rows
from officine.programs import settings_of
from officine.shown import amount, moment

if TYPE_CHECKING:
    from terminal.central_counter import CentralCounter
    from terminal.settings import TerminalSettings
    from wire.api_counter import FoundListView, ParkedListView, ParkedView, TakenUpView

T = TypeVar("T")
Ask = Callable[["CentralCounter", str], Awaitable[T]]
"""What a clerk asks of central, with the pass."""


def at_terminal(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of who serves at this terminal."""
    for option in (
        json_option,
        click.option(
            "--code",
            required=True,
            prompt="Code",
            hide_input=True,
            callback=read_dash,
            help="The clerk's code.",
        ),
        click.option("--staff", "staff_id", required=True, metavar="ID", help="Who serves."),
    ):
        command = option(command)
    return command


@click.command(epilog=CODE_HELP)
@click.option("--name", help="The whole name, as it is typed.")
@click.option(
    "--born", "birth_date", metavar="YYYY-MM-DD", help="With the name; then a part of it is enough."
)
@click.option("--phone")
@click.option("--email")
@click.option("--id", "act_id", help="The id of this search. Default: new.")
@at_terminal
@click.pass_context
def find(ctx: click.Context, /, **values: Any) -> None:
    """Find a member without a card, for one ticket: a till sends what is told under Found as the card.

    By the whole name alone the one member of this shop who has it, for a small ticket; of several nothing is
    told. By e-mail, phone, or name and birth date for a larger one. Each search is kept.

    Example: officine terminal find --name "Meier Jürg" --staff s-7
    """

    async def ask(counter: "CentralCounter", clerk: str) -> "FoundListView":
        from wire.api_counter import FindBody

        by = {name: values[name] for name in ("name", "birth_date", "phone", "email")}
        return await counter.find(
            to_body(FindBody, act_id=values["act_id"] or new_id("find"), clerk=clerk, **by)
        )

    view = _run(ctx, values, ask)
    if values["as_json"]:
        print_json(view)
        return
    rows = [(each.display_name, each.birth_year, each.email_hint, each.found) for each in view.members]
    print_rows(
        f"Found ({len(rows)}), which proves: {view.strength}", ("Member", "Born", "E-mail", "Found"), rows
    )


@click.command(epilog=CODE_HELP)
@click.argument("items", metavar="CODE[*QUANTITY]=AMOUNT...", nargs=-1, required=True)
@click.option("--currency", default="CHF", show_default=True)
@click.option("--card", callback=read_dash, metavar="NUMBER", help="The member's card, typed.")
@click.option("--label", default="", help="What the clerk calls it: blue coat. No name of a person.")
@click.option("--id", "parked_id", help="The id of the parked ticket. Default: new.")
@at_terminal
@click.pass_context
def park(ctx: click.Context, /, **values: Any) -> None:
    """Put a basket aside for any till of this shop; nothing is booked. It ends by itself after half a day.

    Example: officine terminal park 7612345000012*2=19.80 --label "blue coat" --staff s-7
    """
    lines = [_line(number, text, values["currency"]) for number, text in enumerate(values["items"], start=1)]

    async def ask(counter: "CentralCounter", clerk: str) -> "ParkedView":
        from wire.api_counter import ParkBody

        card = values["card"]
        body = to_body(
            ParkBody,
            parked_id=values["parked_id"] or new_id("parked"),
            clerk=clerk,
            basket={"currency": values["currency"], "lines": lines},
            holder={"medium": "typed", "value": card} if card else None,
            label=values["label"],
        )
        return await counter.park(body)

    view = _run(ctx, values, ask)
    if values["as_json"]:
        print_json(view)
    else:
        print_facts("Parked", {"id": view.parked_id, "label": view.label, "until": moment(view.expires_ms)})


@click.command(epilog=CODE_HELP)
@at_terminal
@click.pass_context
def parked(ctx: click.Context, /, **values: Any) -> None:
    """List the baskets that wait in this shop, the oldest first.

    Example: officine terminal parked --staff s-7
    """

    async def ask(counter: "CentralCounter", clerk: str) -> "ParkedListView":
        from wire.api_counter import ParkedListBody

        return await counter.list_parked(ParkedListBody(clerk=clerk))

    view = _run(ctx, values, ask)
    if values["as_json"]:
        print_json(view)
        return
    rows = [
        (each.parked_id, each.label, each.staff_id, moment(each.parked_ms), moment(each.expires_ms))
        for each in view.parked
    ]
    print_rows(f"Parked ({len(rows)})", ("Id", "Label", "Clerk", "Since", "Until"), rows)


@click.command("take-up", epilog=CODE_HELP)
@click.argument("parked_id", metavar="ID")
@click.option("--id", "take_id", help="The id of this taking up; with it, it is told again. Default: new.")
@at_terminal
@click.pass_context
def take_up(ctx: click.Context, /, **values: Any) -> None:
    """Take a parked basket up at this terminal: of several that try at once, one does.

    Example: officine terminal take-up parked-1f2e --staff s-7
    """

    async def ask(counter: "CentralCounter", clerk: str) -> "TakenUpView":
        from wire.api_counter import TakeUpBody

        body = to_body(TakeUpBody, take_id=values["take_id"] or new_id("take"), clerk=clerk)
        return await counter.take(values["parked_id"], body)

    view = _run(ctx, values, ask)
    if values["as_json"]:
        print_json(view)
        return
    currency = view.basket.currency
    rows = [
        (
            str(line.line_no),
            line.code,
            str(line.quantity),
            "" if line.amount_minor is None else amount(line.amount_minor, currency),
        )
        for line in view.basket.lines
    ]
    print_rows(f"{view.parked_id} {view.label}", ("Line", "Code", "Quantity", "Amount"), rows)


def _line(number: int, text: str, currency: str) -> dict[str, object]:
    """Raises: InputInvalid, AmountDoesNotFit."""
    from loyalty.money import parse_minor, scale_of

    match = AWARD_ITEM.fullmatch(text)
    if match is None:
        raise InputInvalid(where=text, why="is not CODE=AMOUNT or CODE*QUANTITY=AMOUNT, such as 761*2=19.80.")
    return {
        "line_no": number,
        "code": match["code"],
        "quantity": int(match["quantity"] or 1),
        "amount_minor": parse_minor(match["amount"], scale_of(currency)),
    }


def _run(ctx: click.Context, values: dict[str, Any], ask: Ask[T]) -> T:
    return asyncio.run(
        _ask(settings_of("terminal", ctx.obj), staff_id=values["staff_id"], code=values["code"], ask=ask)
    )


async def _ask(settings: "TerminalSettings", *, staff_id: str, code: str, ask: Ask[T]) -> T:
    """Sign in, then ask, with this terminal's token."""
    from terminal.central_counter import CentralCounter
    from terminal.central_link import CentralLink
    from terminal.clock import wall_clock
    from terminal.identity import read_token
    from wire.api_counter import SignInBody

    token = await asyncio.to_thread(read_token, settings)
    async with CentralLink(settings.central_url, token, clock=wall_clock, on_change=lambda: None) as link:
        counter = CentralCounter(link)
        signed_in = await counter.sign_in(to_body(SignInBody, staff_id=staff_id, code=code))
        return await ask(counter, signed_in.clerk)
