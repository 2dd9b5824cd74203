"""What the commands of stored value share: amounts of money as people write them, acts as they are shown."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

import click

from loyalty.money import parse_minor, scale_of
from officine.opened import opened_services, person_for
from officine.output import print_facts, print_json
from officine.shown import amount, moment

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor
    from wire.api_stored_value import ActView

T = TypeVar("T")

NUMBER_HELP = "A number given as - is read from standard input, so that it stays out of shell histories."


def as_person(
    ctx: click.Context, group_id: str | None, work: Callable[["Services", "Actor"], Awaitable[T]]
) -> T:
    """Run `work` as the person at this machine, told apart by login."""

    async def run() -> T:
        async with opened_services(ctx.obj) as services:
            return await work(services, await person_for(services, group_id))

    return asyncio.run(run())


async def minor_of(services: "Services", group_id: str, text: str) -> int:
    """An amount such as 50.00 in the group's minor units. Raises: AmountDoesNotFit."""
    group = await services.groups.get(group_id)
    return parse_minor(text, scale_of(group.row.currency))


def show_act(title: str, view: "ActView", *, as_json: bool) -> None:
    """Print what was done."""
    if as_json:
        print_json(view)
        return
    code, _, scale = view.asset.rpartition("/")
    is_money = len(code) == 3
    print_facts(
        title,
        {
            "act": view.act_id,
            "shop": view.shop_id,
            "member": view.member_id,
            "gift card": view.gift_card_id,
            "amount": amount(view.amount, code) if is_money else _units(view.amount, int(scale), code),
            "now there": amount(view.balance, code) if is_money else _units(view.balance, int(scale), code),
            "expires": moment(view.expires_ms),
        },
    )


def _units(units: int, scale: int, code: str) -> str:
    from loyalty.money import format_minor

    return f"{format_minor(units, scale)} {code}"
