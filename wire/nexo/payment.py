"""nexo: payment by stored value, its undoing, and stored value itself."""

from typing import Annotated, Literal

from msgspec import Meta

from loyalty.limits import tickets as limits
from loyalty.limits.tills import TILL_ACCOUNTS_MAX
from wire.nexo.base import (
    Nexo,
    Number,
    PaymentReceipt,
    POIData,
    Response,
    SaleData,
    Text,
    TransactionIdentification,
)
from wire.nexo.instruments import PaymentAcquirerData, PaymentInstrumentData, StoredValueAccountID
from wire.nexo.loyalty import (
    LoyaltyData,
    LoyaltyResult,
    OriginalPOITransaction,
    SaleItem,
    TransactionConditions,
)

StoredValueType = Literal["Activate", "Duplicate", "Load", "Reserve", "Reverse", "Unload"]


class AmountsReq(Nexo, frozen=True, kw_only=True):
    """What is to be paid."""

    currency: Text
    requested_amount: Number | None = None
    cash_back_amount: Number | None = None
    tip_amount: Number | None = None
    paid_amount: Number | None = None
    minimum_amount_to_deliver: Number | None = None


class PaymentTransaction(Nexo, frozen=True, kw_only=True):
    """The amount, and the ticket it is for."""

    amounts_req: AmountsReq
    original_poi_transaction: OriginalPOITransaction | None = None
    transaction_conditions: TransactionConditions | None = None
    sale_item: Annotated[list[SaleItem], Meta(max_length=limits.BASKET_LINES_MAX)] | None = None


class PaymentData(Nexo, frozen=True, kw_only=True):
    """How it is paid."""

    payment_type: Text | None = None
    split_payment_flag: bool | None = None
    card_acquisition_reference: TransactionIdentification | None = None
    payment_instrument_data: PaymentInstrumentData | None = None


class PaymentRequest(Nexo, frozen=True, kw_only=True):
    """Take a payment."""

    sale_data: SaleData
    payment_transaction: PaymentTransaction
    payment_data: PaymentData | None = None
    loyalty_data: Annotated[list[LoyaltyData], Meta(max_length=TILL_ACCOUNTS_MAX)] | LoyaltyData | None = None


class AmountsResp(Nexo, frozen=True, kw_only=True):
    """What was taken."""

    currency: Text | None = None
    authorized_amount: Number


class PaymentResult(Nexo, frozen=True, kw_only=True):
    """A payment taken."""

    payment_type: Text | None = None
    payment_instrument_data: PaymentInstrumentData | None = None
    amounts_resp: AmountsResp | None = None
    online_flag: bool | None = None
    payment_acquirer_data: PaymentAcquirerData | None = None


class PaymentResponse(Nexo, frozen=True, kw_only=True):
    """The answer to a payment."""

    response: Response
    sale_data: SaleData | None = None
    poi_data: POIData | None = None
    payment_result: PaymentResult | None = None
    loyalty_result: list[LoyaltyResult] | None = None
    payment_receipt: list[PaymentReceipt] | None = None


class ReversalRequest(Nexo, frozen=True, kw_only=True):
    """Undo a transaction of ours as a whole."""

    original_poi_transaction: OriginalPOITransaction
    reversal_reason: Text
    sale_data: SaleData | None = None
    reversed_amount: Number | None = None


class ReversalResponse(Nexo, frozen=True, kw_only=True):
    """The answer to a reversal."""

    response: Response
    poi_data: POIData | None = None
    original_poi_transaction: OriginalPOITransaction | None = None
    reversed_amount: Number | None = None
    payment_receipt: list[PaymentReceipt] | None = None


class StoredValueData(Nexo, frozen=True, kw_only=True):
    """One act on an account of value."""

    stored_value_transaction_type: StoredValueType
    item_amount: Number | None = None
    currency: Text | None = None
    stored_value_provider: Text | None = None
    product_code: Text | None = None
    ean_upc: Text | None = None
    original_poi_transaction: OriginalPOITransaction | None = None
    stored_value_account_id: StoredValueAccountID | None = None


class StoredValueRequest(Nexo, frozen=True, kw_only=True):
    """Sell, load, or take back stored value; an array in the libraries, one object for some tills."""

    sale_data: SaleData
    stored_value_data: Annotated[list[StoredValueData], Meta(max_length=TILL_ACCOUNTS_MAX)] | StoredValueData
    customer_language: Text | None = None


class StoredValueAccountStatus(Nexo, frozen=True, kw_only=True):
    """What is on an account."""

    stored_value_account_id: StoredValueAccountID
    current_balance: Number | None = None


class StoredValueResult(Nexo, frozen=True, kw_only=True):
    """An act done."""

    stored_value_transaction_type: StoredValueType
    product_code: Text
    ean_upc: Text | None = None
    item_amount: Number
    currency: Text
    stored_value_account_status: StoredValueAccountStatus
    host_transaction_id: TransactionIdentification | None = None


class StoredValueResponse(Nexo, frozen=True, kw_only=True):
    """The answer about stored value."""

    response: Response
    sale_data: SaleData | None = None
    poi_data: POIData | None = None
    stored_value_result: list[StoredValueResult] | None = None
