"""Loyalty: award and award refund; the other four transaction types are answered, not offered yet."""

from terminal.till.nexo.award import award
from terminal.till.nexo.award_refund import award_refund
from terminal.till.nexo.context import Ask, NexoFailure, Till
from wire.nexo.base import Nexo
from wire.nexo.loyalty import LoyaltyRequest


async def handle(till: Till, ask: Ask) -> Nexo:
    """Answer a LoyaltyRequest."""
    request = ask.body
    assert isinstance(request, LoyaltyRequest)
    match request.loyalty_transaction.loyalty_transaction_type:
        case "Award":
            return await award(till, ask, request)
        case "AwardRefund":
            return await award_refund(till, ask, request)
        case other:
            raise NexoFailure(
                "UnavailableService",
                f"{other} is not offered by this terminal yet. Award and AwardRefund are.",
                reason_code="service_not_offered",
            )
