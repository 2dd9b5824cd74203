"""Codes that a printer draws: what each can hold, and how wide it comes out. Pure.

A printer prints nothing at all of a code that is wider than its paper, so we look first.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, get_args

from loyalty.programme.numbers import is_gtin
from terminal.escpos.said import bar_code, qr_code

Symbology = Literal["EAN13", "EAN8", "UPCA", "Code128", "GS1-128", "Code25", "QRCode"]
SYMBOLOGIES: Final[tuple[Symbology, ...]] = get_args(Symbology)
QUIET_MODULES: Final = 20
"""White on both sides of bars together."""
_MODULES: Final = (3, 2)
"""Dots of the thinnest bar: 0.375 mm, else 0.25 mm; scanners in shops read both."""
_QR_MODULES: Final = (8, 6, 5, 4, 3)
_NUMBERS: Final[Mapping[str, int]] = MappingProxyType(
    {"UPCA": 65, "EAN13": 67, "EAN8": 68, "Code25": 70, "Code128": 73, "GS1-128": 73}
)
_GTIN_DIGITS: Final[Mapping[str, int]] = MappingProxyType({"EAN13": 13, "EAN8": 8, "UPCA": 12})
_GTIN_MODULES: Final[Mapping[str, int]] = MappingProxyType({"EAN13": 95, "EAN8": 67, "UPCA": 95})
_DIGIT_RUNS: Final = re.compile(r"((?:[0-9]{2}){2,})")
"""Worth a change of set: two pairs and more."""
_CODE_BYTES_MAX: Final = 255
_QR_CHARS_MAX: Final = 300


class CodeNotPrintable(ValueError):
    """A code cannot hold the text, or would be wider than the paper."""

    def __init__(self, *, symbology: str, why: str) -> None:
        super().__init__(f"{symbology} cannot be printed here: {why}.")


@dataclass(frozen=True, slots=True)
class _Bars:
    number: int
    data: bytes
    modules: int
    is_text_below: bool = False


def code_bytes(symbology: Symbology, text: str, dots: int) -> bytes:
    """The command that draws a code on paper of so many dots, as large as scanners like it.

    Raises: CodeNotPrintable.
    """
    if symbology == "QRCode":
        return _qr(text, dots)
    bars = _bars(symbology, text)
    module = next((each for each in _MODULES if (bars.modules + QUIET_MODULES) * each <= dots), None)
    if module is None or len(bars.data) > _CODE_BYTES_MAX:
        raise CodeNotPrintable(symbology=symbology, why="it is wider than the paper, print it as a QR code")
    return bar_code(bars.number, bars.data, module=module, is_text_below=bars.is_text_below)


def _qr(text: str, dots: int) -> bytes:
    import segno

    if not text or not text.isascii() or not text.isprintable() or len(text) > _QR_CHARS_MAX:
        why = f"it takes 1 to {_QR_CHARS_MAX} printable ASCII characters"
        raise CodeNotPrintable(symbology="QRCode", why=why)
    width = segno.make_qr(text, error="m").symbol_size(border=4)[0]
    module = next((each for each in _QR_MODULES if width * each <= dots * 2 // 3), None)
    if module is None:
        raise CodeNotPrintable(symbology="QRCode", why="it is wider than the paper")
    return qr_code(text, module=module)


def _bars(symbology: Symbology, text: str) -> _Bars:
    if symbology in _GTIN_DIGITS:
        return _gtin(symbology, text)
    if symbology == "Code25":
        if not text.isascii() or not text.isdigit() or len(text) % 2:
            raise CodeNotPrintable(symbology=symbology, why="it takes an even number of digits")
        return _Bars(_NUMBERS[symbology], text.encode(), 9 * len(text) + 9)
    if not text or not text.isascii() or not text.isprintable():
        raise CodeNotPrintable(symbology=symbology, why="it takes printable ASCII characters")
    if symbology == "GS1-128":
        plain = text.replace("(", "").replace(")", "")
        return _code_128(symbology, plain, first=b"{1")
    return _code_128(symbology, text, first=b"")


def _gtin(symbology: Symbology, text: str) -> _Bars:
    digits = _GTIN_DIGITS[symbology]
    if len(text) != digits or not is_gtin(text):
        raise CodeNotPrintable(
            symbology=symbology, why=f"it takes {digits} digits, the last of them its check"
        )
    return _Bars(_NUMBERS[symbology], text.encode(), _GTIN_MODULES[symbology], is_text_below=True)


def _code_128(symbology: Symbology, text: str, *, first: bytes) -> _Bars:
    """Runs of digits in pairs (set C), half as wide, the rest in set B.

    Where a pair would make a real-time command for the printer all of it is set B.
    """
    parts = [(each, each.isdigit()) for each in _DIGIT_RUNS.split(text) if each]
    data, symbols = _encoded(parts, first)
    if any(each in data for each in (b"\x10\x04", b"\x10\x05", b"\x10\x14")):
        data, symbols = _encoded([(text, False)], first)
    # Start, check and stop: 11 + 11 + 13 modules; the first set is the start.
    return _Bars(_NUMBERS[symbology], data, 11 * (symbols - 1) + 35)


def _encoded(parts: list[tuple[str, bool]], first: bytes) -> tuple[bytes, int]:
    """The data of GS k, and how many symbols it makes, the start among them."""
    data, symbols = b"", 0
    for part, is_paired in parts:
        data += (b"{C" if is_paired else b"{B") + first
        symbols += 1 + bool(first)
        first = b""
        if is_paired:
            data += bytes(int(part[at : at + 2]) for at in range(0, len(part), 2))
            symbols += len(part) // 2
        else:
            data += part.replace("{", "{{").encode("ascii")
            symbols += len(part)
    return data, symbols
