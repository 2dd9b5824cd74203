"""Award: points for a paid ticket."""

import secrets
from typing import Final

from loyalty.limits.tickets import TICKET_AGE_MAX_DAYS
from loyalty.programme.found import is_found
from terminal.offline.pricing import tell
from terminal.till.nexo.basket import make_basket, occurred_ms, total_warning
from terminal.till.nexo.context import Ask, NexoFailure, Till
from terminal.till.nexo.holder import NO_CARD, card_missing
from terminal.till.nexo.loyalty_answers import awarded, queued
from terminal.till.nexo.noting import (
    business_key,
    evidence_body,
    holder_of,
    is_card_late,
    is_central_away,
    new_entry,
    note_and_wait,
    require_not_hot,
)
from terminal.till.nexo.of_nobody import find_kept, goes_on, identified, keep, kept_without_card, under
from terminal.till.nexo.value.booking import book
from terminal.till.nexo.value.tickets import ticket_key
from wire.api_sales import BasketBody, SaleBody, SaleView
from wire.nexo.loyalty import LoyaltyRequest, LoyaltyResponse

DAY_MS: Final = 24 * 3600 * 1000


async def award(till: Till, ask: Ask, request: LoyaltyRequest) -> LoyaltyResponse:
    """Points for a paid ticket. What a till says about points is ignored: central computes them."""
    ticket = await till.tickets.find(ticket_key(ask, request.sale_data))
    if ticket is not None and (ticket.parts or ticket.state == "booked"):
        async with till.turn_of(ask.sale_id):
            stands = await till.tickets.find(ticket.key)
            if stands is not None and (stands.parts or stands.state == "booked"):
                return await book(till, ask, request, stands)
    holder = holder_of(till, ask, request)
    basket = make_basket(till, request.loyalty_transaction)
    if holder is None:
        return await _without_card(till, ask, request, basket)
    sale_data = request.sale_data
    moment_ms = occurred_ms(sale_data.sale_transaction_id.time_stamp)
    key = business_key(ask, sale_data, "Award")
    kept = await find_kept(till, key)
    sale_id = kept.entry.entry_id if kept else secrets.token_hex(16)
    if not await till.outbox.is_noted(key):  # what was promised stays so, whatever our clock says by now
        _require_recent(till, moment_ms)
        require_not_hot(till, holder.evidence, holder.uid)
    told = None
    if is_central_away(till):  # who was found is promised nothing: central knows how much it may be
        is_member = not is_found(holder.evidence.value)
        told = await tell(till.offline, basket, occurred_ms=moment_ms, is_member=is_member)
    body = SaleBody(
        sale_id=sale_id,
        business_key=key,
        occurred_ms=moment_ms,
        sent_ms=till.clock(),
        basket=basket,
        holder=evidence_body(holder.evidence),
        operator=(sale_data.operator_id or "")[:64],
        told=None if told is None else told.body(before_payment=False),
        receipt_columns=till.settings.receipt_columns,
        is_card_late=await is_card_late(till, ask, moment_ms),
    )
    lines = [(line.line_no, line.quantity) for line in basket.lines]
    content = [basket.currency, [[n.line_no, n.code, n.quantity, n.amount_minor] for n in basket.lines]]
    new = under(kept, new_entry(till, "sale", sale_id, sale_id, body, lines, holder, content, told))
    fact, outcome = await note_and_wait(till, new, holder.evidence)
    if outcome is None:
        return queued(till, sale_data, fact, holder, "noted")
    assert isinstance(outcome.answer, SaleView)
    warning = total_warning(request.loyalty_transaction, basket)
    return awarded(till, sale_data, fact, holder, outcome.answer, warning)


async def _without_card(till: Till, ask: Ask, request: LoyaltyRequest, basket: BasketBody) -> LoyaltyResponse:
    """The ticket is kept for a card that was forgotten; the till goes on, or is told to ask for a card."""
    key, sale_data = business_key(ask, request.sale_data, "Award"), request.sale_data
    is_wanted = goes_on(request)
    reference = None
    first = await till.nobodys.find_of_key(key)
    if (first is not None and first.is_claimed) or not await till.outbox.is_noted(key):  # else a member's
        body = SaleBody(
            sale_id=secrets.token_hex(16),
            business_key=key,
            occurred_ms=occurred_ms(sale_data.sale_transaction_id.time_stamp),
            sent_ms=till.clock(),
            basket=basket,
            operator=(sale_data.operator_id or "")[:64],
        )
        number = sale_data.sale_transaction_id.transaction_id
        kept = await keep(till, body, sale_id=ask.sale_id, number=number, is_told=is_wanted)
        if is_wanted:
            return kept_without_card(sale_data, kept)
        reference = identified(kept)
    raise card_missing(till, ask.sale_id, NO_CARD, transaction=reference)


def _require_recent(till: Till, moment_ms: int) -> None:
    """A ticket central would refuse by its age is refused before it is noted: nobody is promised anything.

    By central's time: a ticket is not lost because this machine's clock jumped ahead.
    """
    if till.time.is_past(moment_ms, TICKET_AGE_MAX_DAYS * DAY_MS):
        raise NexoFailure(
            "Refusal",
            f"The ticket's TimeStamp is more than {TICKET_AGE_MAX_DAYS} days old. Set the till's clock,"
            " then send the ticket with the right time.",
            reason_code="ticket_too_old",
        )
