"""What we say to a receipt printer, as bytes. Pure. Source: Epson, ESC/POS command reference."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

RESET: Final = b"\x1b@"
BOLD: Final = b"\x1bE\x01"
LIGHT: Final = b"\x1bE\x00"
CENTRE: Final = b"\x1ba\x01"
LEFT: Final = b"\x1ba\x00"
LARGE: Final = b"\x1d!\x11"
"""Twice as wide and twice as high."""
SMALL: Final = b"\x1d!\x00"
NOT_CHINESE: Final = b"\x1c."
"""Printers with Chinese firmware start in its mode and would take accents for halves of characters."""
CUT: Final = b"\x1dVB\x00"
"""Feeds the last row past the knife, then cuts and leaves a bridge."""
ASK_WHEN_DONE: Final = b"\x1dr\x01"
"""GS r 1, the paper sensor: answered when all that stands before it was worked off."""
CLEAR: Final = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
"""DLE DC4 (fn 8): forget what was received and is not printed, at once, even without paper."""
CLEARED: Final = b"7%\x00"
"""What a printer answers to that."""
QR_MODULE: Final = 6
BAR_HEIGHT: Final = 80

PAGE_NUMBERS: Final[Mapping[str, int]] = MappingProxyType({"cp1252": 16, "cp858": 19})
"""ESC t n: where Epson, and most who print as they do, keep the code pages that we write."""

_REAL_TIME: Final = frozenset({0x04, 0x05, 0x14})


def page(name: str) -> bytes:
    """Select a code page of `PAGE_NUMBERS`, and the plain signs of the United States in it."""
    return b"\x1bR\x00\x1bt" + bytes([PAGE_NUMBERS[name]])


def raster(dots: bytes, *, bytes_per_row: int) -> bytes:
    """A picture, most significant bit leftmost, 1 is black; GS v 0."""
    rows = len(dots) // bytes_per_row
    head = b"\x1dv0\x00" + bytes_per_row.to_bytes(2, "little") + rows.to_bytes(2, "little")
    return head + without_commands(dots)


def without_commands(dots: bytes) -> bytes:
    """The same picture, at most some dots darker, in which no printer sees a real-time command.

    Printers look for DLE EOT, DLE ENQ and DLE DC4 in all that comes, pictures too: one of them empties the
    buffer, another answers a status that nobody asked for.
    """
    safe = bytearray(dots)
    for at in range(len(safe) - 1):
        if safe[at] == 0x10 and safe[at + 1] in _REAL_TIME:
            safe[at] = 0x18
    if safe and safe[-1] == 0x10:
        safe[-1] = 0x18  # what follows is not known here
    return bytes(safe)


def qr_code(text: str, *, module: int = QR_MODULE) -> bytes:
    """A QR code drawn by the printer: GS ( k, functions 165, 167, 169, 180, 181; a seventh may be damaged."""
    data = text.encode("ascii")
    size = len(data) + 3
    return b"".join(
        (
            b"\x1d(k\x04\x00\x31\x41\x32\x00",
            b"\x1d(k\x03\x00\x31\x43" + bytes([module]),
            b"\x1d(k\x03\x00\x31\x45\x31",
            b"\x1d(k" + size.to_bytes(2, "little") + b"\x31\x50\x30" + data,
            b"\x1d(k\x03\x00\x31\x51\x30",
        )
    )


def bar_code(number: int, data: bytes, *, module: int, is_text_below: bool) -> bytes:
    """A bar code drawn by the printer: GS k (function B), after GS h, GS w, GS H."""
    settings = b"\x1dh" + bytes([BAR_HEIGHT]) + b"\x1dw" + bytes([module])
    return (
        settings
        + b"\x1dH"
        + (b"\x02" if is_text_below else b"\x00")
        + b"\x1df\x00"
        + (b"\x1dk" + bytes([number, len(data)]) + data)
    )
