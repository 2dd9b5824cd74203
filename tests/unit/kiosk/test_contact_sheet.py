"""The contact sheet as files: what somebody who opens the directory finds, and what may be left out."""

import re
from pathlib import Path

import pytest

from kiosk.contact_sheet import MODES, SIZES, Choice, UnknownChoice, chosen, write
from kiosk.locales.words import LANGUAGES
from kiosk.scenes import SCENES


def test_sheets_stand_beside_the_screens_and_the_page_finds_every_screen(tmp_path: Path) -> None:
    page = write(tmp_path, choice=Choice(scenes=SCENES[:2]))
    count = len(SIZES) * (len(LANGUAGES) + len(MODES) - 1)
    beside = sorted(path.name for path in tmp_path.iterdir())
    assert page.name in beside
    assert "screens" in beside
    assert len([name for name in beside if name.startswith("sheet-")]) == count == len(beside) - 2
    screens = {f"screens/{path.name}" for path in (tmp_path / "screens").iterdir()}
    assert len(screens) == 2 * len(SIZES) * len(LANGUAGES) * len(MODES)
    assert not any("sheet" in name for name in screens)
    assert set(re.findall("src='([^']+)'", page.read_text())) == screens


def test_only_what_was_named_is_drawn_and_offered(tmp_path: Path) -> None:
    choice = chosen(scenes=["lost_n"], languages=["zh"], sizes=["800x480"], modes=["large", "low"])
    told: list[tuple[int, int]] = []
    page = write(tmp_path, lambda done, total, _what: told.append((done, total)), choice=choice)
    drawn = {path.name for path in (tmp_path / "screens").iterdir()}
    names = [scene.name for scene in SCENES if scene.name.startswith("lost_n")]
    assert drawn == {f"{name}-800x480-zh-{mode}.jpg" for name in names for mode in ("large", "low")}
    assert told[-1] == (choice.count, choice.count) == (len(drawn), len(drawn))
    assert "1280" not in page.read_text()
    assert {path.name for path in tmp_path.glob("sheet-*")} == {
        "sheet-800x480-zh-large.png",
        "sheet-800x480-zh-low.png",
    }


def test_what_nothing_is_called_is_refused_with_what_there_is() -> None:
    with pytest.raises(UnknownChoice, match="plain, large"):
        chosen(modes=["huge"])
    with pytest.raises(UnknownChoice, match="No scene begins with 'nowhere'"):
        chosen(scenes=["member", "nowhere"])


def test_a_scene_that_is_called_a_little_otherwise_is_told_first() -> None:
    for wanted, meant in (("memebr_much", "member_much"), ("consents", "my_consents")):
        with pytest.raises(
            UnknownChoice, match=f"Nearly so: {meant}.* They begin with: access, .*, why"
        ) as told:
            chosen(scenes=[wanted])
        assert len(str(told.value)) < 2_000
