"""What tills use through the terminal: printer, screen, keys, card; sales given up; a day's totals."""

import asyncio
import json
from decimal import Decimal
from pathlib import Path

import pytest

from terminal.printer.simulated import SimulatedPrinter
from tests.central_fixture import CARD
from tests.helpers import eventually
from tests.integration.central.stored import sold_card, trust
from tests.terminal_fixture import CREAM, Shop, a_terminal
from tools.till import read_additional, requests
from wire.nexo import json_codec
from wire.nexo.base import Nexo, OutputBarcode, OutputContent, OutputText, Response, TransactionIdentification
from wire.nexo.device import (
    CardReaderAPDURequest,
    CardReaderAPDUResponse,
    DisplayOutput,
    DisplayRequest,
    DisplayResponse,
    EnableServiceRequest,
    InputData,
    InputRequest,
    InputResponse,
    PrintOutput,
    PrintRequest,
    PrintResponse,
)
from wire.nexo.loyalty import CardAcquisitionResponse, LoyaltyResponse
from wire.nexo.payment import PaymentResponse
from wire.nexo.service import TransactionStatusResponse
from wire.nexo.totals import (
    GetTotalsRequest,
    GetTotalsResponse,
    ReconciliationRequest,
    ReconciliationResponse,
    TotalFilter,
)


def code_of(response: Response) -> tuple[str, str]:
    told = read_additional(response.additional_response)
    return response.error_condition or response.result, told.get("code", "")


def text(*lines: str) -> OutputContent:
    return OutputContent(output_format="Text", output_text=[OutputText(text=line) for line in lines])


def document(content: OutputContent) -> PrintRequest:
    output = PrintOutput(
        document_qualifier="CustomerReceipt", response_mode="PrintEnd", output_content=content
    )
    return PrintRequest(print_output=output)


async def send(shop: Shop, body: Nexo, service_id: str | None = None) -> dict[str, object]:
    """Send any body; the members of the body that answers."""
    _, content = await shop.till.post(json_codec.encode(shop.till.message(body, service_id)))
    [members] = json.loads(content).values()
    [name] = [each for each in members if each != "MessageHeader"]
    return {"name": name} | members[name]


async def test_a_document_is_printed_once_even_when_the_till_repeats_it(
    tmp_path: Path, socket_dir: Path
) -> None:
    async with (
        SimulatedPrinter() as printer,
        a_terminal(tmp_path, socket_dir, printer=printer.address) as shop,
    ):
        lines = document(text("Merci de votre visite", "A bient\x1b\x1dôt"))
        answers = [await shop.till.ask(lines, PrintResponse, "1") for _ in range(2)]

        assert {each.response.result for each in answers} == {"Success"}
        printed = bytes(printer.printed)
        assert printed.count(b"Merci de votre visite") == 1
        code = OutputContent(
            output_format="BarCode",
            output_barcode=OutputBarcode(barcode_type="QRCode", barcode_value="LOY1.1"),
        )
        assert (await shop.till.ask(document(code), PrintResponse)).response.result == "Success"
        assert b"LOY1.1" in bytes(printer.printed)


async def test_a_printer_that_is_not_ready_is_out_and_says_why(tmp_path: Path, socket_dir: Path) -> None:
    async with (
        SimulatedPrinter() as printer,
        a_terminal(tmp_path, socket_dir, printer=printer.address) as shop,
    ):
        printer.switches.paper_out = True
        answer = await shop.till.ask(document(text("x")), PrintResponse)

        assert code_of(answer.response) == ("DeviceOut", "printer_not_ready")
        assert not printer.printed


async def test_devices_that_tills_cannot_use_say_so_in_their_own_response(shop: Shop) -> None:
    shown = DisplayOutput(device="CustomerDisplay", info_qualify="Display", output_content=text("Bonjour"))
    display = await shop.till.ask(DisplayRequest(display_output=[shown, shown]), DisplayResponse)
    data = InputData(device="CustomerInput", info_qualify="Input", input_command="GetConfirmation")
    asked = await shop.till.ask(InputRequest(display_output=shown, input_data=data), InputResponse)
    printed = await shop.till.ask(document(text("x")), PrintResponse)

    assert display.output_result is not None
    assert [code_of(each.response)[0] for each in display.output_result] == ["UnavailableDevice"] * 2
    assert asked.input_result is not None
    assert code_of(asked.input_result.response)[0] == "UnavailableDevice"
    assert code_of(printed.response) == ("UnavailableDevice", "printer_missing")


async def test_a_till_speaks_with_cards_only_where_the_settings_permit_it(
    tmp_path: Path, socket_dir: Path
) -> None:
    command = CardReaderAPDURequest(
        apdu_class="00", apdu_instruction="A4", apdu_par1="00", apdu_par2="0C", apdu_data="2F06"
    )
    found = []
    for number, is_permitted in enumerate((False, True)):
        async with a_terminal(
            tmp_path / str(number), _folder(socket_dir, number), allow_card_apdu=is_permitted
        ) as shop:
            answer = await shop.till.ask(command, CardReaderAPDUResponse)
            found.append(code_of(answer.response))
    assert found == [("NotAllowed", "card_apdu_not_permitted"), ("UnavailableDevice", "device_not_offered")]


async def test_a_category_nobody_knows_is_rejected_and_a_wrong_class_too(shop: Shop) -> None:
    message = json.loads(json_codec.encode(shop.till.message(document(text("x")))))
    for change in ({"MessageCategory": "Telepathy"}, {"MessageClass": "Service"}):
        changed = json.loads(json.dumps(message))
        changed["SaleToPOIRequest"]["MessageHeader"] |= change
        _, content = await shop.till.post(json.dumps(changed).encode())
        event = json.loads(content)["SaleToPOIRequest"]["EventNotification"]
        assert event["EventToNotify"] == "Reject"


async def test_a_sale_that_is_given_up_ends_the_wait_for_a_card(shop: Shop) -> None:
    begun = await send(
        shop,
        EnableServiceRequest(
            transaction_action="StartTransaction", services_enabled=["CardAcquisition", "Loyalty"]
        ),
    )
    waiting = asyncio.create_task(shop.till.acquire())
    await eventually(lambda: shop.agent.till.acquisition is not None)

    await send(shop, EnableServiceRequest(transaction_action="AbortTransaction"))

    assert begun["name"] == "EnableServiceResponse"
    answer = await waiting
    assert isinstance(answer, CardAcquisitionResponse)
    assert answer.response.error_condition == "Aborted"


async def test_a_sale_given_up_frees_the_card_for_another_till(shop: Shop) -> None:
    await shop.tap_known()
    await shop.till.acquire()
    second = await shop.second_till()
    assert (await second.balance()).response.error_condition == "NotFound"

    await send(shop, EnableServiceRequest(transaction_action="AbortTransaction"))

    assert (await second.balance()).response.result == "Success"


async def test_the_days_totals_are_counted_told_apart_and_closed(shop: Shop) -> None:
    await trust(shop.central)
    await shop.tap_known()
    number = str((await sold_card(shop.central, 1000))["number"])
    ticket = shop.till.new_ticket()
    paid = requests.payment(shop.till, 1000, [CREAM], ticket=ticket, gift_card=number)
    await shop.till.ask(paid, PaymentResponse)
    await shop.till.award([CREAM], ticket=ticket)
    await shop.till.award([CREAM], ticket=ticket)
    second = await shop.second_till()
    await second.award([CREAM], card=CARD)

    totals = await shop.till.ask(GetTotalsRequest(total_details=["SaleID"]), GetTotalsResponse)
    mine = GetTotalsRequest(total_filter=TotalFilter(sale_id="TILL-1"))
    only = await shop.till.ask(mine, GetTotalsResponse)
    closed = await shop.till.ask(
        ReconciliationRequest(reconciliation_type="SaleReconciliation"), ReconciliationResponse, "9"
    )
    again = await shop.till.ask(
        ReconciliationRequest(reconciliation_type="SaleReconciliation"), ReconciliationResponse, "9"
    )
    before = await shop.till.ask(
        ReconciliationRequest(reconciliation_type="PreviousReconciliation"), ReconciliationResponse
    )
    after = await shop.till.ask(GetTotalsRequest(), GetTotalsResponse)

    assert totals.transaction_totals is not None
    assert [each.sale_id for each in totals.transaction_totals] == ["TILL-1", "TILL-2"]
    first = totals.transaction_totals[0]
    assert first.payment_totals is not None
    assert first.loyalty_totals is not None
    debit, award = first.payment_totals[0], first.loyalty_totals[0]
    assert (debit.transaction_type, debit.transaction_count) == ("Debit", 1)
    assert debit.transaction_amount == Decimal("10.00")
    assert (award.transaction_type, award.transaction_count) == ("Award", 1), "the same ticket counts once"
    assert award.transaction_amount == Decimal(39)
    assert only.transaction_totals is not None
    assert len(only.transaction_totals) == 1
    assert closed == again
    assert closed.poi_reconciliation_id == before.poi_reconciliation_id == "1"
    assert before.transaction_totals == closed.transaction_totals
    assert (after.poi_reconciliation_id, after.transaction_totals) == ("2", None)


async def test_points_that_central_tells_later_are_in_the_totals(shop: Shop) -> None:
    await shop.cut()
    await shop.till.award([CREAM], card=CARD)
    await shop.mend()
    await shop.drained()

    async def is_told() -> bool:
        totals = await shop.till.ask(GetTotalsRequest(), GetTotalsResponse)
        assert totals.transaction_totals
        loyalty = totals.transaction_totals[0].loyalty_totals
        return bool(loyalty) and loyalty[0].transaction_amount == Decimal(39)

    await eventually(is_told)


async def test_what_became_of_a_payment_is_told_by_status(shop: Shop) -> None:
    await trust(shop.central)
    number = str((await sold_card(shop.central, 1000))["number"])
    ticket = shop.till.new_ticket()
    body = requests.payment(shop.till, 1000, [CREAM], ticket=ticket, gift_card=number)
    paid = await shop.till.ask(body, PaymentResponse, "77")

    status = await shop.till.status("77", category="Payment")

    assert isinstance(status, TransactionStatusResponse)
    assert status.repeated_message_response is not None
    repeated = status.repeated_message_response.repeated_response_message_body.payment_response
    assert repeated == paid


async def test_nothing_a_till_hears_of_a_gift_card_tells_its_whole_number(shop: Shop) -> None:
    await trust(shop.central)
    number = str((await sold_card(shop.central, 1000))["number"])
    body = requests.payment(shop.till, 1000, [CREAM], ticket=shop.till.new_ticket(), gift_card=number)

    _, content = await shop.till.post(json_codec.encode(shop.till.message(body)))

    assert json_codec.decode(content).body.response.result == "Success"  # type: ignore[union-attr]
    assert number.encode() not in content
    assert number[-4:].encode() in content


def _folder(parent: Path, number: int) -> Path:
    folder = parent / str(number)
    folder.mkdir()
    return folder


@pytest.mark.parametrize("kind", ["RebateRefund", "RedemptionRefund"])
async def test_a_refund_of_something_unknown_is_not_found(shop: Shop, kind: str) -> None:
    original = TransactionIdentification(transaction_id="L-unknown", time_stamp="2026-11-22T10:15:00Z")
    body = requests.loyalty(shop.till, kind, ticket=shop.till.new_ticket(), original=original)  # type: ignore[arg-type]

    answer = await shop.till.ask(body, LoyaltyResponse)

    assert code_of(answer.response) == ("NotFound", "original_unknown")
