"""nexo: screens, keys, printer and card reader that a till uses through us; services enabled ahead."""

from typing import Annotated, Literal

from msgspec import Meta

from loyalty.limits import tills as limits
from wire.nexo.base import MessageReference, Nexo, OutputContent, OutputText, Response, Text, Words
from wire.nexo.instruments import EntryModes

Device = Literal["CashierDisplay", "CashierInput", "CustomerDisplay", "CustomerInput"]
InfoQualify = Literal[
    "CustomerAssistance",
    "Display",
    "Document",
    "Error",
    "Input",
    "POIReplication",
    "Receipt",
    "Sound",
    "Status",
    "Voucher",
]
InputCommand = Literal[
    "DecimalString",
    "DigitString",
    "GetAnyKey",
    "GetConfirmation",
    "GetFunctionKey",
    "GetMenuEntry",
    "Password",
    "SiteManager",
    "TextString",
]
Hex = Annotated[str, Meta(max_length=2 * limits.APDU_DATA_BYTES_MAX, pattern=r"^([0-9A-Fa-f]{2})*(?!\n)$")]
HexByte = Annotated[str, Meta(pattern=r"^[0-9A-Fa-f]{2}(?!\n)$")]


class MenuEntry(Nexo, frozen=True, kw_only=True):
    """A choice of a menu."""

    output_format: Literal["BarCode", "MessageRef", "Text", "XHTML"]
    output_text: Annotated[list[OutputText], Meta(max_length=limits.PRINT_LINES_MAX)] | None = None
    menu_entry_tag: Text | None = None
    default_selected_flag: bool | None = None


class DisplayOutput(Nexo, frozen=True, kw_only=True):
    """What to show, and where."""

    device: Device
    info_qualify: InfoQualify
    output_content: OutputContent
    response_required_flag: bool | None = None
    minimum_display_time: int | None = None
    menu_entry: Annotated[list[MenuEntry], Meta(max_length=limits.TILL_OUTPUTS_MAX)] | None = None


class OutputResult(Nexo, frozen=True, kw_only=True):
    """How showing went."""

    device: Device
    info_qualify: InfoQualify
    response: Response


class DisplayRequest(Nexo, frozen=True, kw_only=True):
    """Show something."""

    display_output: (
        Annotated[list[DisplayOutput], Meta(min_length=1, max_length=limits.TILL_OUTPUTS_MAX)] | DisplayOutput
    )


class DisplayResponse(Nexo, frozen=True, kw_only=True):
    """How each output went; `response` alone where the request could not be read."""

    output_result: list[OutputResult] | None = None
    response: Response | None = None


class InputData(Nexo, frozen=True, kw_only=True):
    """What to ask for."""

    device: Device
    info_qualify: InfoQualify
    input_command: InputCommand
    max_input_time: int | None = None
    min_length: int | None = None
    max_length: int | None = None


class InputRequest(Nexo, frozen=True, kw_only=True):
    """Ask a person something."""

    display_output: DisplayOutput | None = None
    input_data: InputData


class Input(Nexo, frozen=True, kw_only=True):
    """What the person entered."""

    input_command: InputCommand
    confirmed_flag: bool | None = None
    function_key: Text | None = None
    text_input: Text | None = None
    digit_input: Text | None = None
    menu_entry_number: int | None = None


class InputResult(Nexo, frozen=True, kw_only=True):
    """How asking went."""

    device: Device
    info_qualify: InfoQualify
    response: Response
    input: Input | None = None


class InputResponse(Nexo, frozen=True, kw_only=True):
    """The answer; `response` alone where the request could not be read."""

    output_result: OutputResult | None = None
    input_result: InputResult | None = None
    response: Response | None = None


class InputUpdate(Nexo, frozen=True, kw_only=True):
    """Change what is being asked; has no answer."""

    message_reference: MessageReference
    output_content: OutputContent


class PrintOutput(Nexo, frozen=True, kw_only=True):
    """What to print."""

    document_qualifier: Text
    response_mode: Literal["Immediate", "NotRequired", "PrintEnd", "SoundEnd"]
    integrated_print_flag: bool | None = None
    required_signature_flag: bool | None = None
    output_content: OutputContent


class PrintRequest(Nexo, frozen=True, kw_only=True):
    """Print something on our printer."""

    print_output: PrintOutput


class PrintResponse(Nexo, frozen=True, kw_only=True):
    """How printing went."""

    document_qualifier: Text = "Document"
    response: Response


class CardReaderInitRequest(Nexo, frozen=True, kw_only=True):
    """Power the card on the reader for raw exchange."""

    warm_reset_flag: bool | None = None
    leave_card_flag: bool | None = None
    max_waiting_time: int | None = None
    force_entry_mode: Words | None = None


class ICCResetData(Nexo, frozen=True, kw_only=True):
    """What a chip said when it was reset, in hex."""

    atr_value: Text | None = None
    card_status_words: Text | None = None


class CardReaderInitResponse(Nexo, frozen=True, kw_only=True):
    """The card is powered, and how it came."""

    response: Response
    icc_reset_data: ICCResetData | None = None
    entry_mode: EntryModes | None = None


class CardReaderAPDURequest(Nexo, frozen=True, kw_only=True):
    """One command to the card, in hex."""

    apdu_class: HexByte
    apdu_instruction: HexByte
    apdu_par1: HexByte
    apdu_par2: HexByte
    apdu_data: Hex | None = None
    apdu_expected_length: HexByte | None = None


class CardReaderPowerOffRequest(Nexo, frozen=True, kw_only=True):
    """Let the card go."""

    display_output: DisplayOutput | None = None
    max_waiting_time: int | None = None


class CardReaderPowerOffResponse(Nexo, frozen=True, kw_only=True):
    """The card was let go."""

    response: Response


class CardReaderAPDUResponse(Nexo, frozen=True, kw_only=True):
    """What the card answered, in hex."""

    response: Response
    apdu_data: Text | None = None
    card_status_words: Text = ""


class EnableServiceRequest(Nexo, frozen=True, kw_only=True):
    """A sale begins (the card may come before it is asked for), or is given up."""

    transaction_action: Literal["StartTransaction", "AbortTransaction"]
    services_enabled: Words | None = None
    display_output: DisplayOutput | None = None
