"""What a till uses through this terminal: printer, screen, keys, card reader; and sales begun."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from loyalty.limits.tills import TILL_DISPLAY_S, TILL_INPUT_MAX_S, TILL_TEXT_CHARS_MAX, TILL_TITLE_CHARS_MAX
from terminal import session as flow
from terminal.printer.base import PrintLine
from terminal.printer.codes import CodeNotPrintable
from terminal.printer.desk import Job
from terminal.till.nexo.context import Ask, NexoFailure, Till, failure, success
from wire.nexo.base import ErrorCondition, Nexo, OutputContent
from wire.nexo.device import (
    DisplayRequest,
    DisplayResponse,
    EnableServiceRequest,
    Input,
    InputRequest,
    InputResponse,
    InputResult,
    OutputResult,
    PrintRequest,
    PrintResponse,
)
from wire.nexo.service import OnlyResponse
from wire.printing import PrintOutcome

_NOT_READY: Final = "printer_not_ready"
_NOT_PRINTED: Final[Mapping[PrintOutcome, tuple[ErrorCondition, str, str]]] = MappingProxyType(
    {
        "no_printer": (
            "UnavailableDevice",
            "printer_missing",
            "This terminal has no printer. Print at the till, or name one: [terminal] printer.",
        ),
        "paper_out": (
            "DeviceOut",
            _NOT_READY,
            "The printer is out of paper. Put in a new roll, then print again.",
        ),
        "cover_open": ("DeviceOut", _NOT_READY, "The printer's cover is open. Close it, then print again."),
        "offline": (
            "DeviceOut",
            _NOT_READY,
            "The printer does not answer or is not ready. Look at its lamps and cable, then print again.",
        ),
        "uncertain": (
            "DeviceOut",
            "print_uncertain",
            "Whether this was printed is not known. Look at the paper, then print again if it is not there.",
        ),
        "busy": ("Busy", "printer_busy", "Too much waits for the printer. Print again in a moment."),
        "not_here": (
            "NotAllowed",
            "service_id_reused",
            "Something else was printed under this ServiceID. Print again with a new one.",
        ),
    }
)
"""What a till is told of each outcome that a till's document can have."""


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
    """Show the till's words to the member whose card is there; each output tells how it went."""
    request = ask.body
    assert isinstance(request, DisplayRequest)
    told = request.display_output
    results = []
    for each in told if isinstance(told, list) else [told]:
        try:
            if each.device != "CustomerDisplay":
                raise _no_device(each.device)
            title, text = _words(each.output_content)
            _require_member(till, ask)
            shown_s = min(max(each.minimum_display_time or TILL_DISPLAY_S, 1), TILL_INPUT_MAX_S)
            till.prompts.tell(ask.key, title, text, shown_s=shown_s)
            response = success()
        except NexoFailure as error:
            response = failure(error, till.language_of(ask))
        results.append(OutputResult(device=each.device, info_qualify=each.info_qualify, response=response))
    return DisplayResponse(output_result=results)


async def ask_person(till: Till, ask: Ask) -> Nexo:
    """A yes or no of the member whose card is there. For all else the kiosk has no keys."""
    request = ask.body
    assert isinstance(request, InputRequest)
    data, shown = request.input_data, request.display_output
    answered: Input | None = None
    try:
        answered = Input(input_command=data.input_command, confirmed_flag=await _confirm(till, ask, request))
        response = success()
    except NexoFailure as error:
        response = failure(error, till.language_of(ask))
    output = None
    if shown is not None:
        output = OutputResult(device=shown.device, info_qualify=shown.info_qualify, response=response)
    return InputResponse(
        output_result=output,
        input_result=InputResult(
            device=data.device, info_qualify=data.info_qualify, response=response, input=answered
        ),
    )


async def _confirm(till: Till, ask: Ask, request: InputRequest) -> bool:
    data, shown = request.input_data, request.display_output
    if data.device != "CustomerInput" or data.input_command != "GetConfirmation":
        raise _no_device(f"{data.device} {data.input_command}")
    if shown is None:
        raise NexoFailure(
            "MessageFormat",
            "DisplayOutput is missing: what is to be confirmed?",
            reason_code="output_invalid",
        )
    title, text = _words(shown.output_content)
    _require_member(till, ask)
    wait_s = min(max(data.max_input_time or TILL_INPUT_MAX_S, 1), TILL_INPUT_MAX_S)
    answer = await till.prompts.ask(ask.key, title, text, wait_s=wait_s)
    if answer is None:
        raise NexoFailure(
            "Cancel", "The member did not answer. Ask aloud, or ask again.", reason_code="nobody_answered"
        )
    return answer


def _require_member(till: Till, ask: Ask) -> None:
    """Somebody must stand there, known by a card that this till may use, and not be asked already.

    Raises: NexoFailure.
    """
    current = flow.card_for(till.desk.sessions, ask.sale_id, till.clock())
    if current is None or current.profile is None or not current.is_shown:
        raise NexoFailure(
            "UnavailableDevice",
            "Nobody stands at the kiosk: it shows a till's words to a member whose card is there.",
            reason_code="nobody_there",
        )
    if till.prompts.is_waiting:
        raise NexoFailure(
            "Busy",
            "The member is being asked something already. Wait, or abort it.",
            reason_code="asked_already",
        )


def _words(content: OutputContent) -> tuple[str, str]:
    """The first line, and the others. Raises: NexoFailure: no text."""
    lines = [(each.text or "").strip() for each in content.output_text or ()]
    lines = [line for line in lines if line]
    if content.output_format != "Text" or not lines:
        raise NexoFailure(
            "MessageFormat", "OutputContent must be Text, and not empty.", reason_code="output_invalid"
        )
    return lines[0][:TILL_TITLE_CHARS_MAX], " ".join(lines[1:])[:TILL_TEXT_CHARS_MAX]


async def print_document(till: Till, ask: Ask) -> Nexo:
    """Print on this terminal's receipt printer; answered when the printer has printed it.

    Raises: NexoFailure: there is no printer, or it does not print it.
    """
    request = ask.body
    assert isinstance(request, PrintRequest)
    output = request.print_output
    lines = print_lines(output.output_content)
    job = Job(job_id=f"till.{ask.sale_id}.{ask.service_id}", asked=repr(lines), lines=lines)
    try:
        outcome = await till.print_desk.print(job)
    except CodeNotPrintable as error:
        raise NexoFailure("MessageFormat", str(error), reason_code="output_invalid") from error
    if outcome != "printed":
        condition, code, message = _NOT_PRINTED[outcome]
        raise NexoFailure(condition, message, reason_code=code)
    return PrintResponse(document_qualifier=output.document_qualifier, response=success())


async def no_such_device(_: Till, ask: Ask) -> Nexo:
    """Sound, PIN, transmission: this terminal has no such device for tills."""
    raise _no_device(ask.header.message_category)


async def no_such_service(_: Till, ask: Ask) -> Nexo:
    """Batch."""
    raise NexoFailure(
        "UnavailableService",
        f"{ask.header.message_category} is not offered by this terminal.",
        reason_code="service_not_offered",
    )


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
        if code.barcode_type == "PDF417":
            raise NexoFailure(
                "MessageFormat", "PDF417 is not printed here. Send a QRCode.", reason_code="output_invalid"
            )
        return [PrintLine(text=code.barcode_value, code=code.barcode_type)]
    raise NexoFailure(
        "MessageFormat", "OutputContent must be Text or BarCode, and not empty.", reason_code="output_invalid"
    )


def _no_device(name: str) -> NexoFailure:
    return NexoFailure(
        "UnavailableDevice",
        f"{name}: tills cannot use this device of the terminal.",
        reason_code="device_not_offered",
    )
