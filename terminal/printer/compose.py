"""A document as the bytes that print it: text in the printer's code page, what it has not as a picture."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from terminal.escpos import said
from terminal.printer import lettering, logo
from terminal.printer.base import PaperMm, PrintLine, TextMode
from terminal.printer.codes import code_bytes
from terminal.printer.lettering import Piece

_DOTS: Final = {58: 384, 80: 576}
"""Printed width at 203 dots per inch: 48 mm and 72 mm."""
_PLAIN: Final = str.maketrans(
    {"\u202f": " ", "\u00a0": " ", "\u2212": "-", "\u2009": " ", "\u2011": "-", "\t": " "}
)
"""Typography that no printer has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """The roll in the printer, and how text comes onto it."""

    width_mm: PaperMm = 80
    text: TextMode = "cp1252"

    @property
    def dots(self) -> int:
        """Dots across."""
        return _DOTS[self.width_mm]

    @property
    def columns(self) -> int:
        """Characters in a row."""
        return self.dots // lettering.CELL


def composed(lines: Sequence[PrintLine], paper: Paper) -> bytes:
    """All of a document, with its cut; ready to be sent.

    Raises: CodeNotPrintable.
    """
    page = b"" if paper.text == "picture" else said.page(paper.text)
    body = b"".join(_row(row, paper) for row in _rows(lines))
    return said.RESET + said.NOT_CHINESE + page + body + said.CUT


def _rows(lines: Sequence[PrintLine]) -> Iterator[list[PrintLine]]:
    """Lines that stand in one row of paper together."""
    row: list[PrintLine] = []
    for line in lines:
        if (line.code or line.picture) and row:
            yield row
            row = []
        row.append(line)
        if line.ends_line or line.code or line.picture:
            yield row
            row = []
    if row:
        yield row


def _row(row: Sequence[PrintLine], paper: Paper) -> bytes:
    first = row[0]
    if first.picture:
        drawn_logo = _logo(first.picture, paper.dots)
        return said.LEFT + drawn_logo if drawn_logo else b""
    align = said.CENTRE if first.is_centred else said.LEFT
    if first.code:
        return said.CENTRE + code_bytes(first.code, first.text, paper.dots) + b"\n" + said.LEFT
    scale = 2 if first.is_large else 1
    pieces = [Piece(_printable(line.text), line.is_bold) for line in row]
    if paper.text != "picture":
        try:
            text = b"".join(_weighted(piece, paper.text) for piece in pieces)
        except UnicodeEncodeError:
            pass
        else:
            size = said.LARGE if first.is_large else b""
            return align + size + text + b"\n" + (said.SMALL if first.is_large else b"")
    drawn = (
        lettering.row(each, paper.dots, is_centred=first.is_centred, scale=scale)
        for each in lettering.folded(pieces, paper.columns // scale)
    )
    return said.LEFT + b"".join(_picture(*lettering.as_bytes(each)) for each in drawn)


def _picture(dots: bytes, bytes_per_row: int) -> bytes:
    return said.raster(dots, bytes_per_row=bytes_per_row)


def _logo(content: bytes, dots: int) -> bytes:
    """A slip comes also where its logo cannot be drawn."""
    try:
        return _picture(*lettering.as_bytes(logo.dots_of(content, dots)))
    except (OSError, ValueError):
        return b""


def _weighted(piece: Piece, page: str) -> bytes:
    text = piece.text.encode(page)
    return said.BOLD + text + said.LIGHT if piece.is_bold else text


def _printable(text: str) -> str:
    """Without what would be a command to the printer."""
    return "".join(each for each in text.translate(_PLAIN) if each.isprintable())
