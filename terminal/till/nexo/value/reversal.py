"""Reversal: a part of a ticket under way is let go; a booked ticket comes back as a whole."""

from decimal import Decimal

from loyalty.money import format_minor, scale_of
from terminal.open_tickets import OpenTicket, Part
from terminal.outbox import Fact
from terminal.till.nexo.award_refund import award_refund
from terminal.till.nexo.basket import amount_of
from terminal.till.nexo.context import Ask, NexoFailure, Till, new_poi_transaction, poi_data, success
from terminal.till.nexo.of_nobody import find_sale
from terminal.till.nexo.value.agreeing import drop_part
from terminal.till.nexo.value.parts import find_part
from wire.nexo.base import Nexo, SaleData, TransactionIdentification
from wire.nexo.loyalty import LoyaltyRequest, LoyaltyTransaction
from wire.nexo.payment import ReversalRequest, ReversalResponse


async def handle(till: Till, ask: Ask) -> Nexo:
    """One message of a till's ticket after the other."""
    async with till.turn_of(ask.sale_id):
        return await reverse(till, ask)


async def reverse(till: Till, ask: Ask) -> Nexo:
    """Undo as a whole: a rebate, redeemed points or a payment before the award; or the award itself."""
    request = ask.body
    assert isinstance(request, ReversalRequest)
    reference = request.original_poi_transaction.poi_transaction_id
    fact = await find_sale(till, reference.transaction_id) if reference else None
    if fact is not None:
        return await _reverse_award(till, ask, request, fact)
    ticket, part = await find_part(till, ask, reference)
    if part is not None:
        _require_whole(request, ticket, part)
        await drop_part(till, ticket, part)
    amount = Decimal(format_minor(part.amount_minor if part else 0, scale_of(ticket.basket.currency)))
    return ReversalResponse(
        response=success(),
        poi_data=poi_data(new_poi_transaction(till.clock)),
        original_poi_transaction=request.original_poi_transaction,
        reversed_amount=amount,
    )


async def _reverse_award(till: Till, ask: Ask, request: ReversalRequest, fact: Fact) -> ReversalResponse:
    """All of the ticket that has not come back yet; what paid for it is given back."""
    if request.reversed_amount is not None:
        raise NexoFailure(
            "NotAllowed",
            "A part of a ticket is not reversed by amount. Send AwardRefund with the lines that come back.",
            reason_code="reversal_not_whole",
        )
    sale_data = request.sale_data or _sale_data_of(fact)
    refund = LoyaltyRequest(
        sale_data=sale_data,
        loyalty_transaction=LoyaltyTransaction(
            loyalty_transaction_type="AwardRefund",
            original_poi_transaction=request.original_poi_transaction,
        ),
    )
    done = await award_refund(till, ask, refund)
    return ReversalResponse(
        response=done.response,
        poi_data=done.poi_data,
        original_poi_transaction=request.original_poi_transaction,
        payment_receipt=done.payment_receipt,
    )


def _sale_data_of(fact: Fact) -> SaleData:
    """A reversal need name no ticket: it has one of its own then, the same each time it is asked for."""
    ticket = TransactionIdentification(
        transaction_id=f"reversal-{fact.poi_transaction_id}"[:64], time_stamp=fact.poi_time
    )
    return SaleData(sale_transaction_id=ticket)


def _require_whole(request: ReversalRequest, ticket: OpenTicket, part: Part) -> None:
    if request.reversed_amount is None:
        return
    scale = scale_of(ticket.basket.currency)
    if amount_of(request.reversed_amount, scale, "ReversedAmount") != part.amount_minor:
        raise NexoFailure(
            "NotAllowed",
            "Only the whole amount can be reversed. Reverse it, and pay the right amount anew.",
            reason_code="reversal_not_whole",
        )
