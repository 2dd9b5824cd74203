"""Who this terminal is, for the person who pairs it: serial, addresses, version, and a code to photograph."""

import hashlib
import socket
from dataclasses import dataclass
from importlib.metadata import version
from io import StringIO
from pathlib import Path
from typing import Final

import segno

from loyalty.errors import LoyaltyError, Trouble
from terminal.settings import TerminalSettings
from wire.pairing import shown_code

MARK: Final = "OFFICINE-PAIRING"
HANDSHAKE_VERSION: Final = 1
SERIAL_FILES: Final = (
    Path("/sys/firmware/devicetree/base/serial-number"),  # Raspberry Pi: the number on its label
    Path("/sys/class/dmi/id/product_serial"),
)
MACHINE_ID: Final = Path("/etc/machine-id")
_PROBES: Final = (
    (socket.AF_INET, "192.0.2.1"),
    (socket.AF_INET6, "2001:db8::1"),
)
"""RFC 5737, RFC 3849: addresses for documentation. Connecting a datagram socket sends nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a technician compares with the office. No secrets: a photograph of it may be passed on."""

    serial: str
    addresses: tuple[str, ...]
    version: str
    poi_id: str
    central_url: str
    is_paired: bool


def identify(settings: TerminalSettings) -> Identity:
    """Look at this machine. Blocking, and quick."""
    return Identity(
        serial=serial_number(),
        addresses=own_addresses(),
        version=version("officine"),
        poi_id=settings.poi_id,
        central_url=settings.central_url,
        is_paired=has_token(settings),
    )


class TokenOutOfSight(LoyaltyError):
    """Another user asks."""

    code = "token_out_of_sight"
    trouble = Trouble.FORBIDDEN
    text = "{path} cannot be looked at ({reason}). Run this as the agent's user or as root."


def has_token(settings: TerminalSettings) -> bool:
    """Whether this terminal was given its token.

    Raises: TokenOutOfSight: this user may not enter its directory.
    """
    if settings.token:
        return True
    try:
        return settings.token_path.stat().st_size > 0
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise TokenOutOfSight(path=str(settings.token_path), reason=error.strerror or str(error)) from error


def read_token(settings: TerminalSettings) -> str:
    """The token of this terminal, empty where it has none.

    Raises: TokenOutOfSight.
    """
    if settings.token:
        return settings.token
    try:
        return settings.token_path.read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        raise TokenOutOfSight(path=str(settings.token_path), reason=error.strerror or str(error)) from error


def serial_number(files: tuple[Path, ...] = SERIAL_FILES, machine_id: Path = MACHINE_ID) -> str:
    """The machine's own number; without one, twelve digits made of its machine id (machine-id(5))."""
    for path in files:
        try:
            text = path.read_text(encoding="ascii", errors="ignore").strip("\0 \n")
        except OSError:
            continue
        if text.strip("0"):
            return text
    try:
        kept = machine_id.read_bytes().strip()
    except OSError:
        return "unknown"
    return hashlib.sha256(b"officine serial " + kept).hexdigest()[:12].upper()


def own_addresses() -> tuple[str, ...]:
    """The addresses by which others reach this machine, IPv4 first; none without a network."""
    found = []
    for family, target in _PROBES:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((target, 9))
                found.append(str(probe.getsockname()[0]))
        except OSError:
            continue
    return tuple(found)


def pairing_code(identity: Identity, code: str) -> str:
    """The content of the QR code: words in the alphanumeric mode of ISO/IEC 18004, so that it stays small.

    OFFICINE-PAIRING, version of this form, pairing code or "-", serial, POIID, software version, first
    address or "-".
    """
    address = identity.addresses[0] if identity.addresses else "-"
    facts = (identity.serial, identity.poi_id, identity.version, address)
    return " ".join((MARK, str(HANDSHAKE_VERSION), code or "-", *facts)).upper()


def console_page(identity: Identity, code: str = "") -> str:
    """What the kiosk of an unpaired terminal shows, as a page of text: for who comes by SSH."""
    picture = StringIO()
    content = pairing_code(identity, code)
    segno.make(content, error="l", micro=False).terminal(out=picture, border=2, compact=True)
    facts = (
        ("Serial", identity.serial),
        ("Address", ", ".join(identity.addresses) or "no network: check the cable"),
        ("Terminal", identity.poi_id),
        ("Version", identity.version),
        ("Central", identity.central_url),
    )
    is_waiting = "this terminal is paired." if identity.is_paired else "this terminal is not paired yet."
    lines = ["", f"  Officine: {is_waiting}", ""]
    lines += [f"  {name:9} {value}" for name, value in facts]
    if identity.is_paired:
        return "\n".join(lines) + "\n"
    if code:
        lines += ["", f"  Code:     {shown_code(code)}", ""]
        lines += ["  Next, at central: officine terminal pair CODE --shop ...  The screen changes by itself."]
    else:
        lines += ["", "  No code yet: the agent asks central for one. Is it started, is central reached?"]
    return "\n".join(lines) + "\n" + picture.getvalue()
