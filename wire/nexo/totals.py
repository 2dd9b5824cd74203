"""nexo: totals of a day, and their closing."""

from typing import Annotated, Literal

from msgspec import Meta

from loyalty.limits.tills import TILL_WORDS_MAX
from wire.nexo.base import Nexo, Number, Response, Text, Words

ReconciliationType = Literal[
    "AcquirerReconciliation", "AcquirerSynchronisation", "PreviousReconciliation", "SaleReconciliation"
]
TransactionType = Literal[
    "Award",
    "Debit",
    "Credit",
    "Rebate",
    "Redemption",
    "ReverseAward",
    "ReverseDebit",
    "ReverseRebate",
    "ReverseRedemption",
]
TotalDetail = Literal["OperatorID", "POIID", "SaleID", "ShiftNumber", "TotalsGroupID"]


class TotalFilter(Nexo, frozen=True, kw_only=True):
    """Whose totals."""

    poi_id: Text | None = None
    sale_id: Text | None = None
    operator_id: Text | None = None
    shift_number: Text | None = None
    totals_group_id: Text | None = None


class GetTotalsRequest(Nexo, frozen=True, kw_only=True):
    """What was done since the last reconciliation."""

    total_details: Annotated[list[TotalDetail], Meta(max_length=TILL_WORDS_MAX)] | None = None
    total_filter: TotalFilter | None = None


class PaymentTotals(Nexo, frozen=True, kw_only=True):
    """Money of one kind of transaction."""

    transaction_type: TransactionType
    transaction_count: int
    transaction_amount: Number


class LoyaltyTotals(Nexo, frozen=True, kw_only=True):
    """Points (or money) of one kind of transaction."""

    transaction_type: TransactionType
    transaction_count: int
    transaction_amount: Number


class TransactionTotals(Nexo, frozen=True, kw_only=True):
    """Totals of one kind of money or points, by what was asked to be told apart."""

    payment_instrument_type: Text
    acquirer_id: Text | None = None
    poi_id: Text | None = None
    sale_id: Text | None = None
    operator_id: Text | None = None
    shift_number: Text | None = None
    payment_currency: Text | None = None
    payment_totals: list[PaymentTotals] | None = None
    loyalty_unit: Text | None = None
    loyalty_currency: Text | None = None
    loyalty_totals: list[LoyaltyTotals] | None = None


class GetTotalsResponse(Nexo, frozen=True, kw_only=True):
    """The totals of the period that is open."""

    response: Response
    poi_reconciliation_id: Text = ""
    transaction_totals: list[TransactionTotals] | None = None


class ReconciliationRequest(Nexo, frozen=True, kw_only=True):
    """Close the period, or tell one that was closed."""

    reconciliation_type: ReconciliationType
    poi_reconciliation_id: Text | None = None
    acquirer_id: Words | None = None


class ReconciliationResponse(Nexo, frozen=True, kw_only=True):
    """The totals of the period that was closed."""

    response: Response
    reconciliation_type: ReconciliationType = "SaleReconciliation"
    poi_reconciliation_id: Text | None = None
    transaction_totals: list[TransactionTotals] | None = None
