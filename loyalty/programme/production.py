"""The card maker's file (P-26): numbers in order, laid out as the maker wants them; the layout is data.

Numbers do not depend on chips: the maker prints them, and a chip is written for each later.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Final

from loyalty.limits.cards import CARD_BATCH_MAX, LAYOUT_COLUMNS_MAX
from loyalty.limits.texts import NAME_CHARS_MAX
from loyalty.programme.numbers import EAN13_DIGITS, gtin_check_digit
from loyalty.rules.reading import invalid, read_list, read_object

FIELDS: Final = ("sequence", "number", "printed", "ean13", "qr", "batch")
"""What a column may hold: place in the batch from 1; number; the same in groups of four; codes; batch."""
DELIMITERS: Final = (";", ",", "\t", "|")
_SERIAL_DIGITS: Final = 10
_PREFIX_DIGITS: Final = EAN13_DIGITS - _SERIAL_DIGITS - 1


@dataclass(frozen=True, slots=True)
class Layout:
    """A maker's file: `columns` are (title, template) pairs, such as ("N°", "{printed}")."""

    columns: tuple[tuple[str, str], ...]
    delimiter: str = ";"
    has_titles: bool = True
    line_end: str = "\r\n"


OWN_LAYOUT: Final = Layout(tuple((name, f"{{{name}}}") for name in FIELDS))
"""Every field as a column, for makers that want nothing else."""


def card_numbers(prefix: str, first: int, count: int) -> list[str]:
    """EAN-13 numbers in the range that a group numbers itself: prefix, ten digits, check digit.

    Args:
        prefix: two digits, 20 to 29.
        first: the first of the ten digits, 0 <= first, first + count <= 10**10.
    Raises: ProgrammeInvalid.
    """
    if not (len(prefix) == _PREFIX_DIGITS and prefix.isascii() and prefix.isdigit() and prefix[0] == "2"):
        raise invalid("prefix", "two digits from 20 to 29", prefix)
    if not 1 <= count <= CARD_BATCH_MAX:
        raise invalid("count", f"1 to {CARD_BATCH_MAX}", count)
    if not (first >= 0 and first + count <= 10**_SERIAL_DIGITS):
        raise invalid("first", f"0 to {10**_SERIAL_DIGITS - count}", first)
    heads = [f"{prefix}{serial:0{_SERIAL_DIGITS}d}" for serial in range(first, first + count)]
    return [head + gtin_check_digit(head) for head in heads]


def parse_layout(document: object) -> Layout:
    """A maker's layout. Raises: ProgrammeInvalid.

    {"columns": [{"title": "N°", "value": "{printed}"}], "delimiter": ";", "titles": true, "line_end": "crlf"}
    """
    optional = frozenset({"delimiter", "titles", "line_end"})
    members = read_object(document, "layout", required=frozenset({"columns"}), optional=optional)
    columns = read_list(members["columns"], "layout.columns", at_least=1, at_most=LAYOUT_COLUMNS_MAX)
    delimiter, titles = members.get("delimiter", ";"), members.get("titles", True)
    line_end = members.get("line_end", "crlf")
    if delimiter not in DELIMITERS:
        raise invalid("layout.delimiter", "one of " + " ".join(map(repr, DELIMITERS)), delimiter)
    if not isinstance(titles, bool):
        raise invalid("layout.titles", "true or false", titles)
    if line_end not in ("crlf", "lf"):
        raise invalid("layout.line_end", "crlf or lf", line_end)
    told = tuple(_column(column, f"layout.columns[{at}]") for at, column in enumerate(columns))
    return Layout(told, str(delimiter), titles, "\r\n" if line_end == "crlf" else "\n")


def _column(document: object, path: str) -> tuple[str, str]:
    members = read_object(document, path, required=frozenset({"title", "value"}))
    title, value = members["title"], members["value"]
    for name, text in (("title", title), ("value", value)):
        if not (isinstance(text, str) and 0 < len(text) <= NAME_CHARS_MAX and text.isprintable()):
            raise invalid(f"{path}.{name}", f"a text of 1 to {NAME_CHARS_MAX} characters", text)
    try:
        named = [(field, spec, conversion) for _, field, spec, conversion in Formatter().parse(str(value))]
    except ValueError:
        raise invalid(f"{path}.value", "braces in pairs", value) from None
    for field, spec, conversion in named:
        if field is not None and (field not in FIELDS or spec or conversion):
            raise invalid(f"{path}.value", "fields " + ", ".join(f"{{{name}}}" for name in FIELDS), field)
    return str(title), str(value)


def render(layout: Layout, numbers: Sequence[str], batch: str) -> str:
    """The maker's file."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=layout.delimiter, lineterminator=layout.line_end)
    if layout.has_titles:
        writer.writerow([title for title, _ in layout.columns])
    for sequence, number in enumerate(numbers, start=1):
        fields = _fields(sequence, number, batch)
        writer.writerow([value.format_map(fields) for _, value in layout.columns])
    return text.getvalue()


def _fields(sequence: int, number: str, batch: str) -> Mapping[str, str]:
    printed = " ".join(number[at : at + 4] for at in range(0, len(number), 4))
    # A QR code holds the bare number: scanners hand on what they read, and it is found as a typed one is.
    return {
        "sequence": str(sequence),
        "number": number,
        "printed": printed,
        "ean13": number,
        "qr": number,
        "batch": batch,
    }
