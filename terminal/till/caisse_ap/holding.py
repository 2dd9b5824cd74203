"""The hold of one payment at central, and what a till is told of it."""

import asyncio
from typing import Final

from msgspec.structs import replace

from loyalty.errors import LoyaltyError
from loyalty.money import format_minor, scale_of
from terminal.central_link import CentralRefused, CentralUnreachable
from terminal.clock import iso
from terminal.open_tickets import OpenTicket, Part
from terminal.till.caisse_ap.messages import private_text
from terminal.till.caisse_ap.payer import Payer
from terminal.till.caisse_ap.payments import Payment
from terminal.till.nexo.context import NexoFailure, Till
from terminal.till.nexo.noting import evidence_body
from terminal.till.nexo.value.agreeing import agree, drop_parts, let_go, quote
from wire.api_sales import BasketBody, LineBody
from wire.messages import Medium

READ_MODES: Final[dict[Medium, str]] = {
    "chip": "1",
    "nfc_uid": "2",
    "ntag424": "2",
    "barcode": "4",
    "qr": "4",
    "phone": "4",
    "typed": "4",
}
"""CI: contact, contactless, by hand; codes printed on paper have no number of their own there."""
AUTHORIZATION_CHARS: Final = 10
PAN_END: Final = 4


def ticket_of(sale_id: str, asked: Payment, payer: Payer, *, line_code: str) -> OpenTicket:
    """A ticket of one line: the amount is all that the till says."""
    line = LineBody(line_no=1, code=line_code, quantity=1, amount_minor=asked.amount_minor)
    holder = payer.holder
    return OpenTicket(
        key=asked.ticket_key,
        sale_id=sale_id,
        occurred_ms=asked.at_ms,
        operator="",
        basket=BasketBody(currency=asked.currency, lines=[line]),
        holder=evidence_body(holder.evidence) if holder else None,
        account=holder.account if holder else None,
        tap_id=holder.tap_id if holder else "",
    )


async def hold(till: Till, ticket: OpenTicket, asked: Payment, *, gone: asyncio.Event) -> OpenTicket:
    """Hold the whole amount, or nothing. `gone`: the till hung up; nobody waits for the card any more.

    Raises: CentralRefused; CentralUnreachable: what may stand at central nevertheless is asked to be let go,
        and ends by itself.
    """
    part = Part(
        kind=asked.kind,
        poi_id=asked.poi_id,
        poi_time=iso(asked.at_ms),
        amount_minor=asked.amount_minor,
        number=asked.payer if asked.kind == "gift_card" else "",
    )
    try:
        if asked.kind == "points":
            return await _hold_points(till, ticket, part, gone)
        held, _, _ = await agree(till, ticket, [part], gone=gone)
    except CentralUnreachable:
        kept = await till.tickets.find(ticket.key)
        if kept is not None:
            await let_go(till, kept)
        raise
    return held


async def _hold_points(till: Till, ticket: OpenTicket, part: Part, gone: asyncio.Event) -> OpenTicket:
    """As many points as are worth the amount exactly; central says in which steps they go."""
    profile = (await quote(till, ticket)).profile
    if profile is None or not profile.points or not profile.worth_minor:
        raise NexoFailure("Refusal", "There are no points that could pay.", reason_code="points_too_few")
    points = max(1, part.amount_minor * profile.points // profile.worth_minor)
    try:
        held, _, reserved = await agree(till, ticket, [replace(part, points=points)], gone=gone)
    except CentralRefused as error:
        step = error.problem.params.get("step")
        if error.problem.code != "redeeming_not_in_steps" or not isinstance(step, int):
            raise
        points = max(1, (points + step // 2) // step) * step
        held, _, reserved = await agree(till, ticket, [replace(part, points=points)], gone=gone)
    if reserved.redeem_minor != part.amount_minor:
        await drop_parts(till, held, [])
        raise NexoFailure(
            "Refusal", "The amount is no whole number of points' steps.", reason_code="redeeming_not_in_steps"
        )
    return held


async def told(till: Till, held: OpenTicket, asked: Payment, payer: Payer) -> dict[str, str]:
    """Authorization, shortened number, way of reading, and the balance that is left (CF)."""
    tags = {"AC": held.reservation_id[:AUTHORIZATION_CHARS].upper()}
    if len(asked.payer) > PAN_END:
        tags |= {"AA": f"{'*' * 8}{asked.payer[-PAN_END:]}", "AL": "1"}
    if payer.medium is not None:
        tags["CI"] = READ_MODES[payer.medium]
    balance = await _balance(till, held, asked)
    return tags | ({"CF": private_text(balance)} if balance else {})


async def _balance(till: Till, held: OpenTicket, asked: Payment) -> str:
    """What is left; nothing is said where central cannot be asked: the payment stands all the same."""
    try:
        if asked.kind == "points":
            profile = (await quote(till, held)).profile
            left = None if profile is None or profile.points is None else profile.points
            points = sum(part.points for part in held.parts)
            return "" if left is None else f"SOLDE {max(0, left - points)} PTS"
        if asked.kind == "gift_card":
            minor = (await till.value.find_gift_card(asked.payer)).free_minor
        else:
            assert held.holder is not None
            purse = await till.value.find_purse(held.holder, held.tap_id)
            minor = purse.purse_minor - purse.purse_held_minor
    except LoyaltyError:
        return ""
    return f"SOLDE {asked.currency} {format_minor(minor, scale_of(asked.currency))}"
