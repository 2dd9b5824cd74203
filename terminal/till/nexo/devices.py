"""What a till uses through this terminal: printer, screen, keys, card reader; and sales begun."""

import asyncio

from loyalty.errors import LoyaltyError
from terminal import session as flow
from terminal.printer.base import PrinterNotUnderstood, PrinterUnreachable, PrintLine
from terminal.printer.escpos import EscposPrinter
from terminal.till.nexo.context import Ask, NexoFailure, Till, failure, success
from wire.nexo.base import Nexo, OutputContent
from wire.nexo.device import (
    DisplayRequest,
    DisplayResponse,
    EnableServiceRequest,
    InputRequest,
    InputResponse,
    InputResult,
    OutputResult,
    PrintRequest,
    PrintResponse,
)
from wire.nexo.service import OnlyResponse


async def enable_service(till: Till, ask: Ask) -> Nexo:
    """A sale begins: the card may come before it is asked for. Or it is given up: nothing waits any more."""
    request = ask.body
    assert isinstance(request, EnableServiceRequest)
    if request.transaction_action == "AbortTransaction":
        waiting = till.acquisition
        if waiting is not None and waiting.key.sale_id == ask.sale_id:
            waiting.aborted.set()
        till.desk.put(flow.unbound(till.desk.sessions, ask.sale_id))
    elif not request.services_enabled:
        raise NexoFailure(
            "MessageFormat",
            "ServicesEnabled is missing. Name what may begin.",
            reason_code="services_missing",
        )
    return OnlyResponse(response=success())


async def display(till: Till, ask: Ask) -> Nexo:
    """The kiosk shows its own screens only: texts of a till have none yet, and that is said for each."""
    request = ask.body
    assert isinstance(request, DisplayRequest)
    told = request.display_output
    return DisplayResponse(
        output_result=[
            OutputResult(
                device=each.device,
                info_qualify=each.info_qualify,
                response=failure(_no_device(each.device), till.language_of(ask)),
            )
            for each in (told if isinstance(told, list) else [told])
        ]
    )


async def ask_person(till: Till, ask: Ask) -> Nexo:
    """Nobody can be asked through this terminal yet."""
    request = ask.body
    assert isinstance(request, InputRequest)
    shown, data = request.display_output, request.input_data
    refused = failure(_no_device(data.device), till.language_of(ask))
    output = None
    if shown is not None:
        output = OutputResult(device=shown.device, info_qualify=shown.info_qualify, response=refused)
    return InputResponse(
        output_result=output,
        input_result=InputResult(device=data.device, info_qualify=data.info_qualify, response=refused),
    )


async def print_document(till: Till, ask: Ask) -> Nexo:
    """Print on this terminal's receipt printer; answered when the printer took it.

    Raises: NexoFailure: there is no printer, or it does not take it.
    """
    request = ask.body
    assert isinstance(request, PrintRequest)
    output = request.print_output
    address = till.settings.printer
    if not address:
        raise NexoFailure(
            "UnavailableDevice",
            "This terminal has no printer. Print at the till, or name one: [terminal] printer.",
            reason_code="printer_missing",
        )
    lines = print_lines(output.output_content)
    try:
        status = await asyncio.to_thread(_print, address, lines)
    except (PrinterUnreachable, PrinterNotUnderstood) as error:
        raise NexoFailure("DeviceOut", str(error), reason_code=error.code) from error
    if status:
        raise NexoFailure("DeviceOut", status, reason_code="printer_not_ready")
    return PrintResponse(document_qualifier=output.document_qualifier, response=success())


async def no_such_device(_: Till, ask: Ask) -> Nexo:
    """Sound, PIN, transmission: this terminal has no such device for tills."""
    raise _no_device(ask.header.message_category)


async def no_such_service(_: Till, ask: Ask) -> Nexo:
    """Batch and Admin."""
    raise NexoFailure(
        "UnavailableService",
        f"{ask.header.message_category} is not offered by this terminal.",
        reason_code="service_not_offered",
    )


async def card_reader(till: Till, ask: Ask) -> Nexo:
    """Raw exchange with the card on the reader.

    Raises: NexoFailure: not permitted; or permitted, and this release's reader exchanges nothing raw.
    """
    if not till.settings.allow_card_apdu:
        raise NexoFailure(
            "NotAllowed",
            "Tills may not speak with cards themselves here ([terminal] allow_card_apdu = true permits it).",
            reason_code="card_apdu_not_permitted",
        )
    raise _no_device(ask.header.message_category)


def print_lines(content: OutputContent) -> list[PrintLine]:
    """What is to be printed, line by line.

    Raises: NexoFailure: nothing, or in a format no receipt printer has.
    """
    if content.output_format == "Text" and content.output_text:
        return [
            PrintLine(
                text=(each.text or "").replace("\x1b", "").replace("\x1d", ""),
                is_bold=each.character_style == "Bold",
                is_centred=each.alignment == "Centred",
                ends_line=each.end_of_line_flag is not False,
            )
            for each in content.output_text
        ]
    if content.output_format == "BarCode" and content.output_barcode:
        code = content.output_barcode
        return [PrintLine(text=code.barcode_value, code=code.barcode_type)]
    raise NexoFailure(
        "MessageFormat", "OutputContent must be Text or BarCode, and not empty.", reason_code="output_invalid"
    )


def _print(address: str, lines: list[PrintLine]) -> str:
    """Print, and say why it was not; empty: it was."""
    printer = EscposPrinter(address)
    status = printer.status()
    if status.paper == "out":
        return "The printer is out of paper. Put in a new roll, then print again."
    if status.is_cover_open or status.has_error or not status.is_online:
        return "The printer is not ready. Close its cover and look at its lamps, then print again."
    printer.print_document(lines)
    return ""


def _no_device(name: str) -> LoyaltyError:
    return NexoFailure(
        "UnavailableDevice",
        f"{name}: tills cannot use this device of the terminal.",
        reason_code="device_not_offered",
    )
