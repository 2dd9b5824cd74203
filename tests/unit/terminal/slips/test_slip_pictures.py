"""What prints, in five languages on both papers: fits, is as approved, and its codes are read by a scanner.

After a change look at the pictures, then approve: OFFICINE_PICTURES=write pytest tests/unit/terminal/slips
"""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final, get_args

import pytest
from PIL import Image, ImageChops

from terminal.printer.base import PaperMm
from terminal.printer.compose import Paper, composed
from terminal.printer.examples import example, picture
from terminal.printer.lettering import cells_of
from terminal.printer.sheet import Sheet
from wire.message_base import Language
from wire.printing import SlipKind

PICTURES: Final = Path(__file__).parent / "pictures"
OTHER_DOTS_MAX: Final = 50
"""Dots that may differ: another FreeType rounds some edges otherwise."""
ALL = [
    pytest.param(what, language, mm, id=f"{what}-{language}-{mm}")
    for what in get_args(SlipKind)
    for language in get_args(Language)
    for mm in get_args(PaperMm)
]
needs_scanner = pytest.mark.skipif(
    shutil.which("zbarimg") is None, reason="no barcode decoder here: install zbar-tools"
)


@pytest.mark.parametrize(("what", "language", "mm"), ALL)
def test_every_row_fits_the_paper(what: SlipKind, language: Language, mm: PaperMm) -> None:
    paper = Paper(width_mm=mm)
    lines = example(what, language, paper)
    assert lines
    for line in lines:
        if not line.code:
            assert cells_of(line.text) * (2 if line.is_large else 1) <= paper.columns, line.text


@pytest.mark.parametrize(("what", "language", "mm"), ALL)
def test_it_looks_as_approved(what: SlipKind, language: Language, mm: PaperMm) -> None:
    paper = Paper(width_mm=mm)
    drawn = picture(example(what, language, paper), paper).point(lambda dot: 255 * (dot > 127)).convert("1")
    approved = PICTURES / f"{what}-{language}-{mm}.png"
    if os.environ.get("OFFICINE_PICTURES") == "write":
        approved.parent.mkdir(exist_ok=True)
        drawn.save(approved, optimize=True)
    with Image.open(approved) as before:
        assert before.size == drawn.size
        other = ImageChops.logical_xor(before.convert("1"), drawn)
    assert other.histogram()[-1] <= OTHER_DOTS_MAX


@needs_scanner
@pytest.mark.parametrize("mm", get_args(PaperMm))
@pytest.mark.parametrize(("what", "codes"), [("voucher", {"40521773109665208419"}),
                                             ("test", {"7612345678900", "OFFICINE-TEST"})])  # fmt: skip
def test_a_scanner_reads_what_is_printed(
    what: SlipKind, codes: set[str], mm: PaperMm, tmp_path: Path
) -> None:
    paper = Paper(width_mm=mm)
    path = tmp_path / "slip.png"
    picture(example(what, "fr", paper), paper).save(path)
    done = subprocess.run(["zbarimg", "-q", "--raw", str(path)], capture_output=True, text=True, check=True)
    assert codes <= set(done.stdout.split())


def test_accents_are_text_in_the_code_page_and_chinese_is_drawn() -> None:
    paper = Paper(width_mm=80)
    french, chinese = (composed(example("balance", each, paper), paper) for each in ("fr", "zh"))
    assert "Votre solde".encode("cp1252") in french
    assert "à utiliser".encode("cp1252") in french
    assert b"\x1dv0" not in french
    assert b"\x1dv0" in chinese
    old = Paper(width_mm=80, text="cp858")
    assert "à utiliser".encode("cp858") in composed(example("balance", "fr", old), old)


def test_a_printer_without_code_pages_gets_all_of_it_as_pictures_and_prints_the_same_rows() -> None:
    drawn = Paper(width_mm=58, text="picture")
    sheet = Sheet(dots=drawn.dots)
    sheet.take(composed(example("statement", "de", drawn), drawn))
    assert (sheet.texts, sheet.cuts) == ([], 1)


@pytest.mark.parametrize("language", ["zh", "fr"])
def test_no_picture_holds_what_a_printer_takes_for_a_command(language: Language) -> None:
    paper = Paper(width_mm=80, text="picture")
    for what in get_args(SlipKind):
        data = composed(example(what, language, paper), paper)
        assert not any(bytes((0x10, second)) in data for second in (0x04, 0x05, 0x14))
