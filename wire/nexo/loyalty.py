"""nexo: balances, card acquisition and loyalty transactions."""

from typing import Annotated, Literal

from msgspec import Meta

from loyalty.limits.texts import ID_CHARS_MAX
from loyalty.limits.tickets import BASKET_LINES_MAX
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
    Words,
)
from wire.nexo.instruments import EntryModes, IdentificationType, PaymentAccountReq, PaymentAccountStatus

LoyaltyHandling = Literal["Allowed", "Forbidden", "Processed", "Proposed", "Required"]
LoyaltyTransactionType = Literal[
    "Award", "AwardRefund", "Rebate", "RebateRefund", "Redemption", "RedemptionRefund"
]
LoyaltyUnit = Literal["Point", "Monetary"]


class LoyaltyAccountID(Nexo, frozen=True, kw_only=True):
    """A card as the till or we know it."""

    entry_mode: EntryModes
    identification_type: IdentificationType
    identification_support: Literal["HybridCard", "LinkedCard", "LoyaltyCard", "NoCard"] | None = None
    loyalty_id: Text | None = None


class LoyaltyAmount(Nexo, frozen=True, kw_only=True):
    """Points or money of a loyalty account."""

    loyalty_unit: LoyaltyUnit | None = None
    currency: Text | None = None
    value: Number | None = None


class LoyaltyData(Nexo, frozen=True, kw_only=True):
    """Whose card. A till's LoyaltyAmount never decides how many points are earned."""

    card_acquisition_reference: TransactionIdentification | None = None
    loyalty_account_id: LoyaltyAccountID | None = None
    loyalty_amount: LoyaltyAmount | None = None


class SaleItem(Nexo, frozen=True, kw_only=True):
    """A ticket line. `item_amount` is for the whole line, after the till's discounts."""

    item_id: Annotated[int, Meta(ge=0, le=1_000_000)]
    product_code: Annotated[str, Meta(max_length=ID_CHARS_MAX)]
    item_amount: Number
    ean_upc: Annotated[str, Meta(max_length=ID_CHARS_MAX)] | None = None
    unit_of_measure: Text | None = None
    quantity: Number | None = None
    unit_price: Number | None = None
    tax_code: Text | None = None
    sale_channel: Text | None = None
    product_label: Text | None = None
    additional_product_info: Text | None = None


class OriginalPOITransaction(Nexo, frozen=True, kw_only=True):
    """The earlier transaction of ours that is meant."""

    sale_id: Text | None = None
    poi_id: Text | None = None
    poi_transaction_id: TransactionIdentification | None = None
    reuse_card_data_flag: bool | None = None
    approval_code: Text | None = None
    customer_language: Text | None = None
    acquirer_id: Text | None = None
    host_transaction_id: TransactionIdentification | None = None


class TransactionConditions(Nexo, frozen=True, kw_only=True):
    """Wishes of the till."""

    allowed_loyalty_brand: Words | None = None
    allowed_payment_brand: Words | None = None
    force_entry_mode: Words | None = None
    loyalty_handling: LoyaltyHandling | None = None
    customer_language: Text | None = None
    force_online_flag: bool | None = None
    merchant_category_code: Text | None = None


class LoyaltyTransaction(Nexo, frozen=True, kw_only=True):
    """What happens with the points."""

    loyalty_transaction_type: LoyaltyTransactionType
    currency: Text | None = None
    total_amount: Number | None = None
    original_poi_transaction: OriginalPOITransaction | None = None
    sale_item: Annotated[list[SaleItem], Meta(max_length=BASKET_LINES_MAX)] | None = None
    transaction_conditions: TransactionConditions | None = None


class LoyaltyRequest(Nexo, frozen=True, kw_only=True):
    """LoyaltyData is an array in the libraries and one object in the JSON schema: both are taken."""

    sale_data: SaleData
    loyalty_transaction: LoyaltyTransaction
    loyalty_data: Annotated[list[LoyaltyData], Meta(max_length=TILL_ACCOUNTS_MAX)] | LoyaltyData | None = None

    @property
    def first_data(self) -> LoyaltyData | None:
        """The only or first LoyaltyData, if any."""
        if isinstance(self.loyalty_data, list):
            return self.loyalty_data[0] if self.loyalty_data else None
        return self.loyalty_data


class LoyaltyAccount(Nexo, frozen=True, kw_only=True):
    """A card and whose programme it belongs to."""

    loyalty_account_id: LoyaltyAccountID
    loyalty_brand: Text | None = None


class LoyaltyAcquirerData(Nexo, frozen=True, kw_only=True):
    """Central's side of the transaction."""

    loyalty_acquirer_id: Text | None = None
    approval_code: Text | None = None
    loyalty_transaction_id: TransactionIdentification | None = None
    host_reconciliation_id: Text | None = None


class SaleItemRebate(Nexo, frozen=True, kw_only=True):
    """A rebate on one line."""

    item_id: int
    product_code: Text
    ean_upc: Text | None = None
    quantity: Number | None = None
    unit_of_measure: Text | None = None
    item_amount: Number | None = None
    rebate_label: Text | None = None


class Rebates(Nexo, frozen=True, kw_only=True):
    """Rebates on a ticket."""

    total_rebate: Number | None = None
    rebate_label: Text | None = None
    sale_item_rebate: list[SaleItemRebate] | None = None


class LoyaltyResult(Nexo, frozen=True, kw_only=True):
    """What a member earned or lost, and the balance after it."""

    loyalty_account: LoyaltyAccount
    current_balance: Number | None = None
    loyalty_amount: LoyaltyAmount | None = None
    loyalty_acquirer_data: LoyaltyAcquirerData | None = None
    rebates: Rebates | None = None


class LoyaltyResponse(Nexo, frozen=True, kw_only=True):
    """`sale_data` is missing only when the request's could not be read."""

    response: Response
    sale_data: SaleData | None = None
    poi_data: POIData | None = None
    loyalty_result: list[LoyaltyResult] | None = None
    payment_receipt: list[PaymentReceipt] | None = None


class LoyaltyAccountReq(Nexo, frozen=True, kw_only=True):
    """Whose balance."""

    card_acquisition_reference: TransactionIdentification | None = None
    loyalty_account_id: LoyaltyAccountID | None = None


class BalanceInquiryRequest(Nexo, frozen=True, kw_only=True):
    """Without any account: the loyalty account of the card on the reader."""

    loyalty_account_req: LoyaltyAccountReq | None = None
    payment_account_req: PaymentAccountReq | None = None


class LoyaltyAccountStatus(Nexo, frozen=True, kw_only=True):
    """A balance."""

    loyalty_account: LoyaltyAccount
    current_balance: Number | None = None
    loyalty_unit: LoyaltyUnit | None = None
    currency: Text | None = None


class BalanceInquiryResponse(Nexo, frozen=True, kw_only=True):
    """A read: it cannot be asked for by TransactionStatus."""

    response: Response
    loyalty_account_status: LoyaltyAccountStatus | None = None
    payment_account_status: PaymentAccountStatus | None = None


class CardAcquisitionTransaction(Nexo, frozen=True, kw_only=True):
    """How much a card is wanted."""

    allowed_payment_brand: Words | None = None
    allowed_loyalty_brand: Words | None = None
    loyalty_handling: LoyaltyHandling | None = None
    customer_language: Text | None = None
    force_entry_mode: Words | None = None
    force_customer_selection_flag: bool | None = None
    total_amount: Number | None = None
    payment_type: Text | None = None
    cash_back_flag: bool | None = None


class CardAcquisitionRequest(Nexo, frozen=True, kw_only=True):
    """Ask for a card."""

    sale_data: SaleData
    card_acquisition_transaction: CardAcquisitionTransaction


class CardAcquisitionResponse(Nexo, frozen=True, kw_only=True):
    """Its POITransactionID is the CardAcquisitionReference of what follows."""

    response: Response
    sale_data: SaleData | None = None
    poi_data: POIData | None = None
    payment_brand: Words | None = None
    loyalty_account: list[LoyaltyAccount] | None = None
