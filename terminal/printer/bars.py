"""Bars and squares as a printer's firmware draws them, from the data that stands in its commands."""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL.Image import Image

_STARTS: Final = {"A": 103, "B": 104, "C": 105}
_FNC1: Final = 102
_SWITCHES: Final = {"A": 101, "B": 100, "C": 99}
_TEXT_HEIGHT: Final = 28


def qr_picture(text: str, module: int) -> "Image":
    """A QR code with its white border; 1 is black."""
    import segno
    from PIL import Image

    rows = [bytes(row) for row in segno.make_qr(text, error="m", boost_error=False).matrix]
    square = Image.new("1", (len(rows), len(rows)), 0)
    square.putdata([255 if each else 0 for row in rows for each in row])
    whole = Image.new("1", (len(rows) + 8, len(rows) + 8), 0)
    whole.paste(square, (4, 4))
    return whole.resize((whole.width * module, whole.height * module))


def bar_picture(number: int, data: bytes, module: int, height: int) -> "Image | None":
    """What GS k (function B) draws; None where it draws nothing, as printers do with data that is wrong."""
    modules = _modules(number, data)
    if modules is None:
        return None
    from PIL import Image

    line = Image.new("1", (len(modules), 1), 0)
    line.putdata([255 if each == "1" else 0 for each in modules])
    width = len(modules) * module // (2 if number == 70 else 1)
    return line.resize((width, height))


def _modules(number: int, data: bytes) -> str | None:
    import barcode

    if number == 73:
        return _code_128(data)
    kind = {65: "upca", 67: "ean13", 68: "ean8", 70: "itf"}.get(number)
    if kind is None or not data.isdigit():
        return None
    drawn = barcode.get(kind, data.decode())
    if number != 70 and drawn.get_fullcode() != data.decode():
        return None
    return str(drawn.build()[0])


def _code_128(data: bytes) -> str | None:
    """Symbol by symbol as told: sets by {A {B {C, FNC1 by {1, a brace by {{."""
    from barcode.charsets.code128 import CODES, STOP

    if len(data) < 3 or data[:1] != b"{" or chr(data[1]) not in _STARTS:
        return None
    current = chr(data[1])
    values = [_STARTS[current]]
    at = 2
    while at < len(data):
        each = data[at]
        if each == ord("{") and at + 1 < len(data):
            name = chr(data[at + 1])
            at += 2
            if name in _SWITCHES:
                values.append(_SWITCHES[name])
                current = name
            elif name == "1":
                values.append(_FNC1)
            elif name == "{":
                values.append(ord("{") - 32)
            else:
                return None
            continue
        if current == "C":
            if each > 99:
                return None
            values.append(each)
        elif 32 <= each < 128:
            values.append(each - 32)
        else:
            return None
        at += 1
    check = (values[0] + sum(place * value for place, value in enumerate(values))) % 103
    drawn: list[str] = [CODES[value] for value in [*values, check]]
    return "".join([*drawn, STOP, "11"])
