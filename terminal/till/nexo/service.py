"""Login, Logout, Diagnosis and TransactionStatus."""

from importlib.metadata import version
from typing import Final

from loyalty.limits.tills import TILL_LOGINS_MAX
from terminal.clock import iso
from terminal.till.nexo.context import Ask, NexoFailure, Till, additional, failure, success
from terminal.till_store import Key
from wire.nexo import json_codec
from wire.nexo.base import MessageReference, Nexo
from wire.nexo.device import CardReaderAPDUResponse
from wire.nexo.loyalty import CardAcquisitionResponse, LoyaltyResponse
from wire.nexo.payment import PaymentResponse, ReversalResponse, StoredValueResponse
from wire.nexo.service import (
    DiagnosisResponse,
    HostStatus,
    LoginRequest,
    LoginResponse,
    LogoutResponse,
    POIProfile,
    POISoftware,
    POIStatus,
    POISystemData,
    POITerminalData,
    RepeatedMessageResponse,
    RepeatedResponseMessageBody,
    TransactionStatusRequest,
    TransactionStatusResponse,
)

SOFTWARE: Final = POISoftware(
    manufacturer_id="Officine",
    application_name="officine-terminal",
    software_version=version("officine"),
    certification_code="0",
)


async def login(till: Till, ask: Ask) -> Nexo:
    """A till begins. Logging in is good manners, not a condition: every message names its till."""
    request = ask.body
    assert isinstance(request, LoginRequest)
    if ask.sale_id not in till.logged_in:
        if len(till.logged_in) >= TILL_LOGINS_MAX:
            till.languages.pop(till.logged_in[0], None)
            del till.logged_in[0]
        till.logged_in.append(ask.sale_id)
    till.languages[ask.sale_id] = request.operator_language[:2].lower()
    return LoginResponse(
        response=success(),
        poi_system_data=POISystemData(
            date_time=iso(till.clock()),
            poi_software=SOFTWARE,
            poi_terminal_data=POITerminalData(
                terminal_environment="Attended",
                poi_capabilities=["CustomerDisplay", "CustomerInput", "ICC"],
                poi_profile=POIProfile(generic_profile="Basic", service_profiles=["Loyalty", "StoredValue"]),
                poi_serial_number=till.settings.poi_id.rpartition("-")[2],
            ),
            poi_status=_status(till),
        ),
    )


async def logout(till: Till, ask: Ask) -> Nexo:
    """A till ends its day."""
    if ask.sale_id in till.logged_in:
        till.logged_in.remove(ask.sale_id)
        till.languages.pop(ask.sale_id, None)
    return LogoutResponse(response=success())


async def diagnosis(till: Till, _: Ask) -> Nexo:
    """Reader, central, and how much waits in the outbox."""
    await till.sender.recount()
    offset_ms = till.link.clock_offset_ms
    pairs = {
        "central": till.link.state,
        "outbox": str(till.sender.depth),
        "refused": str(till.sender.refused),
    }
    told = till.offline.state()
    pairs |= {
        "bundle": str(told.bundle_number),
        "bundleAsOf": iso(told.bundle_ms) if told.bundle_ms else "never",
        "bundleUsable": "true" if told.is_bundle_usable else "false",
        "hotListAsOf": iso(told.hot_list_ms) if told.hot_list_ms else "never",
        "hotCards": str(told.hot_cards),
        "mayRedeemOffline": "true" if told.may_redeem else "false",
    }
    if till.offline.trouble:
        pairs["offlineTrouble"] = till.offline.trouble
    if till.sender.parked_code:
        pairs["parked"] = till.sender.parked_code
    if offset_ms is not None:
        pairs["clockOffsetMs"] = str(offset_ms)
    if till.link.trouble:
        pairs["message"] = till.link.trouble
    return DiagnosisResponse(
        response=success(additional(pairs)),
        logged_sale_id=list(till.logged_in) or None,
        poi_status=_status(till),
        host_status=[HostStatus(acquirer_id="central", is_reachable_flag=till.link.state == "up")],
    )


async def transaction_status(till: Till, ask: Ask) -> Nexo:
    """What became of an earlier message: the stored answer, InProgress, or NotFound."""
    request = ask.body
    assert isinstance(request, TransactionStatusRequest)
    named = request.message_reference
    stored = await (till.store.find_last(ask.sale_id) if named is None else till.store.find(_key(ask, named)))
    if stored is None:
        problem = NexoFailure("NotFound", "This message never arrived here.", reason_code="never_arrived")
        return TransactionStatusResponse(response=failure(problem), message_reference=named)
    reference = named or MessageReference(
        message_category=stored.key.category,
        service_id=stored.key.service_id,
        sale_id=stored.key.sale_id,
        poi_id=till.settings.poi_id,
    )
    if stored.answer is None and not till.is_running(stored.key):
        interrupted = NexoFailure(
            "NotFound",
            "This message was interrupted before its answer. Send it again, unchanged.",
            reason_code="interrupted",
        )
        return TransactionStatusResponse(response=failure(interrupted), message_reference=reference)
    if stored.answer is None:
        running = NexoFailure("InProgress", "The message is being worked on.", reason_code="in_progress")
        return TransactionStatusResponse(response=failure(running), message_reference=reference)
    message = json_codec.decode(stored.answer)
    body = message.body
    return TransactionStatusResponse(
        response=success(),
        message_reference=reference,
        repeated_message_response=RepeatedMessageResponse(
            message_header=message.header,
            repeated_response_message_body=RepeatedResponseMessageBody(
                loyalty_response=body if isinstance(body, LoyaltyResponse) else None,
                card_acquisition_response=body if isinstance(body, CardAcquisitionResponse) else None,
                card_reader_apdu_response=body if isinstance(body, CardReaderAPDUResponse) else None,
                payment_response=body if isinstance(body, PaymentResponse) else None,
                reversal_response=body if isinstance(body, ReversalResponse) else None,
                stored_value_response=body if isinstance(body, StoredValueResponse) else None,
            ),
        ),
    )


def _key(ask: Ask, named: MessageReference) -> Key:
    """The message that is meant. A till asks about its own messages only."""
    if named.sale_id not in (None, ask.sale_id):
        raise NexoFailure(
            "NotAllowed", "A till may ask about its own messages only.", reason_code="not_your_message"
        )
    return Key(ask.sale_id, named.service_id or "", named.message_category or "Loyalty")


def _status(till: Till) -> POIStatus:
    reader = till.desk.reader
    return POIStatus(
        global_status="Busy" if till.acquisition else "OK",
        communication_ok_flag=till.link.state == "up",
        card_reader_ok_flag=reader is not None and reader.state == "ready",
    )
