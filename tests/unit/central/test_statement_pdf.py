"""Printed statements: every letter is in the fonts, and what is printed can be read back, also in Chinese."""

import io
import shutil
import subprocess
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from central.gateways.statement_fonts import REGULAR, cut, is_latin
from central.gateways.statement_pdf import Column, Section, Statement, render
from central.services.clearing.paper_words import _WORDS, say, says
from wire import font_files

needs_reader = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="no PDF reader here: install poppler-utils"
)
COLUMNS = (Column("Nature", 60), Column("Montant", 20, is_figure=True))


def a_statement(**changed: object) -> Statement:
    told: dict[str, object] = {
        "title": "Décompte 2026-10",
        "sender": ("Pharmacies du Léman",),
        "recipient": ("阳光药业有限公司", "Zürich & Söhne <AG>"),
        "facts": (("Compte", "CH93 0076 2011 6238 5295 7"),),
        "sections": (
            Section("Détail", COLUMNS, [("六月防晒优惠 Xidan", "1'234.50")], ("Total", "1'234.50")),
        ),
        "notes": ("Aucune ligne ne nomme un client.",),
        "page_words": "Page {page} sur {pages}",
    }
    return Statement(**told | changed)  # type: ignore[arg-type]


def read(pdf: bytes, folder: Path) -> str:
    """The text of a PDF, as a reader gives it."""
    path = folder / "statement.pdf"
    path.write_bytes(pdf)
    command = ["pdftotext", "-layout", str(path), "-"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("is_chinese", [False, True])
def test_every_letter_of_every_word_is_in_the_fonts(is_chinese: bool) -> None:
    letters = {letter for words in _WORDS.values() for word in words for letter in word}
    wanted = {letter for letter in letters if is_latin(letter) is not is_chinese}
    font = TTFont(io.BytesIO(cut(wanted, weight=REGULAR, is_chinese=is_chinese, name="Test")))
    assert wanted <= {chr(code) for code in font.getBestCmap()}
    assert len(wanted) > 50


def test_the_same_statement_is_the_same_bytes_whatever_was_printed_before_and_whenever() -> None:
    first = render(a_statement())
    render(a_statement(title="A", recipient=(), sections=(), notes=()))
    assert render(a_statement()) == first
    made = TTFont(io.BytesIO(cut("abc", weight=REGULAR, is_chinese=False, name="Test")))
    with TTFont(font_files.inter()) as source:
        assert made["head"].modified == source["head"].modified, "a font does not tell when it was cut"


def test_words_are_there_in_five_languages_and_english_stands_in_for_others() -> None:
    assert say("total", "zh") == "合计"
    assert say("total", "rm") == say("total", "en") == "Total"
    assert says("discount", "de") == "Rabatt"
    assert says("no-such-word", "de") == "no-such-word"


@needs_reader
def test_what_is_printed_can_be_read_back_whatever_statement_was_made_before(tmp_path: Path) -> None:
    render(a_statement(title="A", recipient=(), sections=(), notes=()))
    text = read(render(a_statement()), tmp_path)
    for words in (
        "Décompte 2026-10",
        "Pharmacies du Léman",
        "阳光药业有限公司",
        "Zürich & Söhne <AG>",
        "六月防晒优惠 Xidan",
        "1'234.50",
        "Page 1 sur 1",
    ):
        assert words in text


@needs_reader
def test_a_long_table_goes_on_with_its_head_on_every_page_and_pages_are_counted(tmp_path: Path) -> None:
    rows = [(f"ligne {number}", f"{number}.00") for number in range(1, 121)]
    text = read(
        render(a_statement(sections=(Section("Détail", COLUMNS, rows, ("Total", "7'260.00")),))), tmp_path
    )
    pages = text.split("\f")[:-1]
    assert len(pages) >= 3
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} sur {len(pages)}" in page
        assert "Nature" in page
    assert all(f"ligne {number} " in text for number in range(1, 121))
    assert "7'260.00" in pages[-1]
