"""Which transaction counts as what in a till's totals."""

from loyalty.money import AmountDoesNotFit, parse_minor, scale_of
from terminal.till.nexo.context import Ask, Till
from terminal.till.nexo.of_nobody import is_of_nobody
from terminal.totals import Done
from wire.day_totals import TillAct
from wire.nexo.base import Nexo, SaleData
from wire.nexo.loyalty import LoyaltyRequest, LoyaltyResponse
from wire.nexo.payment import (
    PaymentRequest,
    PaymentResponse,
    ReversalRequest,
    ReversalResponse,
    StoredValueRequest,
    StoredValueResponse,
)

LOYALTY: dict[str, TillAct] = {
    "Award": "Award",
    "AwardRefund": "ReverseAward",
    "Rebate": "Rebate",
    "RebateRefund": "ReverseRebate",
    "Redemption": "Redemption",
    "RedemptionRefund": "ReverseRedemption",
}


def counted(till: Till, ask: Ask, answer: Nexo) -> list[Done]:
    """What a till is told Success (or Partial) for; anything else counts nothing."""
    response = getattr(answer, "response", None)
    if response is None or response.result == "Failure":
        return []
    request = ask.body
    if isinstance(request, LoyaltyRequest) and isinstance(answer, LoyaltyResponse):
        return _loyalty(till, ask, request, answer)
    if isinstance(request, PaymentRequest) and isinstance(answer, PaymentResponse):
        amounts = answer.payment_result.amounts_resp if answer.payment_result else None
        if amounts is None or answer.poi_data is None:
            return []
        currency = amounts.currency or ""
        return [
            _of(
                ask,
                request.sale_data,
                "Debit",
                answer.poi_data.poi_transaction_id.transaction_id,
                currency=currency,
                amount_minor=_minor(str(amounts.authorized_amount), currency),
            )
        ]
    if isinstance(request, StoredValueRequest) and isinstance(answer, StoredValueResponse):
        return [
            _of(
                ask,
                request.sale_data,
                "Credit",
                each.host_transaction_id.transaction_id if each.host_transaction_id else "",
                currency=each.currency,
                amount_minor=_minor(str(each.item_amount), each.currency),
            )
            for each in answer.stored_value_result or ()
        ]
    if isinstance(request, ReversalRequest) and isinstance(answer, ReversalResponse):
        return _reversal(till, ask, request, answer)
    return []


def _loyalty(till: Till, ask: Ask, request: LoyaltyRequest, answer: LoyaltyResponse) -> list[Done]:
    kind = LOYALTY[request.loyalty_transaction.loyalty_transaction_type]
    if answer.poi_data is None or is_of_nobody(answer):
        return []
    result = answer.loyalty_result[0] if answer.loyalty_result else None
    amount = result.loyalty_amount if result else None
    points = int(amount.value) if amount and amount.value is not None else 0
    rebate = result.rebates.total_rebate if result and result.rebates else None
    currency = request.loyalty_transaction.currency or _currency(till)
    return [
        _of(
            ask,
            request.sale_data,
            kind,
            answer.poi_data.poi_transaction_id.transaction_id,
            currency=currency,
            amount_minor=_minor(str(rebate), currency) if rebate is not None else 0,
            points=points,
        )
    ]


def _reversal(till: Till, ask: Ask, request: ReversalRequest, answer: ReversalResponse) -> list[Done]:
    named = request.original_poi_transaction.poi_transaction_id
    if named is None:
        return []
    amount = answer.reversed_amount
    currency = _currency(till)
    done = _of(
        ask,
        request.sale_data,
        "ReverseAward" if amount is None else "ReverseDebit",
        f"reversal/{named.transaction_id}",
        currency=currency,
        amount_minor=_minor(str(amount), currency) if amount is not None else 0,
    )
    return [done]


def _of(
    ask: Ask,
    sale_data: SaleData | None,
    kind: TillAct,
    poi_transaction_id: str,
    *,
    currency: str,
    amount_minor: int = 0,
    points: int = 0,
) -> Done:
    return Done(
        poi_transaction_id=poi_transaction_id,
        kind=kind,
        sale_id=ask.sale_id,
        operator=(sale_data.operator_id if sale_data else None) or "",
        shift=(sale_data.shift_number if sale_data else None) or "",
        currency=currency,
        amount_minor=amount_minor,
        points=points,
    )


def _currency(till: Till) -> str:
    group = till.group()
    return group.currency if group else ""


def _minor(text: str, currency: str) -> int:
    try:
        return parse_minor(text, scale_of(currency))
    except AmountDoesNotFit:  # of our own answer: never
        return 0
