"""nexo: how a card is read, and what pays."""

from typing import Annotated, Literal

from msgspec import Meta

from loyalty.limits.tills import TILL_WORDS_MAX
from wire.nexo.base import Nexo, Number, Text, TransactionIdentification

EntryMode = Literal[
    "Contactless",
    "File",
    "ICC",
    "Keyed",
    "MagStripe",
    "Manual",
    "Mobile",
    "RFID",
    "Scanned",
    "SynchronousICC",
    "Tapped",
]
EntryModes = Annotated[list[EntryMode], Meta(max_length=TILL_WORDS_MAX)]
IdentificationType = Literal["AccountNumber", "BarCode", "ISOTrack2", "PAN", "PhoneNumber"]
InstrumentType = Literal["Card", "Cash", "Check", "Mobile", "StoredValue"]


class StoredValueAccountID(Nexo, frozen=True, kw_only=True):
    """A gift card or another account of value. `value`: its number."""

    stored_value_account_type: Literal["GiftCard", "PhoneCard", "Other"]
    identification_type: IdentificationType
    entry_mode: EntryModes
    stored_value_provider: Text | None = None
    owner_name: Text | None = None
    expiry_date: Text | None = None
    value: Text | None = None


class PaymentToken(Nexo, frozen=True, kw_only=True):
    """A stand-in for a number; tills whose model knows no StoredValueAccountID put a gift card's here."""

    token_requested_type: Text
    token_value: Text


class CardData(Nexo, frozen=True, kw_only=True):
    """What we read of a card: never a payment card's number."""

    entry_mode: EntryModes | None = None
    payment_brand: Text | None = None
    payment_token: PaymentToken | None = None


class PaymentInstrumentData(Nexo, frozen=True, kw_only=True):
    """What pays."""

    payment_instrument_type: InstrumentType
    card_data: CardData | None = None
    stored_value_account_id: StoredValueAccountID | None = None


class PaymentAccountReq(Nexo, frozen=True, kw_only=True):
    """Whose purse, or which gift card."""

    account_type: Text | None = None
    card_acquisition_reference: TransactionIdentification | None = None
    payment_instrument_data: PaymentInstrumentData | None = None


class PaymentAcquirerData(Nexo, frozen=True, kw_only=True):
    """Central's side of a payment."""

    acquirer_id: Text | None = None
    merchant_id: Text
    acquirer_poi_id: Text
    acquirer_transaction_id: TransactionIdentification | None = None
    approval_code: Text | None = None


class PaymentAccountStatus(Nexo, frozen=True, kw_only=True):
    """What can be paid with."""

    payment_instrument_data: PaymentInstrumentData | None = None
    current_balance: Number | None = None
    currency: Text | None = None
    payment_acquirer_data: PaymentAcquirerData | None = None
