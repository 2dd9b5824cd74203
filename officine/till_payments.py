"""How a ticket is paid at `officine till award`: points, gift cards, the purse; held, then booked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from loyalty.errors import LoyaltyError, Trouble
from loyalty.money import parse_minor, scale_of
from officine.inputs import InputInvalid

if TYPE_CHECKING:
    from tools.till import Item, SimulatedTill
    from wire.nexo.loyalty import LoyaltyResponse
    from wire.nexo.payment import PaymentResponse


class PaymentRefused(LoyaltyError):
    """The terminal does not take a payment: nothing of the ticket is booked."""

    code = "till_payment_refused"
    trouble = Trouble.REFUSED
    text = "{how}: {why} Nothing was booked, and what was held is free again."


@dataclass(frozen=True, kw_only=True)
class Payments:
    """What is to pay beside other money; amounts in minor units."""

    points: int | None
    gift_cards: tuple[tuple[str, int], ...]
    purse_minor: int | None


def payment_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of how a ticket is paid."""
    for option in (
        click.option(
            "--purse", metavar="AMOUNT", help="So much from the member's purse; the card is tapped."
        ),
        click.option(
            "--gift-card",
            "gift_cards",
            multiple=True,
            metavar="NUMBER=AMOUNT",
            help="So much from a gift card. May be given many times.",
        ),
        click.option("--redeem", "points", type=click.IntRange(1), help="So many points of the member pay."),
    ):
        command = option(command)
    return command


def read_payments(
    currency: str, *, points: int | None, gift_cards: Sequence[str], purse: str | None
) -> Payments:
    """The payments as they were typed. Raises: InputInvalid, AmountDoesNotFit."""
    scale = scale_of(currency)
    cards = []
    for text in gift_cards:
        number, _, amount = text.partition("=")
        if not number or not amount:
            raise InputInvalid(
                where="--gift-card", why="is NUMBER=AMOUNT, such as 91234567890123456789=20.00."
            )
        cards.append((number, parse_minor(amount, scale)))
    return Payments(
        points=points,
        gift_cards=tuple(cards),
        purse_minor=None if purse is None else parse_minor(purse, scale),
    )


async def pay_and_award(
    till: "SimulatedTill", lines: Sequence["Item"], card: str | None, payments: Payments
) -> "LoyaltyResponse":
    """Hold what is to pay, then report the ticket. Raises: PaymentRefused: what was held is let go."""
    from tools.till import requests
    from wire.nexo.loyalty import LoyaltyResponse
    from wire.nexo.payment import PaymentResponse

    ticket = till.new_ticket()
    held: list[LoyaltyResponse | PaymentResponse] = []
    if payments.points is not None:
        body = requests.loyalty(till, "Redemption", lines, ticket=ticket, points=payments.points, card=card)
        held.append(await till.ask(body, LoyaltyResponse))
        await _require_held(till, "points", held)
    wanted: list[tuple[str | None, int]] = [*payments.gift_cards]
    wanted += [(None, payments.purse_minor)] if payments.purse_minor is not None else []
    for number, amount_minor in wanted:
        paying = requests.payment(till, amount_minor, lines, ticket=ticket, gift_card=number)
        held.append(await till.ask(paying, PaymentResponse))
        await _require_held(till, "the purse" if number is None else "the gift card", held)
    return await till.award(lines, card=card, ticket=ticket)


async def _require_held(
    till: "SimulatedTill", how: str, held: "list[LoyaltyResponse | PaymentResponse]"
) -> None:
    """Where the last one was refused, let the others go, the latest first."""
    from tools.till import read_additional, requests
    from wire.nexo.payment import ReversalResponse

    *before, last = held
    if last.response.result == "Success":
        return
    for each in reversed(before):
        assert each.poi_data is not None, "a success has a reference"
        body = requests.reversal(till, each.poi_data.poi_transaction_id)
        await till.ask(body, ReversalResponse)
    told = read_additional(last.response.additional_response).get("message")
    raise PaymentRefused(how=how, why=told or f"{last.response.error_condition or last.response.result}.")
