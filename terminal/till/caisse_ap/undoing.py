"""A payment is given back: its hold is let go, or, booked since, its ticket comes back as a whole."""

import json
import secrets

from terminal.open_tickets import OpenTicket
from terminal.till.caisse_ap.payments import Payment
from terminal.till.nexo.context import NexoFailure, Till
from terminal.till.nexo.noting import new_entry, note_and_wait
from terminal.till.nexo.value.agreeing import drop_parts, let_go
from terminal.till.nexo.value.parts import AWARD, is_booked
from wire.api_sales import ReturnBody, ReturnLineBody


async def undo(till: Till, payment: Payment, *, line_code: str) -> None:
    """What was held is free again. Twice is harmless.

    Raises: NexoFailure: its ticket was printed with its goods and booked; CentralUnreachable, CentralRefused,
        OutboxFull, TicketChanged.
    """
    ticket = await till.tickets.find(payment.ticket_key)
    if ticket is None:
        return await _undo_forgotten(till, payment)
    if await is_booked(till, ticket):
        return await _give_back(till, ticket, line_code)
    if not ticket.parts:
        return await let_go(till, ticket)
    left = [part for part in ticket.parts if part.poi_id != payment.poi_id]
    if len(left) < len(ticket.parts):
        await drop_parts(till, ticket, left)
    return None


async def _undo_forgotten(till: Till, payment: Payment) -> None:
    """Tickets are forgotten after their time; one that was booked is no longer to be cancelled here."""
    if await till.outbox.is_noted(f"{payment.ticket_key}|{AWARD}"):
        raise NexoFailure(
            "NotAllowed", "The payment is too old to be cancelled here.", reason_code="ticket_booked"
        )


async def _give_back(till: Till, ticket: OpenTicket, line_code: str) -> None:
    """The booked ticket comes back: central gives each tender its own."""
    if [line.code for line in ticket.basket.lines] != [line_code]:
        raise NexoFailure(
            "NotAllowed",
            "The ticket was booked with its goods. Take the goods back, not the payment.",
            reason_code="ticket_booked",
        )
    sale = await till.outbox.find_fact_of_key(f"{ticket.key}|{AWARD}")
    assert sale is not None, "what is booked was noted"
    return_id = secrets.token_hex(16)
    lines = [(int(number), int(quantity)) for number, quantity in json.loads(sale.lines)]
    body = ReturnBody(
        return_id=return_id,
        business_key=f"{ticket.key}|CaisseAp.Refund",
        occurred_ms=till.clock(),
        sent_ms=till.clock(),
        lines=[ReturnLineBody(line_no=number, quantity=quantity) for number, quantity in lines],
    )
    new = new_entry(till, "return", return_id, sale.sale_id, body, lines, None, [sale.sale_id, lines])
    await note_and_wait(till, new, None)
