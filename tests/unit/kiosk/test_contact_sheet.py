"""The contact sheet as files: what somebody who opens the directory finds."""

import re
from pathlib import Path

from kiosk.contact_sheet import MODES, SIZES, write
from kiosk.locales.words import LANGUAGES
from kiosk.scenes import SCENES


def test_sheets_stand_beside_the_screens_and_the_page_finds_every_screen(tmp_path: Path) -> None:
    page = write(tmp_path, scenes=SCENES[:2])
    count = len(SIZES) * (len(LANGUAGES) + len(MODES) - 1)
    beside = sorted(path.name for path in tmp_path.iterdir())
    assert page.name in beside
    assert "screens" in beside
    assert len([name for name in beside if name.startswith("sheet-")]) == count == len(beside) - 2
    screens = {f"screens/{path.name}" for path in (tmp_path / "screens").iterdir()}
    assert len(screens) == 2 * len(SIZES) * len(LANGUAGES) * len(MODES)
    assert not any("sheet" in name for name in screens)
    assert set(re.findall("src='([^']+)'", page.read_text())) == screens
