"""The base of all nexo types, the names of their members, and the header."""

from decimal import Decimal
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from loyalty.limits.texts import ID_CHARS_MAX
from loyalty.limits.tills import PRINT_LINES_MAX, TILL_WORDS_MAX

_SPELLED: Final = {
    "id": "ID",
    "poi": "POI",
    "ok": "OK",
    "pedok": "PEDOK",
    "okflag": "OKFlag",
    "xhtml": "XHTML",
    "pan": "PAN",
    "apdu": "APDU",
    "atr": "ATR",
    "icc": "ICC",
}


def member_name(name: str) -> str:
    """Nexo's spelling of a member: `original_poi_transaction` -> `OriginalPOITransaction`."""
    return "".join(_SPELLED.get(word, word.capitalize()) for word in name.split("_"))


class Nexo(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename=member_name):
    """Base of all types. Unknown members are ignored: tills send more than we read."""


Text = Annotated[str, Meta(max_length=1024)]
Words = Annotated[list[Text], Meta(max_length=TILL_WORDS_MAX)]
Number = Decimal
"""Amounts and quantities: decimals as written, never a float."""

MessageClass = Literal["Device", "Event", "Service"]
MessageType = Literal["Request", "Response", "Notification"]
Result = Literal["Success", "Failure", "Partial"]
ErrorCondition = Literal[
    "Aborted",
    "Busy",
    "Cancel",
    "DeviceOut",
    "InProgress",
    "InsertedCard",
    "InvalidCard",
    "LoggedOut",
    "MessageFormat",
    "NotAllowed",
    "NotFound",
    "PaymentRestriction",
    "Refusal",
    "UnavailableDevice",
    "UnavailableService",
    "UnreachableHost",
    "WrongPIN",
]

SERVICE_CATEGORIES: Final = frozenset(
    {
        "Abort",
        "Admin",
        "BalanceInquiry",
        "Batch",
        "CardAcquisition",
        "Diagnosis",
        "EnableService",
        "GetTotals",
        "Login",
        "Logout",
        "Loyalty",
        "Payment",
        "Reconciliation",
        "Reversal",
        "StoredValue",
        "TransactionStatus",
    }
)
"""Categories that are answered by `<Category>Response{Response}` even where the service is not offered."""


class MessageHeader(Nexo, frozen=True, kw_only=True):
    """Who asks whom for what. A response echoes it; only MessageType changes."""

    protocol_version: Annotated[str, Meta(max_length=10)] | None = None
    message_class: MessageClass
    message_category: Annotated[str, Meta(min_length=1, max_length=32)]
    message_type: MessageType
    service_id: Annotated[str, Meta(min_length=1, max_length=10)] | None = None
    sale_id: Annotated[str, Meta(min_length=1, max_length=ID_CHARS_MAX)] | None = None
    poi_id: Annotated[str, Meta(min_length=1, max_length=ID_CHARS_MAX)]
    device_id: Annotated[str, Meta(min_length=1, max_length=10)] | None = None


class TransactionIdentification(Nexo, frozen=True, kw_only=True):
    """An id and the ISO 8601 moment it was made: unique together."""

    transaction_id: Annotated[str, Meta(min_length=1, max_length=ID_CHARS_MAX)]
    time_stamp: Annotated[str, Meta(min_length=1, max_length=40)]


class Response(Nexo, frozen=True, kw_only=True):
    """How it went. `additional_response` is `k=v&k=v`, percent-encoded."""

    result: Result
    error_condition: ErrorCondition | None = None
    additional_response: str | None = None


class SaleProfile(Nexo, frozen=True, kw_only=True):
    """What the till can do."""

    generic_profile: Text | None = None
    service_profiles: Words | Text | None = None


class SaleTerminalData(Nexo, frozen=True, kw_only=True):
    """The till."""

    terminal_environment: Text | None = None
    sale_capabilities: Words | Text | None = None
    sale_profile: SaleProfile | None = None
    totals_group_id: Text | None = None


class SaleData(Nexo, frozen=True, kw_only=True):
    """The till's side of a transaction; `sale_transaction_id` is the ticket."""

    sale_transaction_id: TransactionIdentification
    operator_id: Text | None = None
    operator_language: Text | None = None
    shift_number: Text | None = None
    sale_reference_id: Text | None = None
    sale_terminal_data: SaleTerminalData | None = None
    token_requested_type: Text | None = None
    customer_order_id: Text | None = None
    customer_order_req: Words | None = None
    sale_to_poi_data: str | None = None


class POIData(Nexo, frozen=True, kw_only=True):
    """Our side of a transaction."""

    poi_transaction_id: TransactionIdentification
    poi_reconciliation_id: Text | None = None


class OutputText(Nexo, frozen=True, kw_only=True):
    """A line to print or show."""

    text: Text | None = None
    character_style: Text | None = None
    alignment: Text | None = None
    end_of_line_flag: bool | None = None


class OutputBarcode(Nexo, frozen=True, kw_only=True):
    """A code to print; the till draws it."""

    barcode_type: Literal["Code128", "Code25", "EAN13", "EAN8", "PDF417", "QRCode", "UPCA"]
    barcode_value: Text


class OutputContent(Nexo, frozen=True, kw_only=True):
    """What to print or show."""

    output_format: Literal["BarCode", "MessageRef", "Text", "XHTML"]
    output_text: Annotated[list[OutputText], Meta(max_length=PRINT_LINES_MAX)] | None = None
    output_barcode: OutputBarcode | None = None


class PaymentReceipt(Nexo, frozen=True, kw_only=True):
    """A receipt for the till to print."""

    document_qualifier: Text
    integrated_print_flag: bool | None = None
    required_signature_flag: bool | None = None
    output_content: OutputContent


class MessageReference(Nexo, frozen=True, kw_only=True):
    """Which earlier message is meant; what is left out is the header's own."""

    message_category: Text | None = None
    service_id: Text | None = None
    device_id: Text | None = None
    sale_id: Text | None = None
    poi_id: Text | None = None
