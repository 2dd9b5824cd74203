"""nexo: log in and out, diagnosis, status of a transaction, abort, events."""

from typing import Literal

from wire.nexo.base import MessageHeader, MessageReference, Nexo, Response, SaleTerminalData, Text, Words
from wire.nexo.device import CardReaderAPDUResponse, DisplayOutput
from wire.nexo.loyalty import CardAcquisitionResponse, LoyaltyResponse
from wire.nexo.payment import PaymentResponse, ReversalResponse, StoredValueResponse


class SaleSoftware(Nexo, frozen=True, kw_only=True):
    """The till's software."""

    application_name: Text
    software_version: Text
    certification_code: Text
    manufacturer_id: Text | None = None


class LoginRequest(Nexo, frozen=True, kw_only=True):
    """A till begins its day."""

    date_time: Text
    operator_language: Text
    sale_software: SaleSoftware
    operator_id: Text | None = None
    shift_number: Text | None = None
    sale_terminal_data: SaleTerminalData | None = None
    poi_serial_number: Text | None = None
    training_mode_flag: bool | None = None
    token_requested_type: Text | None = None
    customer_order_req: Words | None = None


class POISoftware(Nexo, frozen=True, kw_only=True):
    """Our software."""

    manufacturer_id: Text
    application_name: Text
    software_version: Text
    certification_code: Text


class POIProfile(Nexo, frozen=True, kw_only=True):
    """What we can do."""

    generic_profile: Text | None = None
    service_profiles: Words | None = None


class POITerminalData(Nexo, frozen=True, kw_only=True):
    """The terminal."""

    terminal_environment: Text
    poi_capabilities: Words
    poi_profile: POIProfile | None = None
    poi_serial_number: Text


class POIStatus(Nexo, frozen=True, kw_only=True):
    """The terminal's health. Devices it does not have are left out."""

    global_status: Literal["OK", "Busy", "Maintenance", "Unreachable"]
    communication_ok_flag: bool | None = None
    card_reader_ok_flag: bool | None = None
    printer_status: Text | None = None


class POISystemData(Nexo, frozen=True, kw_only=True):
    """Who answers a login."""

    date_time: Text
    poi_software: POISoftware
    poi_terminal_data: POITerminalData | None = None
    poi_status: POIStatus | None = None


class LoginResponse(Nexo, frozen=True, kw_only=True):
    """The answer to a login."""

    response: Response
    poi_system_data: POISystemData | None = None


class LogoutRequest(Nexo, frozen=True, kw_only=True):
    """A till ends its day."""

    maintenance_allowed: bool | None = None


class LogoutResponse(Nexo, frozen=True, kw_only=True):
    """The answer to a logout."""

    response: Response


class DiagnosisRequest(Nexo, frozen=True, kw_only=True):
    """How are you?"""

    poi_id: Text | None = None
    host_diagnosis_flag: bool | None = None
    acquirer_id: Words | None = None


class HostStatus(Nexo, frozen=True, kw_only=True):
    """Whether central can be reached."""

    acquirer_id: Text
    is_reachable_flag: bool | None = None


class DiagnosisResponse(Nexo, frozen=True, kw_only=True):
    """The terminal's health and central's reach."""

    response: Response
    logged_sale_id: Words | None = None
    poi_status: POIStatus | None = None
    host_status: list[HostStatus] | None = None


class TransactionStatusRequest(Nexo, frozen=True, kw_only=True):
    """What became of a message? Without a reference: the till's last one."""

    message_reference: MessageReference | None = None
    receipt_reprint_flag: bool | None = None
    document_qualifier: Words | None = None


class RepeatedResponseMessageBody(Nexo, frozen=True, kw_only=True):
    """The stored answer."""

    card_acquisition_response: CardAcquisitionResponse | None = None
    card_reader_apdu_response: CardReaderAPDUResponse | None = None
    loyalty_response: LoyaltyResponse | None = None
    payment_response: PaymentResponse | None = None
    reversal_response: ReversalResponse | None = None
    stored_value_response: StoredValueResponse | None = None


class RepeatedMessageResponse(Nexo, frozen=True, kw_only=True):
    """The stored answer with its header."""

    message_header: MessageHeader
    repeated_response_message_body: RepeatedResponseMessageBody


class TransactionStatusResponse(Nexo, frozen=True, kw_only=True):
    """Success with the answer, Failure InProgress while it runs, Failure NotFound when it never came."""

    response: Response
    message_reference: MessageReference | None = None
    repeated_message_response: RepeatedMessageResponse | None = None


class AbortRequest(Nexo, frozen=True, kw_only=True):
    """Stop waiting; never answered with a body."""

    abort_reason: Text
    message_reference: MessageReference
    display_output: DisplayOutput | None = None


class EventNotification(Nexo, frozen=True, kw_only=True):
    """Something happened. `rejected_message` is base64, with Reject."""

    time_stamp: Text
    event_to_notify: Text
    event_details: str | None = None
    rejected_message: str | None = None
    maintenance_required_flag: bool | None = None
    customer_language: Text | None = None


class OnlyResponse(Nexo, frozen=True, kw_only=True):
    """The answer to a service this terminal does not offer: nothing but how it went."""

    response: Response
