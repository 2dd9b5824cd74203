"""Loyalty: award, rebate and redemption of a ticket, and their refunds."""

from terminal.till.nexo.award import award
from terminal.till.nexo.award_refund import award_refund
from terminal.till.nexo.context import Ask, Till
from terminal.till.nexo.value.loyalty_parts import rebate, redeem, undo
from wire.nexo.base import Nexo
from wire.nexo.loyalty import LoyaltyRequest


async def handle(till: Till, ask: Ask) -> Nexo:
    """Answer a LoyaltyRequest. What is under way for a ticket changes one message after the other."""
    request = ask.body
    assert isinstance(request, LoyaltyRequest)
    match request.loyalty_transaction.loyalty_transaction_type:
        case "Award":
            return await award(till, ask, request)
        case "AwardRefund":
            return await award_refund(till, ask, request)
        case "Rebate":
            async with till.turn_of(ask.sale_id):
                return await rebate(till, ask, request)
        case "Redemption":
            async with till.turn_of(ask.sale_id):
                return await redeem(till, ask, request)
        case "RebateRefund":
            async with till.turn_of(ask.sale_id):
                return await undo(till, ask, request, "rebate")
        case "RedemptionRefund":
            async with till.turn_of(ask.sale_id):
                return await undo(till, ask, request, "points")
