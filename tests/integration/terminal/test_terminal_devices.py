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
from wire.nexo.base import (
    MessageReference,
    Nexo,
    OutputBarcode,
    OutputContent,
    OutputText,
    Response,
    TransactionIdentification,
)
from wire.nexo.device import (
    CardReaderAPDURequest,
    CardReaderAPDUResponse,
    DisplayOutput,
    DisplayRequest,
    DisplayResponse,
    EnableServiceRequest,
    InputCommand,
    InputData,
    InputRequest,
    InputResponse,
    PrintOutput,
    PrintRequest,
    PrintResponse,
)
from wire.nexo.loyalty import CardAcquisitionResponse, LoyaltyResponse
from wire.nexo.payment import PaymentResponse
from wire.nexo.service import AbortRequest, TransactionStatusResponse
from wire.nexo.totals import (
    GetTotalsRequest,
    GetTotalsResponse,
    ReconciliationRequest,
    ReconciliationResponse,
    TotalFilter,
)
from wire.tills import AnswerPrompt


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


def question(command: InputCommand = "GetConfirmation", seconds: int = 30) -> InputRequest:
    words = text("Utiliser 500 points ?", "Ils valent CHF 10.00", "sur ce ticket.")
    shown = DisplayOutput(device="CustomerDisplay", info_qualify="Display", output_content=words)
    data = InputData(
        device="CustomerInput", info_qualify="Input", input_command=command, max_input_time=seconds
    )
    return InputRequest(display_output=shown, input_data=data)


def answer_of(answer: InputResponse) -> tuple[str, bool | None]:
    assert answer.input_result is not None
    entered = answer.input_result.input
    return code_of(answer.input_result.response)[0], entered.confirmed_flag if entered else None


@pytest.mark.parametrize("is_yes", [True, False])
async def test_a_till_asks_the_member_who_stands_there_and_hears_yes_or_no(shop: Shop, is_yes: bool) -> None:
    await shop.tap_known()
    asking = asyncio.create_task(shop.till.ask(question(), InputResponse))
    prompt = await eventually(lambda: shop.kiosk.state.prompt)
    assert prompt is not None
    assert (prompt.title, prompt.text) == ("Utiliser 500 points ?", "Ils valent CHF 10.00 sur ce ticket.")
    second = await shop.till.ask(question(), InputResponse)

    shop.kiosk.send(AnswerPrompt(prompt_id="another", is_yes=not is_yes))
    shop.kiosk.send(AnswerPrompt(prompt_id=prompt.prompt_id, is_yes=is_yes))

    assert answer_of(await asking) == ("Success", is_yes)
    assert answer_of(second) == ("Busy", None)
    await eventually(lambda: shop.kiosk.state.prompt is None)


async def test_a_question_ends_by_time_or_by_abort_and_leaves_the_screen(shop: Shop) -> None:
    await shop.tap_known()
    in_time = await shop.till.ask(question(seconds=1), InputResponse)
    assert answer_of(in_time) == ("Cancel", None)

    asking = asyncio.create_task(shop.till.ask(question(), InputResponse, "77"))
    await eventually(lambda: shop.kiosk.state.prompt)
    reference = MessageReference(message_category="Input", service_id="77", sale_id="TILL-1")
    abort = AbortRequest(abort_reason="MerchantAbort", message_reference=reference)
    await shop.till.post(json_codec.encode(shop.till.message(abort)))

    assert answer_of(await asking) == ("Cancel", None)
    await eventually(lambda: shop.kiosk.state.prompt is None)


async def test_what_a_till_tells_is_shown_until_the_member_says_ok(shop: Shop) -> None:
    await shop.tap_known()
    shown = DisplayOutput(device="CustomerDisplay", info_qualify="Display", output_content=text("Bonjour"))
    cashier = DisplayOutput(device="CashierDisplay", info_qualify="Display", output_content=text("x"))

    told = await shop.till.ask(DisplayRequest(display_output=[shown, cashier]), DisplayResponse)

    assert told.output_result is not None
    assert [code_of(each.response)[0] for each in told.output_result] == ["Success", "UnavailableDevice"]
    prompt = await eventually(lambda: shop.kiosk.state.prompt)
    assert prompt is not None
    assert (prompt.title, prompt.is_question) == ("Bonjour", False)
    shop.kiosk.send(AnswerPrompt(prompt_id=prompt.prompt_id, is_yes=True))
    await eventually(lambda: shop.kiosk.state.prompt is None)


async def test_devices_that_tills_cannot_use_say_so_in_their_own_response(shop: Shop) -> None:
    shown = DisplayOutput(device="CustomerDisplay", info_qualify="Display", output_content=text("Bonjour"))
    nobody = await shop.till.ask(DisplayRequest(display_output=[shown]), DisplayResponse)
    asked = await shop.till.ask(question(), InputResponse)
    await shop.tap_known()
    typed = await shop.till.ask(question("TextString"), InputResponse)
    printed = await shop.till.ask(document(text("x")), PrintResponse)

    assert nobody.output_result is not None
    assert code_of(nobody.output_result[0].response) == ("UnavailableDevice", "nobody_there")
    assert answer_of(asked) == answer_of(typed) == ("UnavailableDevice", None)
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
    assert found == [("NotAllowed", "card_apdu_not_permitted"), ("NotAllowed", "card_not_begun")]


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
