"""Which body stands under which name: the one table that codecs and handlers share."""

from types import MappingProxyType
from typing import Final

from wire.nexo.admin import AdminRequest, AdminResponse
from wire.nexo.base import Nexo
from wire.nexo.device import (
    CardReaderAPDURequest,
    CardReaderAPDUResponse,
    CardReaderInitRequest,
    CardReaderInitResponse,
    CardReaderPowerOffRequest,
    CardReaderPowerOffResponse,
    DisplayRequest,
    DisplayResponse,
    EnableServiceRequest,
    InputRequest,
    InputResponse,
    InputUpdate,
    PrintRequest,
    PrintResponse,
)
from wire.nexo.loyalty import (
    BalanceInquiryRequest,
    BalanceInquiryResponse,
    CardAcquisitionRequest,
    CardAcquisitionResponse,
    LoyaltyRequest,
    LoyaltyResponse,
)
from wire.nexo.payment import (
    PaymentRequest,
    PaymentResponse,
    ReversalRequest,
    ReversalResponse,
    StoredValueRequest,
    StoredValueResponse,
)
from wire.nexo.service import (
    AbortRequest,
    DiagnosisRequest,
    DiagnosisResponse,
    EventNotification,
    LoginRequest,
    LoginResponse,
    LogoutRequest,
    LogoutResponse,
    TransactionStatusRequest,
    TransactionStatusResponse,
)
from wire.nexo.totals import (
    GetTotalsRequest,
    GetTotalsResponse,
    ReconciliationRequest,
    ReconciliationResponse,
)

BODIES: Final = MappingProxyType(
    {
        body.__name__: body
        for body in (
            AbortRequest,
            AdminRequest,
            AdminResponse,
            BalanceInquiryRequest,
            BalanceInquiryResponse,
            CardAcquisitionRequest,
            CardAcquisitionResponse,
            CardReaderAPDURequest,
            CardReaderAPDUResponse,
            CardReaderInitRequest,
            CardReaderInitResponse,
            CardReaderPowerOffRequest,
            CardReaderPowerOffResponse,
            DiagnosisRequest,
            DiagnosisResponse,
            DisplayRequest,
            DisplayResponse,
            EnableServiceRequest,
            EventNotification,
            GetTotalsRequest,
            GetTotalsResponse,
            InputRequest,
            InputResponse,
            InputUpdate,
            LoginRequest,
            LoginResponse,
            LogoutRequest,
            LogoutResponse,
            LoyaltyRequest,
            LoyaltyResponse,
            PaymentRequest,
            PaymentResponse,
            PrintRequest,
            PrintResponse,
            ReconciliationRequest,
            ReconciliationResponse,
            ReversalRequest,
            ReversalResponse,
            StoredValueRequest,
            StoredValueResponse,
            TransactionStatusRequest,
            TransactionStatusResponse,
        )
    }
)
"""Bodies we read and write, by the name they have in every dress of nexo."""


def body_name(category: str, message_type: str) -> str:
    """The body's name of a header: `Loyalty`, `Request` -> `LoyaltyRequest`; events are notifications."""
    if category in ("Event", "InputUpdate"):
        return "EventNotification" if category == "Event" else category
    return f"{category}{message_type}"


def body_type(category: str, message_type: str) -> type[Nexo] | None:
    """The struct of a body; None for what we do not read yet."""
    return BODIES.get(body_name(category, message_type))
