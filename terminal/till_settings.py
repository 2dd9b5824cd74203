"""Settings of tills that speak nothing of ours: Caisse-AP, a printer in the middle, a keyboard wedge."""

import ipaddress
import re
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from loyalty.limits.other_tills import WEDGE_TEXT_CHARS_MAX
from terminal.printer.base import PrinterAddressInvalid, SerialAddress, TcpAddress, parse_address
from terminal.till.wedge.keys import strokes_of
from wire.settings import PORT_MAX, Faults

if TYPE_CHECKING:
    from terminal.settings import TerminalSettings

TenderChoice = Literal["purse", "gift_card", "points", "any"]
WedgeWhen = Literal["request", "tap"]
KeyLayout = Literal["ch", "fr", "us"]
KEYBOARD: Final = "keyboard"
GADGET: Final = "hid://"
_SALE_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_APPLICATION: Final = re.compile(r"[0-9A-Z]{0,3}")
_LAYOUT: Final = re.compile(r"[a-z0-9-]{1,64}")
_FIELD: Final = re.compile(r"\{(number|enter|tab)\}")


class TicketPrinter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A till's printer with the agent in the middle: the till prints to `port`, the agent to `printer`.

    `layout`: a ticket layout's name, or "auto": the one that recognises a ticket.
    """

    printer: str
    port: int = 9100
    host: str = "127.0.0.1"
    layout: str = "auto"


def look_at_tills(settings: "TerminalSettings", faults: Faults) -> None:
    """Note what cannot be meant."""
    _look_at_caisse_ap(settings, faults)
    _look_at_printers(settings, faults)
    faults.absolute("layouts_dir", settings.layouts_dir)
    _look_at_wedge(settings, faults)


def is_wedge_text(text: str) -> bool:
    """Whether a wedge can type it: printable ASCII, the number once, and keys that there are."""
    rest = _FIELD.sub("", text)
    is_plain = rest.isascii() and (rest.isprintable() or not rest)
    has_number = text.count("{number}") == 1
    return is_plain and has_number and not set(rest) & set("{}") and len(text) <= WEDGE_TEXT_CHARS_MAX


def _look_at_caisse_ap(settings: "TerminalSettings", faults: Faults) -> None:
    for address, sale_id in settings.caisse_ap_tills.items():
        try:
            ipaddress.ip_address(address)
        except ValueError:
            faults.note("caisse_ap_tills", address, 'must be an address, such as "192.0.2.31" = "TILL-1".')
        if not _SALE_ID.fullmatch(sale_id):
            faults.note("caisse_ap_tills", sale_id, "must be 1 to 64 letters, digits, dots and dashes.")
    for code in settings.caisse_ap_tenders:
        if not _APPLICATION.fullmatch(code):
            why = 'must be an application code of three characters such as "0L1", or "" for none.'
            faults.note("caisse_ap_tenders", code, why)
    faults.address("caisse_ap_host", settings.caisse_ap_host)
    faults.between("caisse_ap_port", settings.caisse_ap_port, lowest=0, highest=PORT_MAX)


def _look_at_printers(settings: "TerminalSettings", faults: Faults) -> None:
    places: set[tuple[str, int]] = set()
    for sale_id, each in settings.ticket_printers.items():
        if not _SALE_ID.fullmatch(sale_id):
            faults.note("ticket_printers", sale_id, "must be 1 to 64 letters, digits, dots and dashes.")
        faults.address("ticket_printers", each.host)
        faults.between("ticket_printers", each.port, lowest=0, highest=PORT_MAX)
        if each.port and (each.host, each.port) in places:
            faults.note("ticket_printers", each.port, "is another till's port. Give each till its own.")
        places.add((each.host, each.port))
        if not _LAYOUT.fullmatch(each.layout):
            faults.note("ticket_printers", each.layout, 'must be a layout\'s name, or "auto".')
        try:
            is_network = isinstance(parse_address(each.printer), TcpAddress)
        except PrinterAddressInvalid:
            is_network = False
        if not is_network:
            faults.note(
                "ticket_printers", each.printer, "must be a network printer, such as tcp://192.0.2.40:9100."
            )


def _look_at_wedge(settings: "TerminalSettings", faults: Faults) -> None:
    if not is_wedge_text(settings.wedge_text):
        why = "must hold {number} once, printable ASCII beside it, and no other than {enter} and {tab}."
        faults.note("wedge_text", settings.wedge_text, why)
    is_gadget = settings.wedge.startswith(f"{GADGET}/dev/")
    if settings.wedge == KEYBOARD or is_gadget:
        _look_at_keyboard(settings, faults)
        return
    if not settings.wedge:
        return
    try:
        is_serial = isinstance(parse_address(settings.wedge), SerialAddress)
    except PrinterAddressInvalid:
        is_serial = False
    if not is_serial:
        why = 'must be "keyboard", hid:///dev/hidg0, or a line such as serial:///dev/ttyUSB1?baud=9600.'
        faults.note("wedge", settings.wedge, why)


def _look_at_keyboard(settings: "TerminalSettings", faults: Faults) -> None:
    if settings.wedge_when != "tap":
        why = 'cannot be asked for at a keyboard. Write "tap", or take a serial line.'
        faults.note("wedge_when", settings.wedge_when, why)
    try:
        strokes_of(settings.wedge_text.replace("{number}", "0"), settings.wedge_keys)
    except KeyError:
        faults.note(
            "wedge_text", settings.wedge_text, f"has a sign that a {settings.wedge_keys} keyboard lacks."
        )
