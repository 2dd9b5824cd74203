"""The group's logo on a slip: drawn in the middle of the paper; a broken file leaves the slip as it is."""

from pathlib import Path

import pytest

from kiosk.scenes.demo import LOGO, PICTURES
from terminal.printer.base import PrintLine
from terminal.printer.compose import Paper, composed
from terminal.printer.sheet import Sheet

NAME = PrintLine(text="Pharmacies du Lac", is_centred=True)


@pytest.mark.parametrize("paper", [Paper(width_mm=58), Paper(width_mm=80)])
def test_a_logo_is_printed_above_the_name_in_the_middle(paper: Paper) -> None:
    logo = Path(PICTURES, LOGO).read_bytes()
    sheet, plain = Sheet(dots=paper.dots), Sheet(dots=paper.dots)
    sheet.take(composed([PrintLine(text="", picture=logo), NAME], paper))
    plain.take(composed([NAME], paper))
    grown = sheet.length - plain.length
    assert 40 < grown <= 130
    picture = sheet.picture().convert("L")
    box = picture.crop((0, 0, picture.width, 40 + grown)).point(lambda value: 255 - value).getbbox()
    assert box is not None
    assert box[2] - box[0] > paper.dots // 3
    assert abs((box[0] + box[2]) // 2 - picture.width // 2) < 6
    assert any("Pharmacies du Lac" in text for text in sheet.texts)


def test_a_logo_that_cannot_be_read_leaves_the_slip_as_it_is() -> None:
    paper = Paper()
    broken = composed([PrintLine(text="", picture=b"\x89PNG no more"), NAME], paper)
    assert broken == composed([NAME], paper)
