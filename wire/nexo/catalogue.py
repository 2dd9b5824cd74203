"""Which body stands under which name: the one table that codecs and handlers share."""

from types import MappingProxyType
from typing import Final

from wire.nexo.base import Nexo
from wire.nexo.loyalty import (
    BalanceInquiryRequest,
    BalanceInquiryResponse,
    CardAcquisitionRequest,
    CardAcquisitionResponse,
    LoyaltyRequest,
    LoyaltyResponse,
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

BODIES: Final = MappingProxyType(
    {
        body.__name__: body
        for body in (
            AbortRequest,
            BalanceInquiryRequest,
            BalanceInquiryResponse,
            CardAcquisitionRequest,
            CardAcquisitionResponse,
            DiagnosisRequest,
            DiagnosisResponse,
            EventNotification,
            LoginRequest,
            LoginResponse,
            LogoutRequest,
            LogoutResponse,
            LoyaltyRequest,
            LoyaltyResponse,
            TransactionStatusRequest,
            TransactionStatusResponse,
        )
    }
)
"""Bodies we read and write, by the name they have in every dress of nexo."""


def body_name(category: str, message_type: str) -> str:
    """The body's name of a header: `Loyalty`, `Request` -> `LoyaltyRequest`; events are notifications."""
    return "EventNotification" if category == "Event" else f"{category}{message_type}"


def body_type(category: str, message_type: str) -> type[Nexo] | None:
    """The struct of a body; None for what we do not read yet."""
    return BODIES.get(body_name(category, message_type))
