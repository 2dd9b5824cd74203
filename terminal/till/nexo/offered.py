"""What this terminal offers: each category with its handler, its class, and its answer where it fails."""

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from terminal.till.nexo import card, card_reader, counter, day, devices, loyalty, service
from terminal.till.nexo.context import Handler
from terminal.till.nexo.value import payment, reversal, stored_value
from wire.nexo.admin import AdminResponse
from wire.nexo.base import Nexo, POIData, Response, SaleData
from wire.nexo.device import (
    CardReaderAPDUResponse,
    CardReaderInitResponse,
    DisplayResponse,
    InputResponse,
    PrintResponse,
)
from wire.nexo.loyalty import BalanceInquiryResponse, CardAcquisitionResponse, LoyaltyResponse
from wire.nexo.payment import PaymentResponse, ReversalResponse, StoredValueResponse
from wire.nexo.service import (
    DiagnosisResponse,
    LoginResponse,
    LogoutResponse,
    OnlyResponse,
    TransactionStatusResponse,
)
from wire.nexo.totals import GetTotalsResponse, ReconciliationResponse

MakeFailure = Callable[[Response, SaleData | None, POIData], Nexo]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A category. `is_stored`: answered once per transport key; `is_resumed`: finished after a crash."""

    handler: Handler
    make_failure: MakeFailure = lambda r, _s, _p: OnlyResponse(response=r)
    message_class: Literal["Service", "Device"] = "Service"
    is_stored: bool = False
    is_resumed: bool = False


OFFERS: Final = MappingProxyType(
    {
        "Login": Offer(handler=service.login, make_failure=lambda r, _s, _p: LoginResponse(response=r)),
        "Logout": Offer(handler=service.logout, make_failure=lambda r, _s, _p: LogoutResponse(response=r)),
        "Diagnosis": Offer(
            handler=service.diagnosis, make_failure=lambda r, _s, _p: DiagnosisResponse(response=r)
        ),
        "BalanceInquiry": Offer(
            handler=card.balance, make_failure=lambda r, _s, _p: BalanceInquiryResponse(response=r)
        ),
        "TransactionStatus": Offer(
            handler=service.transaction_status,
            make_failure=lambda r, _s, _p: TransactionStatusResponse(response=r),
        ),
        "GetTotals": Offer(
            handler=day.get_totals, make_failure=lambda r, _s, _p: GetTotalsResponse(response=r)
        ),
        "Reconciliation": Offer(
            handler=day.reconcile,
            make_failure=lambda r, _s, _p: ReconciliationResponse(response=r),
            is_stored=True,
        ),
        "CardAcquisition": Offer(
            handler=card.acquire,
            make_failure=lambda r, s, p: CardAcquisitionResponse(response=r, sale_data=s, poi_data=p),
            is_stored=True,
        ),
        "Loyalty": Offer(
            handler=loyalty.handle,
            make_failure=lambda r, s, p: LoyaltyResponse(response=r, sale_data=s, poi_data=p),
            is_stored=True,
            is_resumed=True,
        ),
        "Payment": Offer(
            handler=payment.handle,
            make_failure=lambda r, s, p: PaymentResponse(response=r, sale_data=s, poi_data=p),
            is_stored=True,
            is_resumed=True,
        ),
        "Reversal": Offer(
            handler=reversal.handle,
            make_failure=lambda r, _s, p: ReversalResponse(response=r, poi_data=p),
            is_stored=True,
            is_resumed=True,
        ),
        "StoredValue": Offer(
            handler=stored_value.handle,
            make_failure=lambda r, s, p: StoredValueResponse(response=r, sale_data=s, poi_data=p),
            is_stored=True,
            is_resumed=True,
        ),
        "EnableService": Offer(handler=devices.enable_service, is_stored=True),
        "Batch": Offer(handler=devices.no_such_service),
        "Admin": Offer(handler=counter.admin, make_failure=lambda r, _s, _p: AdminResponse(response=r)),
        "Display": Offer(
            handler=devices.display,
            make_failure=lambda r, _s, _p: DisplayResponse(response=r),
            message_class="Device",
            is_stored=True,
        ),
        "Input": Offer(
            handler=devices.ask_person,
            make_failure=lambda r, _s, _p: InputResponse(response=r),
            message_class="Device",
            is_stored=True,
        ),
        "Print": Offer(
            handler=devices.print_document,
            make_failure=lambda r, _s, _p: PrintResponse(response=r),
            message_class="Device",
            is_stored=True,
        ),
        "CardReaderInit": Offer(
            handler=card_reader.init,
            make_failure=lambda r, _s, _p: CardReaderInitResponse(response=r),
            message_class="Device",
            is_stored=True,
        ),
        "CardReaderAPDU": Offer(
            handler=card_reader.exchange,
            make_failure=lambda r, _s, _p: CardReaderAPDUResponse(response=r),
            message_class="Device",
            is_stored=True,
        ),
        "CardReaderPowerOff": Offer(handler=card_reader.power_off, message_class="Device", is_stored=True),
        "Sound": Offer(handler=devices.no_such_device, message_class="Device"),
        "PIN": Offer(handler=devices.no_such_device, message_class="Device"),
        "Transmit": Offer(handler=devices.no_such_device, message_class="Device"),
    }
)
"""Abort and InputUpdate have no answer and stand beside it."""

WITHOUT_ANSWER: Final = frozenset({"Abort", "InputUpdate"})
