"""Delimited files with a header: which separator, which columns, which line a row stood on."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from central.gateways.files import FileBroken, decode, read_bytes
from loyalty.limits.imports import IMPORT_CELL_CHARS_MAX

SEPARATORS: Final = (";", ",", "\t", "|")
_SEPARATOR_NAMES: Final = {";": "semicolon", ",": "comma", "\t": "tab", "|": "bar"}
_HEADER_SHOWN_CHARS: Final = 300


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its first line in the file, and its cells by column (names in lower case, cells stripped).

    `trouble` says why it cannot be read; it then has no cells.
    """

    line: int
    cells: Mapping[str, str]
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A file with a header. `columns` in lower case, in the file's order."""

    file: str
    columns: tuple[str, ...]
    encoding: str
    separator: str
    text: str

    @property
    def facts(self) -> dict[str, str]:
        """What was found out about the file."""
        separator = _SEPARATOR_NAMES.get(self.separator, self.separator)
        return {"encoding": self.encoding, "separator": separator, "columns": ", ".join(self.columns)}

    def rows(self) -> Iterator[Row]:
        """The rows after the header; empty lines do not count."""
        reader = csv.reader(io.StringIO(self.text, newline=""), delimiter=self.separator, strict=True)
        next(reader)
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise FileBroken(file=self.file, why=f"line {line} cannot be read: {error}.") from error
            if any(cell.strip() for cell in cells):
                yield self._row(line, cells)

    def _row(self, line: int, cells: Sequence[str]) -> Row:
        if len(cells) != len(self.columns):
            return Row(line, {}, f"{len(cells)} cells, the header has {len(self.columns)}")
        stripped = {name: cell.strip() for name, cell in zip(self.columns, cells, strict=True)}
        for name, cell in stripped.items():
            if len(cell) > IMPORT_CELL_CHARS_MAX:
                return Row(line, {}, f"the cell {name} has more than {IMPORT_CELL_CHARS_MAX} characters")
        return Row(line, stripped)


def read_table(
    path: Path,
    *,
    needed: Mapping[str, Sequence[str]],
    separator: str | None = None,
    encoding: str | None = None,
) -> Table:
    """Read a file and find its header.

    Args:
        needed: columns the file must have, each with the names it may bear.
        separator: one character; None: the one that yields the needed columns.
        encoding: None: detected.
    Raises: FileUnreadable; FileBroken: binary, empty, columns missing or named twice.
    """
    text, found_encoding = decode(read_bytes(path), path.name, encoding)
    if not text.strip():
        raise FileBroken(file=path.name, why="is empty.")
    if separator is not None and len(separator) != 1:
        raise FileBroken(file=path.name, why="the separator must be one character.")
    candidates = {sign: _header(text, sign) for sign in ([separator] if separator else SEPARATORS)}
    for sign, columns in candidates.items():
        if all(find_column(columns, names) for names in needed.values()):
            doubled = {name for name in columns if name and columns.count(name) > 1}
            if doubled:
                why = f"the column {', '.join(sorted(doubled))} stands twice in the header."
                raise FileBroken(file=path.name, why=why)
            return Table(path.name, columns, found_encoding, sign, text)
    best = max(candidates.values(), key=len)
    missing = [what for what, names in needed.items() if not find_column(best, names)]
    shown = ", ".join(best)[:_HEADER_SHOWN_CHARS] or "nothing"
    raise FileBroken(file=path.name, why=f"the header lacks {', '.join(missing)}. Found: {shown}.")


def find_column(columns: Sequence[str], names: Sequence[str]) -> str | None:
    """The first of `names` that is a column."""
    return next((name.casefold() for name in names if name.casefold() in columns), None)


def _header(text: str, separator: str) -> tuple[str, ...]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        return tuple(cell.strip().casefold() for cell in next(reader))
    except (csv.Error, StopIteration):
        return ()
