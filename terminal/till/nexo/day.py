"""GetTotals and Reconciliation: what this terminal did for its tills, and the end of a day."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby
from typing import Final

from loyalty.money import format_minor, scale_of
from terminal.till.nexo.context import Ask, NexoFailure, Till, success
from terminal.totals import Sum, Wanted
from wire.nexo.base import Nexo
from wire.nexo.totals import (
    GetTotalsRequest,
    GetTotalsResponse,
    LoyaltyTotals,
    PaymentTotals,
    ReconciliationRequest,
    ReconciliationResponse,
    TransactionTotals,
)

PAYMENTS: Final = frozenset({"Debit", "Credit", "ReverseDebit"})
MONEY_OF_LOYALTY: Final = frozenset({"Rebate", "ReverseRebate"})
_NAMES: Final = {"SaleID": "sale_id", "OperatorID": "operator", "ShiftNumber": "shift"}


async def get_totals(till: Till, ask: Ask) -> Nexo:
    """The open period, told apart as the till wishes."""
    request = ask.body
    assert isinstance(request, GetTotalsRequest)
    details = request.total_details or []
    told = request.total_filter
    wanted = Wanted(
        by=frozenset(_NAMES[each] for each in details if each in _NAMES),
        sale_id=(told.sale_id if told else None) or "",
        operator=(told.operator_id if told else None) or "",
        shift=(told.shift_number if told else None) or "",
    )
    period = await till.totals.open_period()
    totals = await till.totals.sums(period, wanted)
    if told is not None and told.poi_id not in (None, till.settings.poi_id):
        totals = []
    return GetTotalsResponse(
        response=success(),
        poi_reconciliation_id=str(period),
        transaction_totals=as_totals(till, totals) or None,
    )


async def reconcile(till: Till, ask: Ask) -> Nexo:
    """Close the period and tell its totals; PreviousReconciliation tells one closed before."""
    request = ask.body
    assert isinstance(request, ReconciliationRequest)
    kind = request.reconciliation_type
    if kind not in ("SaleReconciliation", "PreviousReconciliation"):
        raise NexoFailure(
            "NotAllowed",
            f"{kind} is not offered: central keeps its books itself. Send SaleReconciliation.",
            reason_code="reconciliation_not_offered",
        )
    period = await till.totals.open_period()
    if kind == "PreviousReconciliation":
        period = _named(request, period)
    else:
        await till.totals.close(period, now_ms=till.clock())
    return ReconciliationResponse(
        response=success(),
        reconciliation_type=kind,
        poi_reconciliation_id=str(period),
        transaction_totals=as_totals(till, await till.totals.sums(period, Wanted())) or None,
    )


def as_totals(till: Till, sums: Sequence[Sum]) -> list[TransactionTotals]:
    """Sums as nexo groups them: by till, operator, shift and currency."""
    return [
        _group(till, list(rows), sale_id, operator, shift, currency)
        for (sale_id, operator, shift, currency), rows in groupby(
            sums, key=lambda each: (each.sale_id, each.operator, each.shift, each.currency)
        )
    ]


def _group(
    till: Till, rows: list[Sum], sale_id: str, operator: str, shift: str, currency: str
) -> TransactionTotals:
    scale = scale_of(currency) if currency else 0
    payments = [
        PaymentTotals(
            transaction_type=each.kind,
            transaction_count=each.count,
            transaction_amount=Decimal(format_minor(each.amount_minor, scale)),
        )
        for each in rows
        if each.kind in PAYMENTS
    ]
    loyalty = [
        LoyaltyTotals(
            transaction_type=each.kind,
            transaction_count=each.count,
            transaction_amount=Decimal(format_minor(each.amount_minor, scale))
            if each.kind in MONEY_OF_LOYALTY
            else Decimal(each.points),
        )
        for each in rows
        if each.kind not in PAYMENTS
    ]
    return TransactionTotals(
        payment_instrument_type="StoredValue",
        poi_id=till.settings.poi_id,
        sale_id=sale_id or None,
        operator_id=operator or None,
        shift_number=shift or None,
        payment_currency=currency or None,
        payment_totals=payments or None,
        loyalty_unit="Point" if loyalty else None,
        loyalty_totals=loyalty or None,
    )


def _named(request: ReconciliationRequest, open_period: int) -> int:
    """The closed period that is meant: the last, or by its number. Raises: NexoFailure."""
    named = request.poi_reconciliation_id or str(open_period - 1)
    if not (named.isdecimal() and named.isascii() and len(named) < 10 and 0 < int(named) < open_period):
        raise NexoFailure(
            "NotFound",
            "There is no such closed period. Check POIReconciliationID.",
            reason_code="period_unknown",
        )
    return int(named)
