"""Rows of a receipt: as wide as the paper, wrapped between words, figures at the right edge and never cut."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

_WIDE: Final = frozenset("WF")
_MAYBE_WIDE: Final = re.compile("[\u1100-\U0010ffff]")
"""No assigned character before U+1100 is wide (Unicode, EastAsianWidth.txt)."""
_CLOSING: Final = frozenset("，。：；！？、）》」")
_FIGURE: Final = re.compile(r"\d[\d.,]*")


def _is_narrow(text: str) -> bool:
    return text.isascii() or _MAYBE_WIDE.search(text) is None


def columns_of(text: str) -> int:
    """Columns a text takes on paper; a Chinese character takes two."""
    if text.isascii() or _MAYBE_WIDE.search(text) is None:  # as `_is_narrow`: nothing is called as often
        return len(text)
    return sum(2 if unicodedata.east_asian_width(char) in _WIDE else 1 for char in text)


def wrapped(text: str, columns: int) -> list[str]:
    """A text in rows: broken at spaces and between Chinese characters, within a word only where it must be.

    A number is never broken; the caller leaves room for the longest.
    """
    rows = [""]
    if _is_narrow(text):
        whole = " ".join(text.split())
        if len(whole) <= columns:
            return [whole]
    for glue, atom in _atoms(text):
        joined = f"{rows[-1]}{glue}{atom}" if rows[-1] else atom
        if columns_of(joined) <= columns:
            rows[-1] = joined
            continue
        first, *others = _pieces(atom, columns)
        rows = [*rows, first, *others] if rows[-1] else [first, *others]
    return rows


@lru_cache(maxsize=1024)
def wrapped_words(text: str, columns: int) -> tuple[str, ...]:
    """As `wrapped`, of words that many receipts say: they are kept. Nothing of one customer goes here."""
    return tuple(wrapped(text, columns))


def figured(text: str, figure: str, columns: int, *, indent: int = 0) -> list[str]:
    """A text with a figure at the right edge of its last row; too long a text leaves the figure its room."""
    figure_columns = len(figure) if figure.isascii() else columns_of(figure)
    room = columns - figure_columns - 1 - indent
    assert room >= 2, "the paper is wide enough for a figure and a character"
    above, last, last_columns = _laid_out(text, room)
    margin = " " * indent
    row = f"{margin}{last}{' ' * (columns - indent - last_columns - figure_columns)}{figure}"
    return [*(f"{margin}{each}" for each in above), row] if above else [row]


# The same few names of rules stand on every receipt.
@lru_cache(maxsize=4096)
def _laid_out(text: str, columns: int) -> tuple[tuple[str, ...], str, int]:
    """A text in rows: those above the last, the last, and the columns it takes."""
    *above, last = wrapped(text, columns)
    return tuple(above), last, columns_of(last)


def indented(text: str, columns: int, *, indent: int) -> list[str]:
    """A text without a figure, set in from the left."""
    return [" " * indent + row for row in wrapped(text, columns - indent)]


def _atoms(text: str) -> Iterator[tuple[str, str]]:
    """What is not to be broken, each with the space before it."""
    if _is_narrow(text):
        for number, word in enumerate(text.split()):
            yield (" " if number else ""), word
        return
    glue, atom = "", ""
    for char in text:
        is_wide = unicodedata.east_asian_width(char) in _WIDE
        if char.isspace() or (is_wide and char not in _CLOSING):
            if atom:
                yield glue, atom
                glue, atom = "", ""
            if char.isspace():
                glue = " "
            else:
                atom = char
        elif atom and unicodedata.east_asian_width(atom[-1]) in _WIDE and char not in _CLOSING:
            yield glue, atom
            glue, atom = "", char
        else:
            atom += char
    if atom:
        yield glue, atom


def _pieces(atom: str, columns: int) -> list[str]:
    """A word that is wider than the paper, cut where no number is."""
    pieces: list[str] = []
    while columns_of(atom) > columns:
        end = len(atom)
        while columns_of(atom[:end]) > columns:
            end -= 1
        inside = next((found for found in _FIGURE.finditer(atom) if found.start() < end < found.end()), None)
        if inside is not None and inside.start() > 0:
            end = inside.start()
        pieces.append(atom[:end])
        atom = atom[end:]
    return [*pieces, atom]
