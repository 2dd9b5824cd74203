"""Printed statements as PDF (A4): head, facts, tables over as many pages as they need, page n of m."""

import hashlib
import html
import io
import itertools
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from central.gateways.statement_fonts import BOLD, REGULAR, cut, is_latin

_MARGIN: Final = 18 * mm
_PADDING: Final = 6
"""What reportlab leaves free inside a frame."""
_WIDTH: Final = A4[0] - 2 * _MARGIN - 2 * _PADDING
_INK: Final = HexColor("#1B1F23")
_GREY: Final = HexColor("#5B6570")
_RULE: Final = HexColor("#C9D1D9")
_BAND: Final = HexColor("#F3F5F7")
_SIZE: Final = 8.5
_registering: Final = threading.Lock()
"""Fonts are known to reportlab by name, for the whole process: a name stands for one set of letters."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, its share of the width, whether figures stand at its right edge."""

    title: str
    share: int
    is_figure: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A table with a title; `total` stands below it in bold."""

    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[str]]
    total: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """What is printed, in words already. `page_words` has places for {page} and {pages}."""

    title: str
    sender: tuple[str, ...]
    recipient: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    notes: tuple[str, ...] = ()
    page_words: str = "{page} / {pages}"
    nothing: str = ""
    """What stands in the place of rows where there are none."""


@dataclass(slots=True)
class _Fonts:
    """Names of the four fonts of one statement."""

    latin: dict[int, str] = field(default_factory=dict)
    chinese: dict[int, str] = field(default_factory=dict)

    def marked(self, text: str, weight: int) -> str:
        """Text for a paragraph, each run in the font that has its letters."""
        runs = []
        for is_one, letters in itertools.groupby(text, key=is_latin):
            name = (self.latin if is_one else self.chinese)[weight]
            runs.append(f'<font name="{name}">{html.escape("".join(letters))}</font>')
        return "".join(runs)


def render(statement: Statement) -> bytes:
    """The PDF; the same statement gives the same bytes, whenever and wherever it is made."""
    fonts = _register(_texts(statement))
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=_MARGIN,
        title=statement.title,
        author=statement.sender[0] if statement.sender else "",
        invariant=1,
    )
    story: list[Any] = [*_head(statement, fonts), Spacer(0, 6 * mm)]
    for section in statement.sections:
        story += [*_section(section, statement, fonts), Spacer(0, 6 * mm)]
    style = _style(fonts, colour=_GREY)
    story += [Paragraph(fonts.marked(note, REGULAR), style) for note in statement.notes]
    document.build(story, canvasmaker=_counting(statement, fonts))
    return out.getvalue()


def _head(statement: Statement, fonts: _Fonts) -> Iterator[Any]:
    plain = _style(fonts)
    sender = [
        Paragraph(fonts.marked(line, BOLD if not at else REGULAR), plain)
        for at, line in _lines(statement.sender)
    ]
    recipient = [
        Paragraph(fonts.marked(line, BOLD if not at else REGULAR), plain)
        for at, line in _lines(statement.recipient)
    ]
    yield _table([[sender, recipient]], [_WIDTH * 0.55, _WIDTH * 0.45], [])
    yield Spacer(0, 12 * mm)
    yield Paragraph(fonts.marked(statement.title, BOLD), _style(fonts, size=15))
    yield Spacer(0, 3 * mm)
    grey = _style(fonts, colour=_GREY)
    rows = [
        [Paragraph(fonts.marked(name, REGULAR), grey), Paragraph(fonts.marked(value, REGULAR), plain)]
        for name, value in statement.facts
    ]
    if rows:
        yield _table(rows, [_WIDTH * 0.28, _WIDTH * 0.72], [("BOTTOMPADDING", (0, 0), (-1, -1), 1)])


def _lines(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    return enumerate(line for line in lines if line)


def _section(section: Section, statement: Statement, fonts: _Fonts) -> Iterator[Any]:
    yield Paragraph(fonts.marked(section.title, BOLD), _style(fonts, size=10.5))
    yield Spacer(0, 2 * mm)
    if not section.rows:
        yield Paragraph(fonts.marked(statement.nothing, REGULAR), _style(fonts, colour=_GREY))
        return
    plain, right = _style(fonts), _style(fonts, is_right=True)
    grey, grey_right = _style(fonts, colour=_GREY), _style(fonts, colour=_GREY, is_right=True)

    def cells(row: Sequence[str], weight: int, *, is_head: bool = False) -> list[Any]:
        made = []
        for column, text in zip(section.columns, row, strict=True):
            left_style, right_style = (grey, grey_right) if is_head else (plain, right)
            style = right_style if column.is_figure else left_style
            made.append(Paragraph(fonts.marked(text, weight), style))
        return made

    rows = [cells([column.title for column in section.columns], REGULAR, is_head=True)]
    rows += [cells(row, REGULAR) for row in section.rows]
    marks: list[Any] = [
        ("LINEBELOW", (0, 0), (-1, 0), 0.7, _INK),
        ("LINEBELOW", (0, 1), (-1, -1), 0.3, _RULE),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]
    if section.total:
        rows.append(cells(section.total, BOLD))
        marks += [("LINEABOVE", (0, -1), (-1, -1), 0.7, _INK), ("BACKGROUND", (0, -1), (-1, -1), _BAND)]
    whole = sum(column.share for column in section.columns)
    yield _table(rows, [_WIDTH * column.share / whole for column in section.columns], marks, repeat=1)


def _table(rows: list[Any], widths: list[float], marks: list[Any], repeat: int = 0) -> Table:
    table = Table(rows, colWidths=widths, repeatRows=repeat, hAlign="LEFT")
    base = [
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]
    table.setStyle(TableStyle([*base, *marks]))
    return table


def _style(
    fonts: _Fonts, *, size: float = _SIZE, colour: Any = _INK, is_right: bool = False
) -> ParagraphStyle:
    return ParagraphStyle(
        "cell",
        fontName=fonts.latin[REGULAR],
        fontSize=size,
        leading=size * 1.3,
        textColor=colour,
        alignment=TA_RIGHT if is_right else 0,
        # Chinese has no spaces to break at; words of other languages are kept whole where they fit.
        splitLongWords=True,
    )


def _texts(statement: Statement) -> Iterator[str]:
    yield from (statement.title, statement.page_words, statement.nothing, "0123456789/")
    yield from (*statement.sender, *statement.recipient, *statement.notes)
    yield from (text for pair in statement.facts for text in pair)
    for section in statement.sections:
        yield section.title
        yield from (column.title for column in section.columns)
        yield from (text for row in (*section.rows, section.total) for text in row)


def _register(texts: Iterable[str]) -> _Fonts:
    letters = {letter for text in texts for letter in text}
    fonts = _Fonts()
    for weight in (REGULAR, BOLD):
        for known, is_chinese in ((fonts.latin, False), (fonts.chinese, True)):
            wanted = [letter for letter in letters if is_latin(letter) is not is_chinese]
            if is_chinese and not wanted:
                continue
            digest = hashlib.sha256("".join(sorted(wanted)).encode()).hexdigest()[:16]
            name = known[weight] = f"Officine{'Han' if is_chinese else ''}{digest}-{weight}"
            with _registering:
                if name not in pdfmetrics.getRegisteredFontNames():
                    file = io.BytesIO(cut(wanted, weight=weight, is_chinese=is_chinese, name=name))
                    pdfmetrics.registerFont(TTFont(name, file))
    return fonts


def _counting(statement: Statement, fonts: _Fonts) -> type[Canvas]:
    """A canvas that draws page n of m when it knows m."""

    class Counting(Canvas):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._kept: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802 -- reportlab's name
            self._kept.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, page in enumerate(self._kept, start=1):
                self.__dict__.update(page)
                words = statement.page_words.format(page=number, pages=len(self._kept))
                mark = Paragraph(
                    fonts.marked(words, REGULAR), _style(fonts, size=7.5, colour=_GREY, is_right=True)
                )
                mark.wrapOn(self, _WIDTH, 10 * mm)
                mark.drawOn(self, _MARGIN + _PADDING, 9 * mm)
                super().showPage()
            super().save()

    return Counting
