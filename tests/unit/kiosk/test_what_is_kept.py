"""What a kiosk keeps drawn is bounded by bytes: by months of use it grows no further."""

from pathlib import Path

import pygame
import pytest

from kiosk.assets import fonts
from kiosk.widgets.fontbook import FontBook
from kiosk.widgets.group_pictures import GroupPictures
from kiosk.widgets.kept import Kept, bytes_of
from loyalty.limits.kiosk import KIOSK_FONT_SIZES_MAX, KIOSK_GLYPHS_BYTES_MAX, KIOSK_LINES_BYTES_MAX
from loyalty.limits.pictures import KIOSK_POSTERS_BYTES_MAX

INK = (15, 36, 28)
FACES = 2
"""Drawn here: Inter and Chinese, of one weight."""


def test_what_was_used_longest_ago_goes_first() -> None:
    kept: Kept[str, int] = Kept(10, size_of=lambda value: value)
    kept.keep("a", 4)
    kept.keep("b", 4)
    assert kept.find("a") == 4
    kept.keep("c", 5)
    assert [key for key, _ in kept.items()] == ["a", "c"]
    assert kept.size == 9


def test_what_is_larger_than_all_the_room_is_kept_alone() -> None:
    kept: Kept[str, int] = Kept(10, size_of=lambda value: value)
    kept.keep("a", 4)
    assert kept.keep("b", 400) == 400
    assert [key for key, _ in kept.items()] == ["b"]
    kept.keep("c", 3)
    assert kept.size == 3


def test_what_is_kept_anew_counts_once() -> None:
    kept: Kept[str, int] = Kept(10, size_of=lambda value: value)
    kept.keep("a", 4)
    kept.keep("a", 7)
    assert kept.size == 7
    kept.drop("a")
    kept.drop("a")
    assert (len(kept), kept.size) == (0, 0)


def test_what_is_kept_is_made_once() -> None:
    kept: Kept[str, pygame.Surface] = Kept(10_000, size_of=bytes_of)
    first = kept.get("a", lambda: pygame.Surface((10, 10), depth=32))
    assert kept.get("a", lambda: pygame.Surface((10, 10), depth=32)) is first
    assert kept.size == 400


@pytest.fixture(scope="module")
def directory() -> Path:
    return fonts.build(fonts.default_directory())


def _drawn(book: FontBook, text: str, size: int) -> bytes:
    surface = pygame.Surface((1280, 200), depth=32)
    surface.fill((255, 255, 255))
    book.draw(surface, text, 0, 150, weight=400, size=size, colour=INK)
    return pygame.image.tobytes(surface, "RGB")


def test_letters_lines_and_fonts_of_every_size_stay_within_their_bytes(directory: Path) -> None:
    book = FontBook(directory)
    first = _drawn(book, "Ça va? 药房", 40)
    seen = set[int]()
    for size in range(16, 150):
        _drawn(book, f"Zwölf Boxkämpfer jagen Viktor über den Sylter Deich {size} 药房会员积分", size)
        assert book.opened <= FACES * KIOSK_FONT_SIZES_MAX
        assert book.glyphs_bytes <= KIOSK_GLYPHS_BYTES_MAX
        assert book.lines_bytes <= KIOSK_LINES_BYTES_MAX
        seen.add(book.glyphs_bytes)
    assert max(seen) > KIOSK_GLYPHS_BYTES_MAX // 2, "the letters that are drawn are counted"
    assert book.opened == FACES * KIOSK_FONT_SIZES_MAX
    assert _drawn(book, "Ça va? 药房", 40) == first, "letters that were let go are drawn again the same"


def test_a_font_that_takes_another_size_draws_as_one_that_is_opened_at_it(directory: Path) -> None:
    resized, text = FontBook(directory), "Übung 1 248 – «größer»: 药房会员"
    for size in range(100, 100 + KIOSK_FONT_SIZES_MAX):
        _drawn(resized, text, size)
    assert resized.opened == FACES * KIOSK_FONT_SIZES_MAX
    for size in (15, 17, 29, 30, 43, 76, 136):
        opened = FontBook(directory)
        assert resized.width(text, 400, size) == opened.width(text, 400, size)
        assert resized.bearing(text, 400, size) == opened.bearing(text, 400, size)
        assert _drawn(resized, text, size) == _drawn(opened, text, size)
    assert resized.opened == FACES * KIOSK_FONT_SIZES_MAX, "none was opened for it"


def test_pictures_that_fail_have_an_end_too(tmp_path: Path) -> None:
    pictures = GroupPictures()
    for number in range(KIOSK_POSTERS_BYTES_MAX // 4096 + 50):
        assert pictures.fit(str(tmp_path), f"{number:064x}", (40, 40)) is None
    assert pictures.bytes <= KIOSK_POSTERS_BYTES_MAX
