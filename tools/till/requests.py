"""What a till says of rebates, points, payments and stored value: bodies of messages, as tills write them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal
from urllib.parse import urlencode

from loyalty.money import format_minor, scale_of
from tools.till.till import Item, SimulatedTill, account
from wire.nexo.admin import AdminRequest
from wire.nexo.base import SaleData, TransactionIdentification
from wire.nexo.instruments import PaymentInstrumentData, StoredValueAccountID
from wire.nexo.loyalty import (
    LoyaltyAmount,
    LoyaltyData,
    LoyaltyRequest,
    LoyaltyTransaction,
    LoyaltyTransactionType,
    OriginalPOITransaction,
)
from wire.nexo.payment import (
    AmountsReq,
    PaymentData,
    PaymentRequest,
    PaymentTransaction,
    ReversalRequest,
    StoredValueData,
    StoredValueRequest,
    StoredValueType,
)


def loyalty(
    till: SimulatedTill,
    kind: LoyaltyTransactionType,
    items: Sequence[Item] = (),
    *,
    ticket: SaleData,
    points: int | None = None,
    card: str | None = None,
    reference: TransactionIdentification | None = None,
    original: TransactionIdentification | None = None,
) -> LoyaltyRequest:
    """A Rebate, Redemption, Award or one of their refunds. `reference`: of a card acquired before."""
    amount = None if points is None else LoyaltyAmount(loyalty_unit="Point", value=Decimal(points))
    data = LoyaltyData(
        card_acquisition_reference=reference,
        loyalty_account_id=account(card) if card else None,
        loyalty_amount=amount,
    )
    return LoyaltyRequest(
        sale_data=ticket,
        loyalty_transaction=LoyaltyTransaction(
            loyalty_transaction_type=kind,
            currency=till.currency,
            sale_item=[till.sale_item(item) for item in items] or None,
            original_poi_transaction=_original(till, original),
        ),
        loyalty_data=[data],
    )


def payment(
    till: SimulatedTill,
    amount_minor: int,
    items: Sequence[Item] = (),
    *,
    ticket: SaleData,
    gift_card: str | None = None,
    instrument: Literal["Card", "Cash", "Check", "Mobile", "StoredValue"] = "StoredValue",
    may_split: bool = False,
) -> PaymentRequest:
    """A payment by gift card, or from the purse of the card that was tapped."""
    number = None if gift_card is None else gift_account(gift_card)
    return PaymentRequest(
        sale_data=ticket,
        payment_transaction=PaymentTransaction(
            amounts_req=AmountsReq(currency=till.currency, requested_amount=_decimal(till, amount_minor)),
            sale_item=[till.sale_item(item) for item in items] or None,
        ),
        payment_data=PaymentData(
            payment_type="Normal",
            split_payment_flag=may_split or None,
            payment_instrument_data=PaymentInstrumentData(
                payment_instrument_type=instrument, stored_value_account_id=number
            ),
        ),
    )


def reversal(
    till: SimulatedTill, original: TransactionIdentification, amount_minor: int | None = None
) -> ReversalRequest:
    """Undo a transaction of the terminal as a whole."""
    named = _original(till, original)
    assert named is not None
    return ReversalRequest(
        original_poi_transaction=named,
        reversal_reason="CustCancel",
        reversed_amount=None if amount_minor is None else _decimal(till, amount_minor),
    )


def stored_value(
    till: SimulatedTill,
    amount_minor: int,
    *,
    ticket: SaleData,
    gift_card: str | None = None,
    kind: StoredValueType = "Load",
) -> StoredValueRequest:
    """Sell a gift card, or top up the purse of the card that was tapped."""
    data = StoredValueData(
        stored_value_transaction_type=kind,
        item_amount=_decimal(till, amount_minor),
        currency=till.currency,
        product_code="value",
        stored_value_account_id=None if gift_card is None else gift_account(gift_card),
    )
    return StoredValueRequest(sale_data=ticket, stored_value_data=[data])


def gift_account(number: str) -> StoredValueAccountID:
    """A gift card as a till scans it."""
    return StoredValueAccountID(
        stored_value_account_type="GiftCard",
        identification_type="BarCode",
        entry_mode=["Scanned"],
        value=number,
    )


def _original(
    till: SimulatedTill, original: TransactionIdentification | None
) -> OriginalPOITransaction | None:
    if original is None:
        return None
    return OriginalPOITransaction(sale_id=till.sale_id, poi_id=till.poi_id, poi_transaction_id=original)


def _decimal(till: SimulatedTill, minor: int) -> Decimal:
    return Decimal(format_minor(minor, scale_of(till.currency)))


def admin(service: str, **pairs: str) -> AdminRequest:
    """A service of the counter, with what it is given."""
    return AdminRequest(service_identification=urlencode({"service": service} | pairs))
