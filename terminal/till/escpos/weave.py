"""The rows and codes printed before the cut, as bytes; the printer is left as the till had it. Pure."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from loyalty.limits.other_tills import CAPTURE_ROWS_MAX
from terminal.escpos.said import qr_code
from terminal.till.escpos.paper import PAGES, PLAIN, Paper

_PLAIN: Final = str.maketrans({"’": "'", "œ": "oe", "ß": "ss", "€": "EUR", "…": "..."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """What a ticket is to say more. `short`: for printers that cannot print the rows' writing."""

    rows: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    short: tuple[str, ...] = ()


def woven(extra: Extra, paper: Paper, *, is_line_begun: bool) -> bytes:
    """Rows, each on its line, then the codes; empty where there is nothing to say."""
    if not extra.rows and not extra.codes:
        return b""
    page, number = _page(extra.rows, paper)
    rows = _encoded(extra.rows, page) or _encoded(extra.short, page) or []
    select = b"" if number is None else bytes((0x1B, ord("t"), number))
    begin = (b"\n" if is_line_begun else b"") + b"\x1c." + PLAIN + b"\x1bR\x00" + select
    body = b"".join(row + b"\n" for row in rows[:CAPTURE_ROWS_MAX])
    codes = b"".join(b"\x1ba\x01" + qr_code(code) + b"\n\x1ba\x00" for code in extra.codes)
    return begin + body + codes + paper.modes()


def _page(rows: Sequence[str], paper: Paper) -> tuple[str, int | None]:
    """The code page in which the rows print: the till's own where it can, since that printer has it."""
    if _encoded(rows, paper.page, is_exact=True) is not None:
        return paper.page, None
    known = next((number for number in (16, 19) if _encoded(rows, PAGES[number], is_exact=True)), None)
    return (paper.page, None) if known is None or paper.page_number is None else (PAGES[known], known)


def _encoded(rows: Sequence[str], page: str, *, is_exact: bool = False) -> list[bytes] | None:
    """The rows in a page; None where one cannot be told in it, even without its accents."""
    try:
        return [_bytes_of(row, page, is_exact=is_exact) for row in rows]
    except UnicodeEncodeError:
        return None


def _bytes_of(row: str, page: str, *, is_exact: bool) -> bytes:
    row = "".join(each for each in row if each.isprintable())
    try:
        return row.encode(page)
    except UnicodeEncodeError:
        if is_exact:
            raise
    marks = unicodedata.normalize("NFKD", row.translate(_PLAIN))
    return "".join(each for each in marks if not unicodedata.combining(each)).encode("ascii")
