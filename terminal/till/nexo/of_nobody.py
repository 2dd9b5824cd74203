"""Tickets without a card: kept at the terminal, and central's as soon as something is done with one.

Most stay nobody's, and cost central nothing. A card that was forgotten comes by the award while the customer
looks for it (`CARD_AFTER_TICKET_S`), later by a clerk alone: what lends itself to farming points has limits.
"""

import asyncio
from dataclasses import replace
from typing import Final

from loyalty.limits.tills import CARD_AFTER_TICKET_S, TILL_ANSWER_MAX_MS
from terminal import bodies
from terminal.central_link import CentralRefused, CentralUnreachable
from terminal.nobodys_tickets import NobodysTicket
from terminal.outbox import Fact, NewEntry, OutboxFull, TicketChanged
from terminal.till.nexo.context import NexoFailure, Till, additional, poi_data, success
from terminal.till.nexo.noting import is_central_away, new_entry
from terminal.totals import Done
from wire.api_sales import SaleBody
from wire.nexo.base import Nexo, SaleData, TransactionIdentification
from wire.nexo.loyalty import LoyaltyRequest, LoyaltyResponse

GOES_ON: Final = frozenset({"Allowed", "Proposed"})
"""LoyaltyHandling by which a till says: a card if there is one, else go on without."""
_OF_NOBODY: Final = {"nobody": "true"}


async def keep(till: Till, body: SaleBody, *, sale_id: str, number: str, is_told: bool) -> NobodysTicket:
    """Keep a ticket that came without a card, lines and prices as they were. Raises: TicketChanged."""
    basket = body.basket
    lines = [(line.line_no, line.quantity) for line in basket.lines]
    content = [basket.currency, [[n.line_no, n.code, n.quantity, n.amount_minor] for n in basket.lines]]
    entry = new_entry(till, "sale", body.sale_id, body.sale_id, body, lines, None, content)
    ticket = NobodysTicket(
        entry=entry,
        sale_id=sale_id,
        number=number,
        occurred_ms=body.occurred_ms,
        total_minor=sum(line.amount_minor or 0 for line in basket.lines),
        currency=basket.currency,
        is_told=is_told,
    )
    return await till.nobodys.keep(ticket, now_ms=till.clock())


def goes_on(request: LoyaltyRequest) -> bool:
    """Whether the till wants its ticket taken without a card."""
    conditions = request.loyalty_transaction.transaction_conditions
    return conditions is not None and conditions.loyalty_handling in GOES_ON


def kept_without_card(sale_data: SaleData, kept: NobodysTicket) -> LoyaltyResponse:
    """Success, and no account: nobody earned."""
    return LoyaltyResponse(
        response=success(additional(_OF_NOBODY)), sale_data=sale_data, poi_data=poi_data(identified(kept))
    )


def is_of_nobody(answer: Nexo) -> bool:
    """Whether it is such an answer."""
    response = getattr(answer, "response", None)
    pairs = (response.additional_response or "").split("&") if response is not None else []
    return additional(_OF_NOBODY) in pairs


def identified(kept: NobodysTicket) -> TransactionIdentification:
    """What the till names it by."""
    return TransactionIdentification(
        transaction_id=kept.entry.poi_transaction_id, time_stamp=kept.entry.poi_time
    )


async def find_kept(till: Till, business_key: str) -> NobodysTicket | None:
    """The ticket that came without a card before, whose award names one now.

    Raises: NexoFailure: it is too late for that, a clerk must add the card.
    """
    kept = await till.nobodys.find_of_key(business_key)
    if kept is None or (await till.outbox.is_noted(business_key) and not kept.is_claimed):
        return kept
    if kept.is_told or kept.is_claimed or till.clock() - kept.kept_ms > CARD_AFTER_TICKET_S * 1000:
        raise NexoFailure(
            "NotAllowed",
            "This ticket came without a card. A clerk adds the card that was forgotten:"
            f" late-card with ticket={kept.entry.poi_transaction_id}.",
            reason_code="card_came_late",
            transaction=identified(kept),
        )
    return kept


def under(kept: NobodysTicket | None, new: NewEntry) -> NewEntry:
    """The award under the POITransactionID that the till was given when it came without a card."""
    if kept is None:
        return new
    return replace(new, poi_transaction_id=kept.entry.poi_transaction_id, poi_time=kept.entry.poi_time)


async def find_sale(till: Till, poi_transaction_id: str) -> Fact | None:
    """The ticket behind a POITransactionID of ours; one without a card goes to central by this.

    Raises: OutboxFull, TicketChanged: its award came with a card in this very moment.
    """
    fact = await till.outbox.find_fact(poi_transaction_id)
    if fact is not None:
        return fact if fact.entry_id == fact.sale_id else None
    kept = await till.nobodys.find(poi_transaction_id)
    return None if kept is None else await hand_over(till, kept)


async def hand_over(till: Till, kept: NobodysTicket) -> Fact:
    """From now on it is central's, as nobody's. Raises: as `find_sale`; then it is not."""
    poi_transaction_id = kept.entry.poi_transaction_id
    await till.nobodys.claim(poi_transaction_id)
    try:
        fact, _ = await till.sender.note(kept.entry)
    except (OutboxFull, TicketChanged):
        await till.nobodys.unclaim(poi_transaction_id)
        raise
    body = bodies.decode("sale", kept.entry.body)
    done = Done(
        poi_transaction_id=poi_transaction_id,
        kind="Award",
        sale_id=kept.sale_id,
        operator=body.operator,
        currency=kept.currency,
    )
    await till.store.count(done, now_ms=till.clock())
    return fact


async def get_sale_at_central(till: Till, poi_transaction_id: str) -> Fact:
    """The same, when central has it, as what clerks do with a ticket needs.

    Raises: NexoFailure: unknown, or not there yet. CentralUnreachable: nothing was done. CentralRefused.
    """
    if is_central_away(till):
        raise CentralUnreachable(reason=till.link.trouble or "the line is down")
    sale = await find_sale(till, poi_transaction_id)
    if sale is None:
        raise NexoFailure(
            "NotFound",
            "No award with this POITransactionID was made at this terminal. Check the ticket.",
            reason_code="original_unknown",
        )
    waiting = till.sender.waiter_of(sale.entry_id)
    if waiting is not None:
        await asyncio.wait([waiting], timeout=TILL_ANSWER_MAX_MS / 1000)
    if await till.outbox.is_waiting(sale.entry_id):
        raise NexoFailure(
            "Busy",
            "The ticket is on its way to central. Repeat in a moment.",
            reason_code="ticket_waits",
        )
    if waiting is not None and waiting.done():
        problem = waiting.result().problem
        if problem is not None:
            raise CentralRefused(problem)
    return sale


async def stands_as(till: Till, sale_id: str, *, act_id: str = "") -> str:
    """Under which id a ticket stands at central, that may have changed its member since.

    `act_id`: of an act that may be the one that changed it: repeated, it names the ticket as before.
    """
    while True:
        moved = await till.store.find_moved(sale_id)
        if moved is None:
            return sale_id
        by, after = moved
        if act_id and by == act_id:
            return sale_id
        sale_id = after


async def note_moved(till: Till, sale_id: str, *, act_id: str, new_sale_id: str) -> None:
    """A ticket changed its member: returns of its goods go to the one it stands as now."""
    await till.store.note_moved(sale_id, act_id=act_id, new_sale_id=new_sale_id, now_ms=till.clock())
