"""The award of a ticket under way: it is booked under its reservation, with all that was taken for it."""

import asyncio
import secrets

import apsw
import structlog
from msgspec.structs import replace

from loyalty.errors import LoyaltyError
from loyalty.limits.tills import TICKET_CAPTURE_LOOK_S, TICKET_CAPTURE_S
from terminal.central_link import CentralRefused
from terminal.open_tickets import OpenTicket
from terminal.outbox import Fact, NewEntry, TicketChanged
from terminal.sender import Outcome
from terminal.till.nexo.basket import make_basket, total_warning
from terminal.till.nexo.context import Ask, Till
from terminal.till.nexo.holder import Holder
from terminal.till.nexo.loyalty_answers import awarded, queued
from terminal.till.nexo.noting import holder_of, new_entry, note_and_wait
from terminal.till.nexo.value.agreeing import agree_or_tell, tenders_of
from terminal.till.nexo.value.leased import burned_of, require_not_leased
from terminal.till.nexo.value.parts import AWARD
from terminal.till.nexo.value.tickets import is_same_basket, with_holder
from wire.api_sales import BasketBody, SaleBody, SaleView
from wire.messages import Evidence
from wire.nexo.loyalty import LoyaltyRequest, LoyaltyResponse

log = structlog.get_logger(__name__)


async def book(till: Till, ask: Ask, request: LoyaltyRequest, ticket: OpenTicket) -> LoyaltyResponse:
    """The ticket is paid. Lines that changed since are quoted and held anew first.

    Raises: NexoFailure, TicketChanged; CentralUnreachable, CentralRefused.
    """
    told = holder_of(till, ask, request)
    basket = make_basket(till, request.loyalty_transaction)
    fact, outcome, ticket = await book_ticket(
        till, ticket, basket=basket, holder=told, operator=request.sale_data.operator_id or ""
    )
    holder = _holder_of(ticket)
    if outcome is None:
        return queued(till, request.sale_data, fact, holder, "noted")
    assert isinstance(outcome.answer, SaleView)
    warning = total_warning(request.loyalty_transaction, basket)
    return awarded(till, request.sale_data, fact, holder, outcome.answer, warning)


async def book_ticket(
    till: Till, ticket: OpenTicket, *, basket: BasketBody, holder: Holder | None, operator: str
) -> tuple[Fact, Outcome | None, OpenTicket]:
    """Book a ticket under way with these lines; None where central has not answered in time.

    Raises: NexoFailure, TicketChanged; CentralUnreachable, CentralRefused.
    """
    was_without_card = ticket.holder is None
    ticket = with_holder(ticket, holder)
    has_new_card = ticket.holder is not None and was_without_card
    if not is_same_basket(ticket, basket) or has_new_card:
        if ticket.state == "booked":
            raise TicketChanged
        require_not_leased(ticket)
        wanted = ticket if has_new_card and is_same_basket(ticket, basket) else replace(ticket, basket=basket)
        ticket, _ = await agree_or_tell(till, wanted, ticket.parts)
    new = _entry(till, ticket, operator)
    holder = _holder_of(ticket)
    try:
        fact, outcome = await note_and_wait(till, new, holder.evidence if holder else None)
    except CentralRefused:  # noted all the same, and kept for staff
        await till.tickets.put(replace(ticket, state="booked"), now_ms=till.clock())
        raise
    await till.tickets.put(replace(ticket, state="booked"), now_ms=till.clock())
    return fact, outcome, ticket


async def capture_due(till: Till) -> int:
    """Book tickets that value was taken for and no award came of; how many."""
    now_ms = till.clock()
    before_ms = now_ms - TICKET_CAPTURE_S * 1000
    booked = 0
    for listed in await till.tickets.list_due(before_ms, now_ms):
        async with till.turn_of(listed.sale_id):
            ticket = await till.tickets.find(listed.key)
            if ticket is None or ticket.state != "open" or ticket.reserved_ms != listed.reserved_ms:
                continue  # the till went on with it meanwhile
            try:
                await till.sender.note(_entry(till, ticket, ticket.operator))
            except TicketChanged:
                log.warning("ticket_booked_otherwise", sale_id=ticket.sale_id)
            await till.tickets.put(replace(ticket, state="booked"), now_ms=till.clock())
            log.info("ticket_captured", sale_id=ticket.sale_id)
            booked += 1
    return booked


async def capture_forever(till: Till) -> None:
    """Look for such tickets, as long as the agent runs."""
    while True:
        try:
            await capture_due(till)
        except (LoyaltyError, apsw.Error) as error:  # a full outbox, a failing disk: tried again
            log.error("tickets_not_captured", reason=str(error))
        await asyncio.sleep(TICKET_CAPTURE_LOOK_S)


def _entry(till: Till, ticket: OpenTicket, operator: str) -> NewEntry:
    sale_id = secrets.token_hex(16)
    lease = burned_of(ticket)
    is_told = ticket.told is not None or lease is not None
    body = SaleBody(
        sale_id=sale_id,
        business_key=f"{ticket.key}|{AWARD}",
        occurred_ms=ticket.occurred_ms,
        sent_ms=till.clock(),
        basket=ticket.basket,
        holder=ticket.holder,
        reservation_id=ticket.reservation_id or None,
        # Said even under a reservation: what stands in its place by now may hold more than was told.
        redeem_points=None if is_told else sum(part.points for part in ticket.parts),
        tenders=None if is_told else tenders_of(ticket.parts),
        told=None if ticket.told is None else ticket.told.body(before_payment=True),
        lease=lease,
        operator=operator[:64],
        receipt_columns=till.settings.receipt_columns,
    )
    basket = ticket.basket
    lines = [(line.line_no, line.quantity) for line in basket.lines]
    content = [basket.currency, [[n.line_no, n.code, n.quantity, n.amount_minor] for n in basket.lines]]
    return new_entry(till, "sale", sale_id, sale_id, body, lines, _holder_of(ticket), content, ticket.told)


def _holder_of(ticket: OpenTicket) -> Holder | None:
    if ticket.holder is None or ticket.account is None:
        return None
    evidence = Evidence(medium=ticket.holder.medium, value=ticket.holder.value)
    return Holder(evidence=evidence, account=ticket.account, tap_id=ticket.tap_id)
