"""A printed ticket that a Caisse-AP payment paid: the two are one ticket, booked under the payment's hold."""

from loyalty.limits.other_tills import CAPTURE_TICKET_AGE_MAX_S
from terminal.open_tickets import OpenTicket
from terminal.outbox import Fact
from terminal.sender import Outcome
from terminal.till.caisse_ap.payments import Payment, Payments
from terminal.till.escpos.ticket import PrintedTicket
from terminal.till.nexo.context import Till
from terminal.till.nexo.holder import Holder
from terminal.till.nexo.value.booking import book_ticket
from wire.api_sales import BasketBody


class Joining:
    """Finds the payment by what the ticket says was paid by our tender, and books both."""

    def __init__(self, till: Till) -> None:
        self._till = till
        self._payments = Payments(till.store)

    async def find(self, sale_id: str, ticket: PrintedTicket) -> tuple[str, Payment] | None:
        """The payment of this ticket, and its register: of this very amount, and of no other ticket."""
        found = None
        for register in await self._payments.registers_of(sale_id):
            for payment in await self._payments.list_of(sale_id, register):
                if payment.printed == ticket.key:
                    return register, payment
                if self._fits(payment, ticket):
                    found = register, payment
        return found

    def _fits(self, payment: Payment, ticket: PrintedTicket) -> bool:
        is_of_now = self._till.clock() - payment.at_ms < CAPTURE_TICKET_AGE_MAX_S * 1000
        is_free = payment.state == "paid" and not payment.printed
        same = (payment.amount_minor, payment.currency) == (ticket.tender_minor, ticket.currency)
        return is_of_now and is_free and same

    async def book(
        self,
        sale_id: str,
        ticket: PrintedTicket,
        paid: tuple[str, Payment],
        *,
        basket: BasketBody,
        holder: Holder | None,
    ) -> tuple[Fact, Outcome | None]:
        """Book the goods under the hold; again for a reprint, with the first answer.

        Raises: NexoFailure, TicketChanged; CentralUnreachable, CentralRefused: the payment is booked by
            itself later.
        """
        register, payment = paid
        open_ticket = await self._open(payment)
        is_new = open_ticket.state == "open"
        fact, outcome, _ = await book_ticket(
            self._till,
            open_ticket,
            basket=basket,
            holder=holder if is_new and open_ticket.holder is None else None,
            operator="",
        )
        await self._payments.put(sale_id, register, payment.with_printed(ticket.key))
        return fact, outcome

    async def _open(self, payment: Payment) -> OpenTicket:
        found = await self._till.tickets.find(payment.ticket_key)
        assert found is not None, "a payment of the last minutes has its ticket"
        return found
