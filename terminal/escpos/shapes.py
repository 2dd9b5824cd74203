"""How long each ESC/POS command is, so that none of its bytes is taken for another. Pure data and arithmetic.

Source: Epson, ESC/POS command reference. A command that is not here ends the reading, never the printing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

HT, LF, FF, CR, DLE, CAN, ESC, FS, GS = 0x09, 0x0A, 0x0C, 0x0D, 0x10, 0x18, 0x1B, 0x1C, 0x1D
HEAD_BYTES_MAX: Final = 16

Sort = Literal["command", "feed", "cut", "image"]


@dataclass(frozen=True, slots=True)
class Shape:
    """A whole head: `head` bytes, then `body` bytes of data, or data up to a NUL."""

    head: int
    body: int = 0
    is_up_to_nul: bool = False
    sort: Sort = "command"


UNKNOWN: Final = Shape(0)
"""No command that we know: what follows cannot be told apart."""

_ESC_PARAMETERS: Final[Mapping[int, int]] = MappingProxyType(
    {ord(name): 0 for name in "@2LS<\x0c"}
    | {ord(name): 1 for name in " !%-3=?EGKMRTUVaertuv{"}
    | {ord(name): 2 for name in "$\\c"}
    | {ord("p"): 3, ord("W"): 8}
)
_GS_PARAMETERS: Final[Mapping[int, int]] = MappingProxyType(
    {ord(name): 0 for name in ":c"}
    | {ord(name): 1 for name in "!/BEHITabfhjrw"}
    | {ord(name): 2 for name in "$LPW\\"}
    | {ord("^"): 3, ord("z"): 3, ord("g"): 4}
)
_FS_PARAMETERS: Final[Mapping[int, int]] = MappingProxyType(
    {ord(name): 0 for name in "&."} | {ord(name): 1 for name in "!-CW"} | {ord("S"): 2, ord("p"): 2}
)
_DLE_PARAMETERS: Final[Mapping[int, int]] = MappingProxyType({0x04: 1, 0x05: 1})
_DC4_PARAMETERS: Final[Mapping[int, int]] = MappingProxyType({1: 2, 2: 2, 3: 4, 7: 1, 8: 7})


def shape_of(data: bytes) -> Shape | None:
    """The command that begins here; None: more bytes must tell; `UNKNOWN`: none that we know."""
    if len(data) < 2:
        return None
    match data[0]:
        case 0x10:
            return _dle(data)
        case 0x1B:
            return _esc(data)
        case 0x1C:
            return _fs(data)
        case _:
            return _gs(data)


def _dle(data: bytes) -> Shape | None:
    if data[1] == 0x14:
        if len(data) < 3:
            return None
        more = _DC4_PARAMETERS.get(data[2])
        return UNKNOWN if more is None else _if_there(data, Shape(3 + more))
    parameters = _DLE_PARAMETERS.get(data[1])
    if parameters is None:
        return UNKNOWN
    is_long = data[1] == 0x04 and len(data) > 2 and data[2] in (7, 8, 18)
    return _if_there(data, Shape(2 + parameters + is_long))


def _esc(data: bytes) -> Shape | None:
    name = data[1]
    if name in b"im":
        return Shape(2, sort="cut")
    if name in b"dJ":
        return _if_there(data, Shape(3, sort="feed"))
    if name == ord("D"):
        return Shape(2, is_up_to_nul=True)
    if name == ord("("):
        return _with_length(data, at=3, size=2)
    if name == ord("*"):
        return _bit_image(data)
    parameters = _ESC_PARAMETERS.get(name)
    return UNKNOWN if parameters is None else _if_there(data, Shape(2 + parameters))


def _bit_image(data: bytes) -> Shape | None:
    if len(data) < 5:
        return None
    columns = data[3] | data[4] << 8
    return Shape(5, columns * (3 if data[2] in (32, 33) else 1), sort="image")


def _fs(data: bytes) -> Shape | None:
    if data[1] == ord("("):
        return _with_length(data, at=3, size=2)
    parameters = _FS_PARAMETERS.get(data[1])
    return UNKNOWN if parameters is None else _if_there(data, Shape(2 + parameters))


def _gs(data: bytes) -> Shape | None:
    name = data[1]
    if name == ord("V"):
        return _cut(data)
    if name == ord("k"):
        return _barcode(data)
    if name == ord("("):
        return _with_length(data, at=3, size=2, sort="image")
    if name == ord("8"):
        return _with_length(data, at=3, size=4, sort="image")
    if name in b"vQ":
        return _raster(data)
    if name == ord("*"):
        return None if len(data) < 4 else Shape(4, data[2] * data[3] * 8, sort="image")
    parameters = _GS_PARAMETERS.get(name)
    return UNKNOWN if parameters is None else _if_there(data, Shape(2 + parameters))


def _cut(data: bytes) -> Shape | None:
    if len(data) < 3:
        return None
    if data[2] in (0, 1, 48, 49):
        return Shape(3, sort="cut")
    if data[2] in (65, 66, 97, 98, 103, 104):
        return _if_there(data, Shape(4, sort="cut"))
    return UNKNOWN


def _barcode(data: bytes) -> Shape | None:
    if len(data) < 4:
        return None
    if data[2] <= 6:
        return Shape(3, is_up_to_nul=True, sort="image")
    return Shape(4, data[3], sort="image") if 65 <= data[2] <= 79 else UNKNOWN


def _raster(data: bytes) -> Shape | None:
    if len(data) < 8:
        return None
    return Shape(8, (data[4] | data[5] << 8) * (data[6] | data[7] << 8), sort="image")


def _with_length(data: bytes, *, at: int, size: int, sort: Sort = "command") -> Shape | None:
    if len(data) < at + size:
        return None
    return Shape(at + size, int.from_bytes(data[at : at + size], "little"), sort=sort)


def _if_there(data: bytes, shape: Shape) -> Shape | None:
    return shape if len(data) >= shape.head else None
