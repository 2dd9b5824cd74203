"""Rows of text as dots, letter by letter into the printer's own grid: 12 by 24 dots, Chinese twice as wide.

For what the printer's code pages do not have, and for pictures of what prints. The fonts come with packages.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from wire import font_files

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

CELL: Final = 12
HEIGHT: Final = 24
PITCH: Final = 30
"""From row to row, 3.75 mm at 203 dots per inch: what printers do by themselves."""
_BASELINE: Final = 19
_LATIN_SIZE: Final = 20
"""Letters of JetBrains Mono are then 12 dots wide."""
_HAN_SIZE: Final = 23
_HAN_DROP: Final = 1
_INK: Final = 120
"""Darker than this is black: thermal paper knows no grey."""
_WEIGHTS: Final = {False: (480, 430), True: (760, 700)}


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text of a row."""

    text: str
    is_bold: bool = False


def cells_of(text: str) -> int:
    """Columns that a text takes."""
    return sum(2 if is_wide(each) else 1 for each in text)


def is_wide(character: str) -> bool:
    """Whether a character takes two columns."""
    return unicodedata.east_asian_width(character) in "WF"


def folded(pieces: Sequence[Piece], columns: int) -> list[list[Piece]]:
    """Pieces in rows no wider than the paper, broken at the edge wherever that falls."""
    rows: list[list[Piece]] = [[]]
    left = columns
    for piece in pieces:
        text = ""
        for each in piece.text:
            cells = cells_of(each)
            if cells > left:
                rows[-1].append(Piece(text, piece.is_bold))
                rows.append([])
                text, left = "", columns
            text += each
            left -= cells
        rows[-1].append(Piece(text, piece.is_bold))
    return rows


def row(pieces: Sequence[Piece], dots: int, *, is_centred: bool = False, scale: int = 1) -> "Image":
    """A row of text, `dots` wide and `PITCH` high (`HEIGHT` of each `scale`); 1 is black.

    What does not fit is left out: the caller wraps.
    """
    from PIL import Image, ImageDraw

    size = scale * CELL
    width = sum(cells_of(piece.text) for piece in pieces) * size
    picture = Image.new("L", (dots, PITCH if scale == 1 else HEIGHT * scale), 0)
    draw = ImageDraw.Draw(picture)
    left = max(0, (dots - width) // 2) if is_centred else 0
    for piece in pieces:
        for each in piece.text:
            cells = 2 if is_wide(each) else 1
            font = _font(is_han=is_wide(each), is_bold=piece.is_bold, scale=scale)
            drop = _HAN_DROP if is_wide(each) else 0
            middle = left + cells * size // 2
            draw.text((middle, (_BASELINE + drop) * scale), each, fill=255, font=font, anchor="ms")
            left += cells * size
    return picture.point(lambda value: 255 if value > _INK else 0).convert("1")


def as_bytes(picture: "Image") -> tuple[bytes, int]:
    """The dots of a picture for a raster command, and bytes per row."""
    return picture.tobytes(), (picture.width + 7) // 8


@lru_cache(maxsize=8)
def _font(*, is_han: bool, is_bold: bool, scale: int) -> "FreeTypeFont":
    from PIL import ImageFont

    path = font_files.noto_sans_sc() if is_han else font_files.jetbrains_mono()
    size = (_HAN_SIZE if is_han else _LATIN_SIZE) * scale
    font = ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)
    font.set_variation_by_axes([_WEIGHTS[is_bold][is_han]])
    return font
