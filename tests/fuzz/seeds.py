"""One valid message and more of every category that tills send, as a terminal under test answers it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final

import msgspec

from tests.central_fixture import CARD, SHAMPOO, SUN_CREAM
from tests.integration.central.clerks import CODE
from tests.integration.central.stored import new_id
from tools.till import Item, SimulatedTill, requests
from tools.till.till import account, now
from wire.nexo.base import (
    MessageHeader,
    MessageReference,
    Nexo,
    OutputBarcode,
    OutputContent,
    OutputText,
    SaleProfile,
    SaleTerminalData,
    TransactionIdentification,
)
from wire.nexo.device import (
    CardReaderAPDURequest,
    CardReaderInitRequest,
    CardReaderPowerOffRequest,
    DisplayOutput,
    DisplayRequest,
    EnableServiceRequest,
    InputData,
    InputRequest,
    InputUpdate,
    MenuEntry,
    PrintOutput,
    PrintRequest,
)
from wire.nexo.instruments import PaymentAccountReq, PaymentInstrumentData
from wire.nexo.json_codec import Message
from wire.nexo.loyalty import (
    BalanceInquiryRequest,
    CardAcquisitionRequest,
    CardAcquisitionTransaction,
    LoyaltyAccountReq,
    TransactionConditions,
)
from wire.nexo.service import (
    AbortRequest,
    DiagnosisRequest,
    EventNotification,
    LoginRequest,
    LogoutRequest,
    SaleSoftware,
    TransactionStatusRequest,
)
from wire.nexo.totals import GetTotalsRequest, ReconciliationRequest, TotalFilter

LINES: Final = (
    Item(line_no=1, code=SUN_CREAM, quantity=2, amount_minor=3980, label="Crème solaire"),
    Item(line_no=2, code=SHAMPOO, quantity=1, amount_minor=890, tax_code="2.6"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What stands at central before: a member's card with points and a purse, a gift card, a clerk's pass."""

    till: SimulatedTill
    awarded: TransactionIdentification
    awarded_under: str
    paid: TransactionIdentification
    gift_card: str
    clerk: str


def _display() -> DisplayOutput:
    words = OutputContent(
        output_format="Text",
        output_text=[
            OutputText(text="Utiliser 500 points ?", character_style="Bold"),
            OutputText(text="Ils valent CHF 10.00", alignment="Centred", end_of_line_flag=True),
        ],
    )
    return DisplayOutput(
        device="CustomerDisplay",
        info_qualify="Display",
        output_content=words,
        minimum_display_time=1,
        menu_entry=[MenuEntry(output_format="Text", output_text=[OutputText(text="Oui")])],
    )


def _print(content: OutputContent) -> PrintRequest:
    return PrintRequest(
        print_output=PrintOutput(
            document_qualifier="CustomerReceipt", response_mode="PrintEnd", output_content=content
        )
    )


def _award(known: Known) -> Nexo:
    body = known.till.award_request(LINES, card=CARD)
    conditions = TransactionConditions(
        allowed_loyalty_brand=["Officine"], loyalty_handling="Required", customer_language="fr"
    )
    sale_data = msgspec.structs.replace(
        body.sale_data,
        operator_language="fr",
        shift_number="1",
        sale_terminal_data=SaleTerminalData(sale_profile=SaleProfile(service_profiles=["Loyalty"])),
        customer_order_req=["Both"],
        sale_to_poi_data="a=b",
    )
    return msgspec.structs.replace(
        body,
        sale_data=sale_data,
        loyalty_transaction=msgspec.structs.replace(
            body.loyalty_transaction, transaction_conditions=conditions
        ),
    )


def _payment(known: Known, gift_card: str | None) -> Nexo:
    till = known.till
    return requests.payment(till, 500, LINES, ticket=till.new_ticket(), gift_card=gift_card, may_split=True)


def _login(known: Known) -> Nexo:
    return LoginRequest(
        date_time=now(),
        operator_language="fr",
        operator_id=known.till.operator,
        sale_software=SaleSoftware(application_name="Till", software_version="1", certification_code="0"),
        sale_terminal_data=SaleTerminalData(
            terminal_environment="Attended",
            sale_capabilities=["CashierDisplay"],
            sale_profile=SaleProfile(generic_profile="Basic", service_profiles=["Loyalty"]),
        ),
        training_mode_flag=False,
    )


def _balance(known: Known) -> Nexo:
    return BalanceInquiryRequest(loyalty_account_req=LoyaltyAccountReq(loyalty_account_id=account(CARD)))


def _gift_balance(known: Known) -> Nexo:
    instrument = PaymentInstrumentData(
        payment_instrument_type="StoredValue",
        stored_value_account_id=requests.gift_account(known.gift_card),
    )
    return BalanceInquiryRequest(
        payment_account_req=PaymentAccountReq(account_type="GiftCard", payment_instrument_data=instrument)
    )


def _acquire(known: Known) -> Nexo:
    return CardAcquisitionRequest(
        sale_data=known.till.new_ticket(),
        card_acquisition_transaction=CardAcquisitionTransaction(
            loyalty_handling="Required",
            force_entry_mode=["RFID"],
            total_amount=Decimal("48.70"),
            customer_language="fr",
        ),
    )


def _input(known: Known) -> Nexo:
    data = InputData(
        device="CustomerInput",
        info_qualify="Input",
        input_command="GetConfirmation",
        max_input_time=20,
        min_length=1,
        max_length=10,
    )
    return InputRequest(display_output=_display(), input_data=data)


def _apdu(known: Known) -> Nexo:
    return CardReaderAPDURequest(
        apdu_class="00",
        apdu_instruction="A4",
        apdu_par1="04",
        apdu_par2="00",
        apdu_data="D2760000850101",
        apdu_expected_length="00",
    )


def _reference(known: Known) -> MessageReference:
    return MessageReference(
        message_category="Loyalty",
        service_id=known.awarded_under,
        sale_id=known.till.sale_id,
        poi_id=known.till.poi_id,
    )


def _loyalty(known: Known, kind: str, **more: object) -> Nexo:
    till = known.till
    return requests.loyalty(till, kind, LINES, ticket=till.new_ticket(), card=CARD, **more)  # type: ignore[arg-type]


QR: Final = OutputContent(
    output_format="BarCode", output_barcode=OutputBarcode(barcode_type="QRCode", barcode_value="LOY1.1")
)

SEEDS: Final[Mapping[str, Callable[[Known], Nexo]]] = MappingProxyType(
    {
        "Login": _login,
        "Logout": lambda _: LogoutRequest(maintenance_allowed=True),
        "Diagnosis": lambda _: DiagnosisRequest(host_diagnosis_flag=True, acquirer_id=["central"]),
        "BalanceInquiry": _balance,
        "BalanceInquiry, gift card": _gift_balance,
        "CardAcquisition": _acquire,
        "Loyalty, Award": _award,
        "Loyalty, Rebate": lambda known: _loyalty(known, "Rebate"),
        "Loyalty, Redemption": lambda known: _loyalty(known, "Redemption", points=500),
        "Loyalty, AwardRefund": lambda known: known.till.refund_request(known.awarded, LINES, card=CARD),
        "Loyalty, RebateRefund": lambda known: _loyalty(known, "RebateRefund", original=known.awarded),
        "Payment, gift card": lambda known: _payment(known, known.gift_card),
        "Payment, purse": lambda known: _payment(known, None),
        "Reversal": lambda known: requests.reversal(known.till, known.paid, 500),
        "StoredValue, gift card": lambda known: requests.stored_value(
            known.till, 1000, ticket=known.till.new_ticket(), gift_card=known.gift_card
        ),
        "StoredValue, purse": lambda known: requests.stored_value(
            known.till, 1000, ticket=known.till.new_ticket()
        ),
        "TransactionStatus": lambda known: TransactionStatusRequest(
            message_reference=_reference(known), receipt_reprint_flag=False
        ),
        "GetTotals": lambda known: GetTotalsRequest(
            total_details=["OperatorID", "SaleID"], total_filter=TotalFilter(sale_id=known.till.sale_id)
        ),
        "Reconciliation": lambda _: ReconciliationRequest(
            reconciliation_type="SaleReconciliation", acquirer_id=["central"]
        ),
        "EnableService": lambda _: EnableServiceRequest(
            transaction_action="StartTransaction",
            services_enabled=["CardAcquisition"],
            display_output=_display(),
        ),
        "Display": lambda _: DisplayRequest(display_output=[_display()]),
        "Input": _input,
        "InputUpdate": lambda known: InputUpdate(message_reference=_reference(known), output_content=QR),
        "Print": lambda _: _print(_display().output_content),
        "Print, code": lambda _: _print(QR),
        "CardReaderInit": lambda _: CardReaderInitRequest(
            warm_reset_flag=False, max_waiting_time=1, force_entry_mode=["ICC"]
        ),
        "CardReaderAPDU": _apdu,
        "CardReaderPowerOff": lambda _: CardReaderPowerOffRequest(max_waiting_time=1),
        "Abort": lambda known: AbortRequest(
            abort_reason="MerchantAbort",
            message_reference=_reference(known),
            display_output=_display(),
        ),
        "Admin, find": lambda known: requests.admin("find", id=new_id(), clerk=known.clerk, name="Rochat"),
        "Admin, sign-in": lambda _: requests.admin("sign-in", staff="s-7", code=CODE),
        "Admin, park": lambda known: requests.admin(
            "park",
            id=new_id(),
            clerk=known.clerk,
            label="1",
            currency="CHF",
            lines=f"{SUN_CREAM}*2=39.80",
            card=CARD,
        ),
        "Admin, incident": lambda known: requests.admin(
            "incident", id=new_id(), clerk=known.clerk, kind="other", card=CARD, text="x"
        ),
        "Event": lambda _: EventNotification(
            time_stamp=now(), event_to_notify="SaleWakeUp", event_details="x", maintenance_required_flag=False
        ),
        "Batch": lambda _: LogoutRequest(),
        "Sound": lambda _: LogoutRequest(),
        "PIN": lambda _: LogoutRequest(),
        "Transmit": lambda _: LogoutRequest(),
    }
)
"""By category, and what is told apart in it."""
DEVICES: Final = frozenset({"Display", "Input", "InputUpdate", "Print", "Sound", "PIN", "Transmit"})


def message_of(known: Known, name: str) -> Message:
    """A valid message under a ServiceID of its own."""
    body = SEEDS[name](known)
    category = name.partition(",")[0]
    if category == "Event":
        known.till.new_service_id()
        header = MessageHeader(
            protocol_version="3.0",
            message_class="Event",
            message_category="Event",
            message_type="Notification",
            device_id="1",
            sale_id=known.till.sale_id,
            poi_id=known.till.poi_id,
        )
        return Message(header=header, body=body)
    made = known.till.message(body)
    is_device = category in DEVICES or category.startswith("CardReader")
    header = msgspec.structs.replace(
        made.header,
        message_category=category,
        message_class="Device" if is_device else "Service",
    )
    return Message(header=header, body=made.body)
