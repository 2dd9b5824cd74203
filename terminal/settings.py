"""What the terminal agent must be told to run."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from terminal.clock import BOOT_ID_FILE
from terminal.printer.base import PaperMm, PrinterAddressInvalid, TextMode, parse_address
from terminal.till_settings import KeyLayout, TenderChoice, TicketPrinter, WedgeWhen, look_at_tills
from wire.settings import PORT_MAX, Faults

_POI_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(frozen=True, kw_only=True)
class TerminalSettings:
    """Paths of AF_UNIX sockets end at 107 bytes; `state_dir` is made when missing.

    `token`, or what stands in `token_file` (`terminal.token` in `state_dir` where none is named), is this
    terminal's token at central. Without any it asks central to be paired, and writes that file.
    `nexo_port` 0 takes a free port. Without `certificate` and `certificate_key` a self-signed pair is made in
    `state_dir` at the first start, its common name `certificate_name`.
    `receipt_columns`: characters in a row of the till's paper (58 mm: 32; 80 mm: 42 or 48).
    `plain_nexo`: whether tills may send messages without the envelope, inside TLS alone. Off by default:
    without it libraries of tills check no certificate, so that TLS alone proves neither end; the shared
    key does.
    `allow_card_apdu`: whether tills may exchange commands with the card on the reader themselves.
    `till_events`: where tills hear of cards and scans, a URL by SaleID; left out, they are told nothing.
    `till_keys_file`: the keys of the envelope (`till-keys.json` in `state_dir` where none is named).
    `allowed_uids` may connect to `socket` (the kiosk's end); None leaves it to the file's mode (0660).
    `boot_id_file`: what stands in it differs after each start of the machine: then no time is trusted until
    central tells it. In a container the kernel's own is the host's; name one there that the container renews.
    `pictures_dir`: where posters and the logo lie for the kiosk to read (`pictures` in `state_dir`).
    `printer`: the receipt printer as `terminal.printer.base.parse_address` reads it; empty: there is none.
    `printer_paper_mm`: the width of its roll. `printer_text`: the code page in which it has é, ü, ç (Epson
    and most others: cp1252; some have only cp858); "picture": neither, then every row is drawn.

    Tills that speak nothing of ours (docs/tills.md), all off by default:
    `caisse_ap_tills`: tills that speak Caisse-AP, SaleID by address; empty: the port is not opened.
    `caisse_ap_tenders`: what an application code (CC) stands for; "" is a request without one.
    `ticket_printers`: printers between which and their till the agent stands, by SaleID.
    `layouts_dir`: ticket layouts of one's own, beside those that come with the program.
    `wedge`: where a member's number is typed to: "keyboard" (this computer), hid:///dev/hidg0 (USB gadget),
    serial:///dev/ttyUSB1?baud=9600. `wedge_when`: on every tap, or when the till asks (serial lines, ENQ).
    """

    central_url: str
    state_dir: Path
    socket: Path
    reader_socket: Path
    token: str = ""
    token_file: Path | None = None
    poi_id: str = "OFFICINE-00000001"
    nexo_host: str = "127.0.0.1"
    nexo_port: int = 8443
    certificate_name: str = "officine-terminal"
    certificate: Path | None = None
    certificate_key: Path | None = None
    plain_nexo: bool = False
    allow_card_apdu: bool = False
    till_events: Mapping[str, str] = field(default_factory=dict)
    till_keys_file: Path | None = None
    receipt_columns: Literal[32, 42, 48] = 42
    allowed_uids: frozenset[int] | None = None
    printer: str = ""
    printer_paper_mm: PaperMm = 80
    printer_text: TextMode = "cp1252"
    caisse_ap_tills: Mapping[str, str] = field(default_factory=dict)
    caisse_ap_host: str = "127.0.0.1"
    caisse_ap_port: int = 8888
    caisse_ap_tenders: Mapping[str, TenderChoice] = field(default_factory=lambda: {"": "any"})
    ticket_printers: Mapping[str, TicketPrinter] = field(default_factory=dict)
    layouts_dir: Path | None = None
    wedge: str = ""
    wedge_when: WedgeWhen = "request"
    wedge_text: str = "{number}{enter}"
    wedge_keys: KeyLayout = "ch"
    boot_id_file: Path = BOOT_ID_FILE
    pictures_dir: Path | None = None

    def __post_init__(self) -> None:
        """Raises: SettingRefused."""
        faults = Faults("terminal")
        faults.http_url("central_url", self.central_url)
        faults.absolute("state_dir", self.state_dir)
        faults.absolute("boot_id_file", self.boot_id_file)
        faults.absolute("pictures_dir", self.pictures_dir)
        faults.address("nexo_host", self.nexo_host)
        faults.between("nexo_port", self.nexo_port, lowest=0, highest=PORT_MAX)
        faults.users("allowed_uids", self.allowed_uids)
        for url in self.till_events.values():
            faults.http_url("till_events", url)
        if not _POI_ID.fullmatch(self.poi_id):
            faults.note("poi_id", self.poi_id, "must be 1 to 64 letters, digits, dots and dashes.")
        if self.token and self.token_file is not None:
            faults.note("token_file", self.token_file, "stands beside `token`. Write one of the two.")
        self._look_at_certificate(faults)
        if self.printer:
            try:
                parse_address(self.printer)
            except PrinterAddressInvalid as error:
                faults.note("printer", self.printer, str(error))
        look_at_tills(self, faults)
        faults.tell()

    def _look_at_certificate(self, faults: Faults) -> None:
        if self.certificate is not None and self.certificate_key is None:
            why = "needs its key. Write certificate_key as well, or neither: then a pair is made."
            faults.note("certificate", self.certificate, why)
        if self.certificate_key is not None and self.certificate is None:
            why = "needs its certificate. Write certificate as well, or neither: then a pair is made."
            faults.note("certificate_key", self.certificate_key, why)

    @property
    def token_path(self) -> Path:
        """The file of this terminal's token."""
        return self.token_file or self.state_dir / "terminal.token"

    @property
    def till_keys_path(self) -> Path:
        """The file of the keys shared with tills."""
        return self.till_keys_file or self.state_dir / "till-keys.json"

    @property
    def pictures_path(self) -> Path:
        """The folder of posters and logo."""
        return self.pictures_dir or self.state_dir / "pictures"

    @property
    def database(self) -> Path:
        """The one database file of the agent."""
        return self.state_dir / "terminal.db"
