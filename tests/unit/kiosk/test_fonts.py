"""The cut fonts: all there, the same twice, and a broken build is never taken for one."""

from pathlib import Path

import pytest

from kiosk.assets import fonts
from kiosk.widgets.fontbook import FontBook


@pytest.fixture(scope="module")
def book() -> FontBook:
    return FontBook(fonts.build(fonts.default_directory()))


def test_every_cut_is_there() -> None:
    directory = fonts.build(fonts.default_directory())
    assert {path.name for path in directory.iterdir()} == {
        *(f"{cut.name}.ttf" for cut in fonts.CUTS),
        fonts.COVERAGE_FILE,
    }


def test_building_again_does_nothing() -> None:
    directory = fonts.build(fonts.default_directory())
    before = {path: path.stat().st_mtime_ns for path in directory.iterdir()}
    told: list[str] = []
    assert fonts.build(fonts.default_directory(), lambda _done, _total, what: told.append(what)) == directory
    assert told == []
    assert {path: path.stat().st_mtime_ns for path in directory.iterdir()} == before


def test_a_build_that_broke_is_not_taken_for_fonts(tmp_path: Path) -> None:
    def break_off(done: int, _total: int, _what: str) -> None:
        if done == 1:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fonts.build(tmp_path, break_off)
    assert not fonts.is_built(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_digits_are_tabular(book: FontBook) -> None:
    for weight in (400, 600, 700):
        assert len({book.width(digit * 20, weight, 24) for digit in "0123456789"}) == 1  # type: ignore[arg-type]


def test_everyday_chinese_is_covered(book: FontBook) -> None:
    assert book.missing("药房会员积分代金券到期柜台挂失") == set()


def test_a_mixed_line_is_as_wide_as_its_parts(book: FontBook) -> None:
    assert (
        abs(book.width("Nyon药房", 400, 24) - book.width("Nyon", 400, 24) - book.width("药房", 400, 24)) <= 1
    )
